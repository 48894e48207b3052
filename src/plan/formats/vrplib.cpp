#include "plan/formats/vrplib.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "plan/formats/parts.hpp"

namespace posthaste::plan {

namespace {

// Integers in the file: what a leg holds.
constexpr std::int64_t weight_max = std::int64_t{no_way} - 1;
constexpr auto keys = std::to_array<std::string_view>(
    {"NAME",
     "COMMENT",
     "TYPE",
     "DIMENSION",
     "EDGE_WEIGHT_TYPE",
     "EDGE_WEIGHT_FORMAT",
     "EDGE_DATA_FORMAT",
     "NODE_COORD_TYPE",
     "DISPLAY_DATA_TYPE",
     "CAPACITY",
     "VEHICLES",
     "SERVICE_TIME",
     "DISTANCE"}
);
constexpr auto sections = std::to_array<std::string_view>(
    {"NODE_COORD_SECTION",
     "DEMAND_SECTION",
     "DEPOT_SECTION",
     "EDGE_WEIGHT_SECTION",
     "TIME_WINDOW_SECTION",
     "SERVICE_TIME_SECTION",
     "DISPLAY_DATA_SECTION"}
);

// The file cut into values by key and words by section.
struct Outline {
    std::map<std::string, Word, std::less<>> values;
    std::map<std::string, Words, std::less<>> sections;
    std::size_t lines = 0;

    Word value(std::string_view key, std::string_view otherwise) const {
        auto const found = values.find(key);
        return found == values.end() ? Word{otherwise, lines} : found->second;
    }
    Words const* section(std::string_view name) const {
        auto const found = sections.find(name);
        return found == sections.end() ? nullptr : &found->second;
    }
};

Status add_value(Outline& outline, Scanner const& scanner) {
    auto const line = scanner.line();
    auto const colon = line.find(':');
    auto const key = trimmed(line.substr(0, colon));
    if (colon == std::string_view::npos || std::ranges::find(keys, key) == keys.end()) {
        return unexpected(scanner.whole_line(), "a key of VRPLIB, a colon and a value");
    }
    Word const value{trimmed(line.substr(colon + 1)), scanner.number()};
    outline.values.insert_or_assign(std::string{key}, value);
    return Unit{};
}

Result<Outline> outline_of(std::string_view text) {
    Scanner scanner{text};
    Outline outline;
    Words* section = nullptr;
    while (scanner.next() && scanner.line() != "EOF") {
        auto const words = scanner.words();
        auto name = words[0].text;
        if (name.ends_with(':')) name.remove_suffix(1);
        if (name.ends_with("_SECTION")) {
            bool const known = std::ranges::find(sections, name) != sections.end();
            if (!known) return unexpected(scanner.whole_line(), "a section this reader knows");
            auto const [place, is_new] = outline.sections.try_emplace(std::string{name});
            if (!is_new) return unexpected(scanner.whole_line(), "each section once");
            section = &place->second;
            section->insert(section->end(), words.begin() + 1, words.end());
        } else if (name[0] >= 'A' && name[0] <= 'Z') {
            (void)TRY(add_value(outline, scanner));
        } else if (section != nullptr) {
            section->insert(section->end(), words.begin(), words.end());
        } else {
            return unexpected(scanner.whole_line(), "a key or a section");
        }
    }
    outline.lines = scanner.number();
    return outline;
}

// The words of a section of rows "node value ...", by node: row k at k * width.
Result<Words> rows_of(
    Outline const& outline, std::string const& name, std::size_t nodes, std::size_t width
) {
    auto const* words = outline.section(name);
    if (words == nullptr) return unexpected({"the end", outline.lines}, name);
    auto const wanted = name + " with " + std::to_string(nodes) + " rows of " +
                        std::to_string(width + 1) + " numbers";
    if (words->size() != nodes * (width + 1)) {
        return unexpected(words->empty() ? Word{"the end", outline.lines} : words->back(), wanted);
    }
    Words values(nodes * width);
    std::vector<bool> seen(nodes);
    for (std::size_t i = 0; i < words->size(); i += width + 1) {
        auto const most = static_cast<std::int64_t>(nodes);
        auto const node = static_cast<std::size_t>(TRY(whole((*words)[i], "a node", {1, most})));
        if (seen[node - 1]) return unexpected((*words)[i], "each node once");
        seen[node - 1] = true;
        for (std::size_t k = 0; k < width; ++k)
            values[(node - 1) * width + k] = (*words)[i + 1 + k];
    }
    return values;
}

Result<std::vector<Leg>> legs_of_points(
    Outline const& outline, std::size_t nodes, Rounding rounding
) {
    auto const words = TRY(rows_of(outline, "NODE_COORD_SECTION", nodes, 2));
    std::vector<Point> points(nodes);
    for (std::size_t i = 0; i < nodes; ++i) {
        points[i].x = TRY(thousandths(words[2 * i], "x", coordinates));
        points[i].y = TRY(thousandths(words[2 * i + 1], "y", coordinates));
    }
    return straight_legs(points, 1, rounding);
}

// Which part of a symmetric matrix stands in the file, row by row. A column of the lower part is
// a row of the upper.
struct Layout {
    std::string_view name;
    enum class Part : std::uint8_t { full, lower, upper } part{};
    bool has_diagonal = false;
};
constexpr auto layouts = std::to_array<Layout>(
    {{"FULL_MATRIX", Layout::Part::full, true},
     {"LOWER_ROW", Layout::Part::lower, false},
     {"LOWER_DIAG_ROW", Layout::Part::lower, true},
     {"UPPER_ROW", Layout::Part::upper, false},
     {"UPPER_DIAG_ROW", Layout::Part::upper, true},
     {"LOWER_COL", Layout::Part::upper, false},
     {"LOWER_DIAG_COL", Layout::Part::upper, true},
     {"UPPER_COL", Layout::Part::lower, false},
     {"UPPER_DIAG_COL", Layout::Part::lower, true}}
);

std::size_t count_of(Layout const& layout, std::size_t nodes) {
    if (layout.part == Layout::Part::full) return nodes * nodes;
    return nodes * (nodes - 1) / 2 + (layout.has_diagonal ? nodes : 0);
}

Result<std::vector<Leg>> legs_as_written(Outline const& outline, std::size_t nodes) {
    auto const format = outline.value("EDGE_WEIGHT_FORMAT", "nothing");
    auto const* const layout = std::ranges::find(layouts, format.text, &Layout::name);
    if (layout == layouts.end()) {
        return unexpected(format, "EDGE_WEIGHT_FORMAT as FULL_MATRIX, LOWER_ROW or another");
    }
    auto const* words = outline.section("EDGE_WEIGHT_SECTION");
    if (words == nullptr) return unexpected({"the end", outline.lines}, "EDGE_WEIGHT_SECTION");
    if (words->size() != count_of(*layout, nodes)) {
        return unexpected(
            {std::to_string(words->size()) + " weights",
             words->empty() ? outline.lines : words->back().line},
            "EDGE_WEIGHT_SECTION with " + std::to_string(count_of(*layout, nodes))
        );
    }
    std::vector<Leg> legs(nodes * nodes);
    std::size_t next = 0;
    bool const is_full = layout->part == Layout::Part::full;
    std::size_t const own = layout->has_diagonal ? 1 : 0;
    for (std::size_t i = 0; i < nodes; ++i) {
        auto const begin = layout->part == Layout::Part::upper ? i + 1 - own : 0;
        auto const end = layout->part == Layout::Part::lower ? i + own : nodes;
        for (auto j = begin; j < end; ++j) {
            auto const weight = TRY(whole((*words)[next++], "a weight", {0, weight_max}));
            auto const value = static_cast<std::int32_t>(weight);
            legs[i * nodes + j] = {value, value};
            if (!is_full) legs[j * nodes + i] = {value, value};
        }
    }
    return legs;
}

Result<std::vector<Leg>> legs_of(Outline const& outline, std::size_t nodes) {
    auto const type = outline.value("EDGE_WEIGHT_TYPE", "nothing");
    if (type.text == "EUC_2D") return legs_of_points(outline, nodes, Rounding::nearest);
    if (type.text == "CEIL_2D") return legs_of_points(outline, nodes, Rounding::up);
    if (type.text == "EXPLICIT") return legs_as_written(outline, nodes);
    return unexpected(type, "EDGE_WEIGHT_TYPE as EUC_2D, CEIL_2D or EXPLICIT");
}

// The node vehicles start from, counted from 0: the first, where nothing is said.
Result<std::uint32_t> depot_of(Outline const& outline, std::size_t nodes) {
    auto const* words = outline.section("DEPOT_SECTION");
    if (words == nullptr) return 0U;
    auto const most = static_cast<std::int64_t>(nodes);
    bool const ends = words->size() == 2 && words->back().text == "-1";
    if (!ends) {
        return unexpected(
            {std::to_string(words->size()) + " numbers",
             words->empty() ? outline.lines : words->back().line},
            "one depot and -1"
        );
    }
    auto const depot = TRY(whole(words->front(), "the depot", {1, most}));
    return static_cast<std::uint32_t>(depot - 1);
}

Status add_windows(Outline const& outline, std::vector<Visit>& visits) {
    if (outline.section("TIME_WINDOW_SECTION") == nullptr) return Unit{};
    auto const words = TRY(rows_of(outline, "TIME_WINDOW_SECTION", visits.size(), 2));
    for (std::size_t i = 0; i < visits.size(); ++i) {
        auto const open = TRY(whole(words[2 * i], "an earliest time", {0, weight_max}));
        auto const close =
            TRY(whole(words[2 * i + 1], "a latest time after the earliest", {open, weight_max}));
        visits[i].windows = {{open, close}};
    }
    return Unit{};
}

Status add_services(Outline const& outline, std::vector<Visit>& visits) {
    auto const same = outline.value("SERVICE_TIME", "0");
    auto const service = TRY(whole(same, "SERVICE_TIME", {0, weight_max}));
    for (auto& visit : visits)
        visit.service = service;
    if (outline.section("SERVICE_TIME_SECTION") == nullptr) return Unit{};
    auto const words = TRY(rows_of(outline, "SERVICE_TIME_SECTION", visits.size(), 1));
    for (std::size_t i = 0; i < visits.size(); ++i)
        visits[i].service = TRY(whole(words[i], "a service time", {0, weight_max}));
    return Unit{};
}

Status add_demands(Outline const& outline, std::vector<Visit>& visits) {
    auto const words = TRY(rows_of(outline, "DEMAND_SECTION", visits.size(), 1));
    for (std::size_t i = 0; i < visits.size(); ++i) {
        auto const demand = TRY(whole(words[i], "a demand", {0, amount_max}));
        visits[i].dropoff[0] = static_cast<std::int32_t>(demand);
    }
    return Unit{};
}

// A visit a node, the depot's among them.
Result<std::vector<Visit>> visits_of(Outline const& outline, std::size_t nodes, bool is_tour) {
    std::vector<Visit> visits(nodes);
    for (std::size_t i = 0; i < nodes; ++i)
        visits[i].place = static_cast<std::uint32_t>(i);
    (void)TRY(add_windows(outline, visits));
    (void)TRY(add_services(outline, visits));
    if (!is_tour) (void)TRY(add_demands(outline, visits));
    return visits;
}

Result<Vehicle> vehicle_of(Outline const& outline, bool is_tour) {
    Vehicle vehicle;
    if (!is_tour) {
        auto const capacity = outline.value("CAPACITY", "nothing");
        vehicle.capacity[0] =
            static_cast<std::int32_t>(TRY(whole(capacity, "CAPACITY", {0, amount_max})));
    }
    if (outline.values.contains("DISTANCE")) {
        vehicle.duration_max =
            TRY(whole(outline.value("DISTANCE", ""), "DISTANCE", {0, weight_max}));
    }
    return vehicle;
}

Result<std::size_t> fleet_size(Outline const& outline, std::size_t jobs, bool is_tour) {
    if (is_tour) return std::size_t{1};
    auto const most = std::int64_t{vehicles_max};
    if (outline.values.contains("VEHICLES")) {
        auto const count = TRY(whole(outline.value("VEHICLES", ""), "VEHICLES", {1, most}));
        return static_cast<std::size_t>(count);
    }
    return std::clamp<std::size_t>(jobs, 1, vehicles_max);
}

}  // namespace

Result<NamedProblem> read_vrplib(std::string_view text) {
    auto const outline = TRY(outline_of(text));
    NamedProblem read;
    read.format = Format::vrplib;
    read.name = std::string{outline.value("NAME", "").text};
    auto const type = outline.value("TYPE", "nothing");
    bool const is_tour = type.text == "TSP" || type.text == "ATSP";
    if (!is_tour && type.text != "CVRP" && type.text != "VRPTW") {
        return unexpected(type, "TYPE as TSP, ATSP, CVRP or VRPTW");
    }
    auto const most = std::int64_t{places_max};
    auto const dimension = outline.value("DIMENSION", "nothing");
    auto const nodes = static_cast<std::size_t>(TRY(whole(dimension, "DIMENSION", {1, most})));
    auto const depot = TRY(depot_of(outline, nodes));
    auto visits = TRY(visits_of(outline, nodes, is_tour));
    auto vehicle = TRY(vehicle_of(outline, is_tour));
    vehicle.start = vehicle.end = depot;
    if (!visits[depot].windows.empty()) vehicle.shift = visits[depot].windows[0];
    for (std::size_t i = 0; i < nodes; ++i) {
        if (i == depot) continue;
        Job job;
        job.visits = {std::move(visits[i])};
        read.problem.jobs.push_back(std::move(job));
        read.jobs.push_back(std::to_string(i + 1));
    }
    read.problem.place_count = static_cast<std::uint32_t>(nodes);
    read.problem.profiles.push_back({TRY(legs_of(outline, nodes)), {}});
    add_fleet(read, TRY(fleet_size(outline, read.jobs.size(), is_tour)), vehicle);
    return read;
}

}  // namespace posthaste::plan
