// Tiles read back by another hand: a reader of the format, written for the test.
#include "road/tiles/tile.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <numbers>
#include <set>

#include <protozero/pbf_reader.hpp>

#include "base/prng.hpp"
#include "geo/distance.hpp"
#include "road/import.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

namespace fs = std::filesystem;

struct Point {
    std::int64_t x = 0;
    std::int64_t y = 0;
};

struct Feature {
    std::map<std::string, std::string> attributes;
    std::vector<std::vector<Point>> lines;  ///< a point: one of one
};

using Layers = std::map<std::string, std::vector<Feature>>;

std::string value_of(protozero::pbf_reader value) {
    std::string text;
    while (value.next()) {
        if (value.tag() == 1) {
            text = value.get_string();
        } else {
            REQUIRE(value.tag() == 6);
            text = std::to_string(value.get_sint64());
        }
    }
    return text;
}

std::vector<std::vector<Point>> lines_of(std::vector<std::uint32_t> const& commands) {
    std::vector<std::vector<Point>> lines;
    Point at;
    for (std::size_t i = 0; i < commands.size();) {
        auto const id = commands[i] & 7U;
        auto const count = commands[i] >> 3U;
        REQUIRE((id == 1 || id == 2));
        REQUIRE(i + 2 * count < commands.size());
        ++i;
        if (id == 1) lines.emplace_back();
        for (std::uint32_t k = 0; k < count; ++k, i += 2) {
            at.x += protozero::decode_zigzag32(commands[i]);
            at.y += protozero::decode_zigzag32(commands[i + 1]);
            lines.back().push_back(at);
        }
    }
    return lines;
}

Layers read(std::string const& bytes) {
    Layers layers;
    protozero::pbf_reader tile{bytes};
    while (tile.next(3)) {
        std::string name;
        std::vector<std::string> keys;
        std::vector<std::string> values;
        std::vector<protozero::pbf_reader> features;
        std::uint32_t version = 0;
        std::uint32_t extent = 0;
        auto layer = tile.get_message();
        while (layer.next()) {
            switch (layer.tag()) {
                case 1:
                    name = layer.get_string();
                    break;
                case 2:
                    features.push_back(layer.get_message());
                    break;
                case 3:
                    keys.push_back(layer.get_string());
                    break;
                case 4:
                    values.push_back(value_of(layer.get_message()));
                    break;
                case 5:
                    extent = layer.get_uint32();
                    break;
                case 15:
                    version = layer.get_uint32();
                    break;
                default:
                    FAIL("no field of a layer");
            }
        }
        CHECK(version == 2);
        CHECK(extent == 4096);
        CHECK(layers[name].empty());
        for (auto& feature : features) {
            Feature mine;
            while (feature.next()) {
                auto const tag = feature.tag();  // forgotten once its value is read
                if (tag == 3) {
                    CHECK(feature.get_enum() == (name == "roads" ? 2 : 1));
                    continue;
                }
                auto const numbers = feature.get_packed_uint32();
                std::vector<std::uint32_t> const all{numbers.begin(), numbers.end()};
                if (tag == 4) mine.lines = lines_of(all);
                for (std::size_t i = 0; tag == 2 && i < all.size(); i += 2)
                    mine.attributes[keys.at(all[i])] = values.at(all[i + 1]);
            }
            layers[name].push_back(std::move(mine));
        }
    }
    return layers;
}

/// By the formulas of the slippy map, the other way round from the writer's.
TileKey tile_at(Position place, std::uint32_t zoom) {
    auto const count = std::exp2(zoom);
    auto const angle = place.lat / 1e7 * std::numbers::pi / 180;
    auto const x = (place.lon / 1e7 + 180) / 360 * count;
    auto const y =
        (1 - std::log(std::tan(angle) + 1 / std::cos(angle)) / std::numbers::pi) / 2 * count;
    return {zoom, static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)};
}

Position place_of(TileKey key, Point point) {
    auto const count = std::exp2(key.zoom);
    auto const x = (key.x + static_cast<double>(point.x) / 4096) / count;
    auto const y = (key.y + static_cast<double>(point.y) / 4096) / count;
    auto const angle = std::atan(std::sinh(std::numbers::pi * (1 - 2 * y)));
    return {
        static_cast<std::int32_t>(angle * 180 / std::numbers::pi * 1e7),
        static_cast<std::int32_t>((x * 360 - 180) * 1e7)};
}

TEST_CASE("the streets of a city are in its tiles, where they are, whole within the tile") {
    auto const columns = testing::random_city(5, 12);
    auto const network = network_of(columns);
    Tiles const tiles{network};
    std::set<std::string> seen;
    std::map<std::string, std::uint32_t> ways;
    for (std::uint32_t segment = 0; segment < network.segment_way.size(); ++segment)
        ways[std::to_string(network.segment_way[segment])] = segment;
    std::set<std::pair<std::uint32_t, std::uint32_t>> keys;
    for (auto const place : network.places) {
        auto const key = tile_at(place, 16);
        keys.emplace(key.x, key.y);
    }
    for (auto const& [x, y] : keys) {
        TileKey const key{16, x, y};
        auto const layers = read(tiles.make(key));
        REQUIRE(layers.size() == 1);
        for (auto const& street : layers.at("roads")) {
            CHECK(street.attributes.at("class") == "residential");
            CHECK_FALSE(street.attributes.contains("name"));
            auto const& way = street.attributes.at("way");
            seen.insert(way);
            auto const shape = network.shape(ways.at(way));
            REQUIRE(street.lines.size() == 1);
            for (auto const point : street.lines.front()) {
                CHECK(point.x >= -64);
                CHECK(point.x <= 4096 + 64);
                CHECK(point.y >= -64);
                CHECK(point.y <= 4096 + 64);
                // A unit is 8 cm here: each point is on the straight street.
                auto const here = place_of(key, point);
                auto const round =
                    geo::distance_mm(shape.front(), here) + geo::distance_mm(here, shape.back());
                CHECK(round <= geo::distance_mm(shape.front(), shape.back()) + 1000);
            }
        }
    }
    CHECK(seen.size() == ways.size());
}

TEST_CASE("a one-way street says which way its line goes") {
    Builder builder{{.profiles = testing::motor}};
    std::vector<std::int64_t> const nodes{1, 2, 3};
    builder.add_way(5, nodes, testing::street(50, 0), "Along");
    builder.add_way(6, nodes, testing::street(0, 50), "Against");
    builder.add_way(7, nodes, testing::street(50, 50), "Both");
    builder.seal_ways();
    for (std::int64_t i = 1; i <= 3; ++i)
        builder.add_node(i, {577'000'000, 119'000'000 + static_cast<std::int32_t>(i) * 10'000}, {});
    auto const columns = std::move(builder.finish()).value();
    auto const network = network_of(columns);
    auto const layers = read(Tiles{network}.make(tile_at(network.shapes[0], 14)));
    auto const& roads = layers.at("roads");
    REQUIRE(roads.size() == 3);
    CHECK(roads[0].attributes.at("name") == "Along");
    CHECK(roads[0].attributes.at("oneway") == "1");
    CHECK(roads[1].attributes.at("oneway") == "-1");
    CHECK_FALSE(roads[2].attributes.contains("oneway"));
    CHECK(roads[2].attributes.at("way") == "7");
    // The node between lies straight on: it is not drawn.
    CHECK(roads[0].lines.front().size() == 2);
}

TEST_CASE("where nothing is, a tile is empty") {
    auto const columns = testing::random_city(5, 5);
    auto const network = network_of(columns);
    Tiles const tiles{network};
    CHECK(tiles.make({16, 0, 0}).empty());
    CHECK(tiles.make({22, (1U << 22U) - 1, (1U << 22U) - 1}).empty());
    CHECK(tiles.make(tile_at(network.places[0], 11)).empty());  // residential streets are too small
    CHECK_FALSE(tiles.make(tile_at(network.places[0], 12)).empty());
    CHECK(tiles.make({0, 0, 0}).empty());
    CHECK_FALSE(TileKey{3, 8, 0}.is_valid());
    CHECK_FALSE(TileKey{3, 0, 8}.is_valid());
    CHECK_FALSE(TileKey{23, 0, 0}.is_valid());
}

TEST_CASE("tiles of a country: fewer roads further out, every class from its zoom on, bounded") {
    fs::path const file{POSTHASTE_SHARED_DATA "/roads/liechtenstein_2015.osm.pbf"};
    if (!fs::exists(file)) {
        MESSAGE("skipped: no road networks at " << file.string());
        return;
    }
    ImportReport report;
    auto const imported = import_network(file, {}, report);
    REQUIRE(imported.ok());
    auto const network = network_of(imported.value());
    Tiles const tiles{network};
    Position const vaduz{471'392'862, 95'227'962};
    for (std::uint32_t zoom = 0; zoom <= 18; ++zoom) {
        auto const key = tile_at(vaduz, zoom);
        auto const bytes = tiles.make(key);
        CHECK(bytes.size() < 400'000);
        CHECK(bytes == tiles.make(key));
        auto const layers = read(bytes);
        std::set<std::string> classes;
        if (layers.contains("roads"))
            for (auto const& road : layers.at("roads"))
                classes.insert(road.attributes.at("class"));
        INFO("zoom ", zoom);
        CHECK(classes.contains("primary") == (zoom >= 8 && zoom <= 16));
        CHECK((zoom >= 12 || !classes.contains("residential")));
        CHECK((zoom >= 14 || !classes.contains("service")));
        CHECK((zoom != 14 || (classes.contains("service") && classes.contains("residential"))));
        CHECK((zoom >= 17 || !layers.contains("houses")));
        CHECK((zoom != 17 || layers.contains("houses")));
        bool has_vaduz = false;
        if (layers.contains("places"))
            for (auto const& place : layers.at("places"))
                has_vaduz |= place.attributes.at("name") == "Vaduz";
        CHECK(has_vaduz == (zoom >= 9));
    }
}

}  // namespace
}  // namespace posthaste::road
