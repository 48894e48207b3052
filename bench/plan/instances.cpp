#include "bench/plan/instances.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace posthaste::bench {

namespace {

using Table = std::map<std::string, BestKnown>;

// "instance,vehicles,cost,source" after a line of titles.
Result<Table> best_known(std::filesystem::path const& file) {
    std::stringstream lines{TRY(text_of(file))};
    std::string line;
    std::getline(lines, line);
    Table table;
    while (std::getline(lines, line)) {
        std::stringstream fields{line};
        std::string name;
        BestKnown best;
        char comma = 0;
        if (std::getline(fields, name, ',') && fields >> best.vehicles >> comma >> best.cost)
            table[name] = best;
    }
    return table;
}

std::vector<std::string> names_in(std::filesystem::path const& folder) {
    std::vector<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator{folder}) {
        if (entry.path().extension() == ".txt") names.push_back(entry.path().stem());
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace

std::vector<Group> const& groups() {
    static std::vector<Group> const all{
        {"solomon", "", {"C103", "C203", "R104", "R208", "RC107", "RC203"}},
        {"homberger", "200", {"C1_2_3", "C2_2_3", "R1_2_4", "R2_2_3", "RC1_2_3", "RC2_2_1"}},
        {"homberger", "400", {"C1_4_3", "C2_4_3", "R1_4_3", "R2_4_3", "RC1_4_3", "RC2_4_3"}},
        {"homberger", "1000", {"C1_10_3", "C2_10_3", "R1_10_3", "R2_10_3", "RC1_10_3", "RC2_10_1"}},
        {"lilim", "100", {"lc103", "lc204", "lr104", "lr204", "lrc103", "lrc203"}},
        {"lilim", "200", {"lc1_2_2", "lc2_2_4", "lr1_2_4", "lr2_2_2", "lrc1_2_6", "lrc2_2_2"}},
        {"lilim", "400", {"lc1_4_2", "lc2_4_4", "lr1_4_4", "lr2_4_2", "lrc1_4_6", "lrc2_4_2"}}};
    return all;
}

Result<std::string> text_of(std::filesystem::path const& file) {
    std::ifstream const stream{file, std::ios::binary};
    std::stringstream text;
    text << stream.rdbuf();
    if (!stream) return Error{Errc::io_failed, "cannot read " + file.string()};
    return text.str();
}

Result<std::vector<Instance>> instances_of(
    std::filesystem::path const& data, Group const& group, bool quick
) {
    auto const folder = data / "instances" / group.bench;
    if (!std::filesystem::is_directory(folder)) {
        return Error{Errc::io_failed, "there are no instances at " + folder.string()};
    }
    bool const is_lilim = group.bench == "lilim";
    auto const best =
        TRY(best_known(folder / (is_lilim ? "bks_hierarchical.csv" : "bks_dimacs.csv")));
    std::vector<Instance> found;
    for (auto const& name : quick ? group.quick : names_in(folder / group.size)) {
        auto const known = best.find(name);
        if (known == best.end()) return Error{Errc::corrupt, "no best known of " + name};
        auto const file = folder / group.size / (name + ".txt");
        found.push_back({name, group.name(), file, known->second});
    }
    return found;
}

}  // namespace posthaste::bench
