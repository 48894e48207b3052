#include "map.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "node/testing.hpp"
#include "road/builder.hpp"
#include "road/hierarchy.hpp"
#include "road/import.hpp"

namespace posthaste::scenarios {

using road::Restriction;

namespace {

constexpr road::ProfileMask restricted = road::bit_of(road::Profile::car) |
                                         road::bit_of(road::Profile::van) |
                                         road::bit_of(road::Profile::truck);

std::shared_ptr<road::Roads const> opened(road::OwnedColumns const& columns) {
    namespace fs = std::filesystem;
    auto name = (fs::temp_directory_path() / "scenario-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    auto const file = fs::path{name} / "map.roads";
    REQUIRE(road::write_network(columns, road::motor_profiles, file).ok());
    auto roads = road::Roads::open(file);
    fs::remove_all(name);  // mapped: the bytes stay
    REQUIRE(roads.ok());
    return std::move(roads).value();
}

/// The lines below `roads`.
class Streets {
public:
    void read(Words const& words) {
        if (words[0] == "no" || words[0] == "only") return add_restriction(words);
        REQUIRE(words.back() == "km/h");
        auto const speed = std::stoi(words[words.size() - 2]);
        REQUIRE(speed > 0);
        REQUIRE(speed <= 200);
        for (std::size_t i = 0; i + 2 < words.size(); ++i)
            add_street(words[i], static_cast<std::uint8_t>(speed));
    }

    std::shared_ptr<road::Roads const> open(std::map<std::string, model::Position> const& places) {
        if (ways_.empty()) return nullptr;
        builder_.seal_ways();
        for (auto const& [name, place] : places)
            builder_.add_node(node_of(name[0]), place, {});
        for (auto const& restriction : restrictions_)
            builder_.add_restriction(restriction);
        auto finished = builder_.finish();
        REQUIRE(finished.ok());
        auto columns = std::move(finished).value();
        REQUIRE(builder_.counts().nodes_missing == 0);
        REQUIRE(builder_.counts().restrictions_dropped == 0);
        REQUIRE(road::add_hierarchy(columns).ok());
        return opened(columns);
    }

private:
    static std::int64_t node_of(char place) { return place; }

    void add_street(std::string const& word, std::uint8_t speed) {
        road::WayUse use;
        use.forward.fill(speed);
        if (word.find('>') == std::string::npos) use.backward.fill(speed);
        std::string letters = word;
        std::erase(letters, '>');
        REQUIRE(letters.size() >= 2);
        for (std::size_t i = 0; i + 1 < letters.size(); ++i) {
            auto const piece = letters.substr(i, 2);
            std::array const nodes{node_of(piece[0]), node_of(piece[1])};
            auto const id = static_cast<std::int64_t>(ways_.size()) + 1;
            auto const is_new = ways_.emplace(sorted(piece), id).second;
            REQUIRE_MESSAGE(is_new, piece << " is there already");
            builder_.add_way(id, nodes, use, piece);
        }
    }

    void add_restriction(Words const& words) {
        REQUIRE(words.size() == 2);
        auto const& turn = words[1];
        REQUIRE(turn.size() >= 3);
        Restriction restriction{.is_only = words[0] == "only", .profiles = restricted};
        restriction.from_ways = {way_of(turn.substr(0, 2))};
        restriction.to_ways = {way_of(turn.substr(turn.size() - 2))};
        for (std::size_t i = 1; i + 2 < turn.size(); ++i)
            restriction.via_ways.push_back(way_of(turn.substr(i, 2)));
        if (restriction.via_ways.empty()) restriction.via_node = node_of(turn[1]);
        restrictions_.push_back(restriction);
    }

    static std::string sorted(std::string piece) {
        if (piece[0] > piece[1]) std::swap(piece[0], piece[1]);
        return piece;
    }
    std::int64_t way_of(std::string const& piece) const {
        auto const found = ways_.find(sorted(piece));
        REQUIRE_MESSAGE(found != ways_.end(), "no street " << piece);
        return found->second;
    }

    road::Builder builder_{{.profiles = road::motor_profiles, .drives_on_left = false}};
    std::map<std::string, std::int64_t> ways_;  ///< by their two letters, in order
    std::vector<Restriction> restrictions_;
};

}  // namespace

Words split(std::string const& text, char by) {
    Words words;
    std::istringstream in{text};
    for (std::string word; std::getline(in, word, by);) {
        if (!word.empty()) words.push_back(word);
    }
    return words;
}

bool Map::Lines::is_of_map(std::string const& line) {
    auto const words = split(line, ' ');
    if (words.empty() || words[0][0] == '#') return true;
    bool const is_below = line[0] == ' ' && (section_ == "map" || section_ == "roads");
    if (!is_below) section_ = words[0];
    return is_below || section_ == "map" || section_ == "roads" || section_ == "grid";
}

Map Map::read(std::string const& script) {
    Map map;
    Lines lines;
    Streets streets;
    std::int32_t grid = 100;
    std::int32_t row = 0;
    for (auto const& line : split(script, '\n')) {
        CAPTURE(line);
        auto const words = split(line, ' ');
        if (!lines.is_of_map(line) || words.empty() || words[0][0] == '#') continue;
        if (words[0] == "grid") grid = std::stoi(words[1]);
        if (line[0] != ' ') continue;
        if (lines.section() == "roads") {
            streets.read(words);
            continue;
        }
        for (std::size_t column = 0; column < line.size(); ++column) {
            char const cell = line[column];
            if (cell < 'A' || cell > 'Z') continue;
            auto const east = static_cast<std::int32_t>(column) * grid;
            map.places[std::string{cell}] = node::testing::place(east, -row * grid);
        }
        ++row;
    }
    map.roads = streets.open(map.places);
    return map;
}

}  // namespace posthaste::scenarios
