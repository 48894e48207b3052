#include "main/road_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "views/json_text.hpp"

namespace posthaste::main {

namespace {

constexpr std::size_t digest_digits = 16;

double ratio(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(whole, 1));
}

std::uint64_t applied(RoadReport const& report) {
    return report.read.built.restrictions - report.read.built.restrictions_dropped;
}

std::string digest_of(RoadReport const& report) {
    return report.file.digest.hex().substr(0, digest_digits);
}

/// What travel needs, without what is searched.
double bytes_per_edge(RoadReport const& report) {
    return ratio(report.file.bytes - report.file.gazetteer_bytes, report.edges);
}

std::string_view name_of(road::Profile profile) {
    return road::names_of(profile)[road::index_of(profile)];
}

void row(std::string_view name, auto const& value) {
    fmt::print("  {:<42} {:>14}\n", name, value);
}

void write_restrictions(views::JsonText& json, RoadReport const& report) {
    auto const number = [&](std::string_view name, std::uint64_t value) {
        json.key(name);
        json.integer(static_cast<std::int64_t>(value));
    };
    json.key("restrictions");
    json.open('{');
    number("applied", applied(report));
    number("dropped", report.read.built.restrictions_dropped);
    number("conditional", report.read.restrictions_conditional);
    number("malformed", report.read.restrictions_malformed);
    json.close('}');
}

void write_reaches(views::JsonText& json, RoadReport const& report) {
    json.key("profiles");
    json.open('{');
    for (auto const& reach : report.reaches) {
        json.key(name_of(reach.profile));
        json.open('{');
        json.key("edges");
        json.integer(static_cast<std::int64_t>(reach.edges));
        json.key("connected");
        json.integer(static_cast<std::int64_t>(reach.connected));
        json.close('}');
    }
    json.close('}');
}

}  // namespace

std::vector<Reach> reaches_of(road::Network const& network, road::ProfileMask profiles) {
    std::vector<Reach> reaches;
    for (std::size_t i = 0; i < road::profile_count; ++i) {
        auto const profile = static_cast<road::Profile>(i);
        if ((profiles & road::bit_of(profile)) == 0) continue;
        Reach reach{.profile = profile};
        for (road::EdgeId edge = 0; edge < network.edge_count(); ++edge) {
            if (!network.is_open(edge, profile)) continue;
            ++reach.edges;
            if ((network.edge_traits[edge].connected & road::bit_of(profile)) != 0)
                ++reach.connected;
        }
        reaches.push_back(reach);
    }
    return reaches;
}

void print_table(RoadReport const& report) {
    auto const& built = report.read.built;
    constexpr double megabyte = 1e6;
    fmt::print("Roads of {}\n", report.from.string());
    row("junctions", report.junctions);
    row("edges, one for each direction", report.edges);
    row("ways that are roads", fmt::format("{} of {}", built.ways, report.read.ways_read));
    row("  cut where a node is missing", built.ways_cut);
    row("nodes missing", built.nodes_missing);
    row("turn restrictions applied", applied(report));
    row("  dropped: no such turn here", built.restrictions_dropped);
    row("  conditional: passed over", report.read.restrictions_conditional);
    row("  malformed: passed over", report.read.restrictions_malformed);
    row("tag values that cannot be read", report.read.values_unread);
    row("edges on islands, for every profile", built.island_edges);
    for (auto const& reach : report.reaches) {
        auto const percent = 100 * ratio(reach.connected, reach.edges);
        auto const name =
            fmt::format("  {}: {} edges, connected", name_of(reach.profile), reach.edges);
        row(name, fmt::format("{:.1f} %", percent));
    }
    row("places to search for", report.read.found.places);
    row("  streets", report.read.found.streets);
    row("  houses by number", report.read.found.houses);
    auto const megabytes = [](std::uint64_t bytes) {
        return fmt::format("{:.1f} MB", static_cast<double>(bytes) / megabyte);
    };
    row("file", megabytes(report.file.bytes));
    row("  of it for search", megabytes(report.file.gazetteer_bytes));
    row("  the rest, for each edge", fmt::format("{:.0f} bytes", bytes_per_edge(report)));
    row("time", fmt::format("{:.1f} s", report.seconds));
    row("memory at most", fmt::format("{:.0f} MB", report.peak_mb));
    row("  before the import", fmt::format("{:.0f} MB", report.baseline_mb));
    row("digest", digest_of(report));
    fmt::print("{} is written. Map data {}\n", report.to.string(), map_attribution);
}

void print_json(RoadReport const& report) {
    auto const& built = report.read.built;
    views::JsonText json;
    auto const text = [&](std::string_view name, std::string_view value) {
        json.key(name);
        json.string(value);
    };
    auto const number = [&](std::string_view name, std::uint64_t value) {
        json.key(name);
        json.integer(static_cast<std::int64_t>(value));
    };
    auto const decimal = [&](std::string_view name, double value) {
        json.key(name);
        json.raw(fmt::format("{:.3f}", value));
    };
    json.open('{');
    text("from", report.from.string());
    text("to", report.to.string());
    number("junctions", report.junctions);
    number("edges", report.edges);
    number("ways_read", report.read.ways_read);
    number("ways", built.ways);
    number("ways_cut", built.ways_cut);
    number("nodes_missing", built.nodes_missing);
    write_restrictions(json, report);
    number("values_unread", report.read.values_unread);
    number("island_edges", built.island_edges);
    write_reaches(json, report);
    number("places", report.read.found.places);
    number("streets", report.read.found.streets);
    number("houses", report.read.found.houses);
    number("bytes", report.file.bytes);
    number("search_bytes", report.file.gazetteer_bytes);
    decimal("bytes_per_edge", bytes_per_edge(report));
    decimal("seconds", report.seconds);
    decimal("peak_mb", report.peak_mb);
    decimal("baseline_mb", report.baseline_mb);
    text("digest", digest_of(report));
    text("attribution", map_attribution);
    json.close('}');
    fmt::print("{}\n", json.text());
}

}  // namespace posthaste::main
