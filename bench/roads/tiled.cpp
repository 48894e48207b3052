#include "bench/roads/tiled.hpp"

#include <algorithm>
#include <map>

#include "road/hierarchy.hpp"
#include "road/import.hpp"
#include "road/osm/read.hpp"

namespace posthaste::bench {

namespace {

constexpr std::int64_t id_step = std::int64_t{1} << 40;
constexpr std::int64_t links = 12;  // between two neighbours
constexpr std::int32_t gap = 20'000;

struct City final : road::OsmSink {
    struct Way {
        std::int64_t id;
        std::vector<std::int64_t> nodes;
        road::WayUse use;
    };
    std::vector<Way> ways;
    std::map<std::int64_t, model::Position> nodes;  ///< on ways

    void way(road::OsmWay const& way) override {
        auto const use = road::use_of(way.tags);
        if (!use) return;
        ways.push_back({way.id, {way.nodes.begin(), way.nodes.end()}, *use});
        for (auto const id : way.nodes)
            nodes[id];
    }
    void node(road::OsmNode const& node) override {
        auto const found = nodes.find(node.id);
        if (found != nodes.end()) found->second = node.place;
    }
};

std::pair<std::int64_t, std::int64_t> range(City const& city, auto const& of) {
    std::pair all{of(city.nodes.begin()->second), of(city.nodes.begin()->second)};
    for (auto const& [_, place] : city.nodes)
        all = {std::min(all.first, of(place)), std::max(all.second, of(place))};
    return all;
}

// The outermost nodes along each border, evenly spread: where roads to the next tile begin.
std::vector<std::int64_t> border(City const& city, auto const& outward, auto const& along) {
    auto const [from, to] = range(city, along);
    auto const width = (to - from) / links + 1;
    std::vector<std::int64_t> best(links, 0);
    for (auto const& [id, place] : city.nodes) {
        auto& known = best[static_cast<std::size_t>((along(place) - from) / width)];
        if (known == 0 || outward(place) > outward(city.nodes.at(known))) known = id;
    }
    return best;
}

}  // namespace

Result<road::OwnedColumns> tiled(
    std::filesystem::path const& file, std::int64_t wide, std::int64_t high
) {
    City city;
    TRY(road::read_osm(file, {.nodes = false, .relations = false}, city));
    TRY(road::read_osm(file, {.ways = false, .relations = false}, city));
    std::erase_if(city.nodes, [](auto const& node) { return node.second == model::Position{}; });
    auto const lat = [](model::Position place) { return std::int64_t{place.lat}; };
    auto const lon = [](model::Position place) { return std::int64_t{place.lon}; };
    auto const east = border(city, lon, lat);
    auto const west = border(
        city, [&](auto place) { return -lon(place); }, lat
    );
    auto const north = border(city, lat, lon);
    auto const south = border(
        city, [&](auto place) { return -lat(place); }, lon
    );
    road::Builder builder{{.profiles = road::motor_profiles}};
    auto const tile_of = [&](std::int64_t x, std::int64_t y) { return (y * wide + x) * id_step; };
    road::WayUse link;
    link.forward.fill(70);
    link.backward.fill(70);
    std::int64_t next_link = wide * high * id_step;
    auto const join = [&](auto const& from, std::int64_t a, auto const& to, std::int64_t b) {
        for (std::size_t i = 0; i < from.size(); ++i) {
            if (from[i] == 0 || to[i] == 0) continue;
            builder.add_way(next_link++, std::array{from[i] + a, to[i] + b}, link, "");
        }
    };
    for (std::int64_t y = 0; y < high; ++y) {
        for (std::int64_t x = 0; x < wide; ++x) {
            auto const tile = tile_of(x, y);
            for (auto way : city.ways) {
                for (auto& node : way.nodes)
                    node += tile;
                builder.add_way(way.id + tile, way.nodes, way.use, "");
            }
            if (x + 1 < wide) join(east, tile, west, tile_of(x + 1, y));
            if (y + 1 < high) join(north, tile, south, tile_of(x, y + 1));
        }
    }
    builder.seal_ways();
    auto const size = [&](auto const& of) {
        auto const [from, to] = range(city, of);
        return static_cast<std::int32_t>(to - from) + gap;
    };
    auto const [height, width] = std::pair{size(lat), size(lon)};
    for (std::int64_t i = 0; i < wide * high; ++i) {
        auto const x = static_cast<std::int32_t>(i % wide);
        auto const y = static_cast<std::int32_t>(i / wide);
        for (auto const& [id, place] : city.nodes) {
            model::Position const moved{place.lat + y * height, place.lon + x * width};
            builder.add_node(id + i * id_step, moved, {});
        }
    }
    auto columns = TRY(builder.finish());
    TRY(road::add_hierarchy(columns));
    return columns;
}

}  // namespace posthaste::bench
