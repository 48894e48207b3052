#include "road/tiles/tile.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "base/assert.hpp"
#include "road/tiles/layer.hpp"
#include "road/tiles/tile_format.hpp"

namespace posthaste::road {

namespace {

constexpr double unit_count = mvt::extent;
constexpr double buffer = 64;
constexpr double units_a_degree = 1e7;
constexpr double mercator_lat_max = 85.0511287798066;

struct Spot {
    double x = 0;
    double y = 0;
};

/// The square of a tile and what is around it, and places in its units.
class Square {
public:
    explicit Square(TileKey key)
        : key_{key}, scale_{std::ldexp(unit_count, static_cast<int>(key.zoom))} {}

    Spot spot(Position place) const {
        auto const lat =
            std::clamp(place.lat / units_a_degree, -mercator_lat_max, mercator_lat_max);
        auto const angle = lat * std::numbers::pi / 180;
        auto const east = (place.lon / units_a_degree + 180) / 360;
        auto const south = (1 - std::asinh(std::tan(angle)) / std::numbers::pi) / 2;
        return {east * scale_ - key_.x * unit_count, south * scale_ - key_.y * unit_count};
    }
    Box box() const {
        return {place({-buffer, unit_count + buffer}), place({unit_count + buffer, -buffer})};
    }

private:
    Position place(Spot spot) const {
        auto const lon = (spot.x + key_.x * unit_count) / scale_ * 360 - 180;
        auto const south = (spot.y + key_.y * unit_count) / scale_;
        auto const lat = std::atan(std::sinh(std::numbers::pi * (1 - 2 * south)));
        auto const rounded = [](double degrees, std::int32_t most) {
            auto const units = std::clamp(degrees * units_a_degree, -1.0 * most, 1.0 * most);
            return static_cast<std::int32_t>(std::llround(units));
        };
        return {
            rounded(lat * 180 / std::numbers::pi, model::lat_max), rounded(lon, model::lon_max)};
    }

    TileKey key_;
    double scale_;
};

/// The part of a leg within the square and its buffer.
// Source   Liang and Barsky, A new concept and method for line clipping, 1984.
std::optional<std::pair<Spot, Spot>> clipped(Spot a, Spot b) {
    double first = 0;
    double last = 1;
    auto const cut = [&](double step, double room) {  // step * t <= room
        if (step == 0) return room >= 0;
        auto const at = room / step;
        if (step > 0) {
            last = std::min(last, at);
        } else {
            first = std::max(first, at);
        }
        return first <= last;
    };
    Spot const leg{b.x - a.x, b.y - a.y};
    constexpr auto far = unit_count + buffer;
    bool const is_in = cut(leg.x, far - a.x) && cut(-leg.x, a.x + buffer) &&
                       cut(leg.y, far - a.y) && cut(-leg.y, a.y + buffer);
    if (!is_in) return std::nullopt;
    return std::pair{
        Spot{a.x + leg.x * first, a.y + leg.y * first},
        Spot{a.x + leg.x * last, a.y + leg.y * last}};
}

TilePoint rounded(Spot spot) {
    return {
        static_cast<std::int32_t>(std::lround(spot.x)),
        static_cast<std::int32_t>(std::lround(spot.y))};
}

/// Of four times the area of a triangle over the length of its base, the square: how far a point
/// lies off the line through two others.
bool is_off(TilePoint at, TilePoint a, TilePoint b, std::int64_t tolerance) {
    auto const square = [](std::int64_t x, std::int64_t y) { return x * x + y * y; };
    std::int64_t const leg_x = std::int64_t{b.x} - a.x;
    std::int64_t const leg_y = std::int64_t{b.y} - a.y;
    std::int64_t const off_x = std::int64_t{at.x} - a.x;
    std::int64_t const off_y = std::int64_t{at.y} - a.y;
    auto const along = leg_x * off_x + leg_y * off_y;
    auto const whole = square(leg_x, leg_y);
    if (along <= 0) return square(off_x, off_y) > tolerance * tolerance;
    if (along >= whole)
        return square(std::int64_t{at.x} - b.x, std::int64_t{at.y} - b.y) > tolerance * tolerance;
    auto const across = leg_x * off_y - leg_y * off_x;
    return across * across > tolerance * tolerance * whole;
}

/// Without the points that the line from the last one kept passes near enough. As far along as
/// all between are near: linear where lines are short, as here.
TileLine simplified(TileLine const& line, std::int64_t tolerance) {
    constexpr std::size_t window = 64;  // looked at again for each point
    TileLine kept{line.front()};
    std::size_t last = 0;
    for (std::size_t i = 2; i < line.size(); ++i) {
        bool bends = i - last > window;
        for (auto between = last + 1; between < i && !bends; ++between)
            bends = is_off(line[between], line[last], line[i], tolerance);
        if (!bends) continue;
        last = i - 1;
        kept.push_back(line[last]);
    }
    if (kept.back() != line.back() || kept.size() == 1) kept.push_back(line.back());
    return kept;
}

class LineCutter {
public:
    LineCutter(Square const& square, std::int64_t tolerance)
        : square_{square}, tolerance_{tolerance} {}

    /// Cuts the line where it leaves the square; each piece has two points or more.
    void add(std::vector<Position> const& points, std::vector<TileLine>& pieces) const {
        TileLine piece;
        auto const finish = [&] {
            if (piece.size() > 1) pieces.push_back(simplified(piece, tolerance_));
            if (!pieces.empty() && is_dot(pieces.back())) pieces.pop_back();
            piece.clear();
        };
        auto const add_point = [&](TilePoint point) {
            if (piece.empty() || piece.back() != point) piece.push_back(point);
        };
        auto from = square_.spot(points.front());
        for (std::size_t i = 1; i < points.size(); ++i) {
            auto const to = square_.spot(points[i]);
            auto const leg = clipped(from, to);
            if (leg) {
                auto const begin = rounded(leg->first);
                if (!piece.empty() && piece.back() != begin) finish();
                add_point(begin);
                add_point(rounded(leg->second));
            } else {
                finish();
            }
            from = to;
        }
        finish();
    }

private:
    static bool is_dot(TileLine const& line) {
        return line.size() < 2 || (line.size() == 2 && line[0] == line[1]);
    }

    Square const& square_;
    std::int64_t tolerance_;
};

std::uint32_t zoom_of(EntryKind kind) {
    switch (kind) {
        case EntryKind::city:
            return 4;
        case EntryKind::town:
            return 7;
        case EntryKind::village:
            return 9;
        case EntryKind::suburb:
            return 11;
        case EntryKind::hamlet:
            return 12;
        case EntryKind::locality:
            return 14;
        case EntryKind::street:
            break;
    }
    return tile_zoom_max + 1;
}

std::vector<Box> boxes_of(std::span<Position const> places) {
    std::vector<Box> boxes;
    boxes.reserve(places.size());
    for (auto const place : places)
        boxes.push_back({place, place});
    return boxes;
}

std::vector<std::uint32_t> spots_in(BoxTree const& tree, Box const& box) {
    std::vector<std::uint32_t> found;
    tree.visit(box, [&](std::uint32_t index) { found.push_back(index); });
    std::ranges::sort(found);
    return found;
}

void add_roads(Network const& network, RoadLines const& lines, TileKey key, Layer& layer) {
    Square const square{key};
    LineCutter const cutter{square, key.zoom < tile_zoom_full ? 4 : 1};
    auto const box = square.box();
    std::size_t points = 0;
    for (std::size_t i = 0; i < road_class_count; ++i) {
        auto const road_class = static_cast<RoadClass>(i);
        if (key.zoom < zoom_of(road_class)) continue;
        auto const all = lines.join(lines.segments_in(box, road_class, tile_segments_max));
        for (auto from = all.begin(); from != all.end();) {
            // The pieces of one way are one feature.
            auto const end = std::find_if(from, all.end(), [&](RoadLine const& line) {
                return line.way != from->way || line.oneway != from->oneway;
            });
            std::vector<TileLine> pieces;
            for (auto line = from; line != end; ++line)
                cutter.add(line->points, pieces);
            for (auto const& piece : pieces)
                points += piece.size();
            if (points > tile_points_max) return;
            std::vector<Attribute> attributes{{"class", names_of(RoadClass{})[i]}};
            std::string_view const name{network.names.data() + from->name};
            if (!name.empty()) attributes.push_back({"name", name});
            if (from->oneway != 0) attributes.push_back({"oneway", std::int64_t{from->oneway}});
            attributes.push_back({"way", from->way});
            if (!pieces.empty()) layer.add_lines(pieces, attributes);
            from = end;
        }
    }
}

}  // namespace

std::uint32_t zoom_of(RoadClass road_class) {
    switch (road_class) {
        case RoadClass::motorway:
            return 5;
        case RoadClass::trunk:
            return 6;
        case RoadClass::primary:
            return 8;
        case RoadClass::ferry:
        case RoadClass::secondary:
            return 9;
        case RoadClass::tertiary:
            return 11;
        case RoadClass::unclassified:
        case RoadClass::residential:
            return 12;
        case RoadClass::living_street:
            return 13;
        case RoadClass::service:
        case RoadClass::track:
        case RoadClass::path:
            break;
    }
    return 14;
}

Tiles::Tiles(Network const& network)
    : network_{network},
      lines_{network},
      places_{boxes_of(network.gazetteer.places)},
      houses_{boxes_of(network.gazetteer.house_places)} {}

std::string Tiles::make(TileKey key) const {
    ASSERT(key.is_valid());
    Layer roads{"roads"};
    add_roads(network_, lines_, key, roads);
    Square const square{key};
    auto const& map = network_.gazetteer;
    Layer places{"places"};
    std::size_t count = 0;
    for (auto const entry : spots_in(places_, square.box())) {
        auto const kind = map.kind(entry);
        if (key.zoom < zoom_of(kind) || ++count > tile_spots_max) continue;
        places.add_point(
            rounded(square.spot(map.places[entry])),
            {{"kind", names_of(EntryKind{})[map.kinds[entry]]}, {"name", map.name(entry)}}
        );
    }
    Layer houses{"houses"};
    if (key.zoom >= tile_zoom_houses) {
        auto all = spots_in(houses_, square.box());
        all.resize(std::min(all.size(), tile_spots_max));
        for (auto const house : all)
            houses.add_point(
                rounded(square.spot(map.house_places[house])), {{"number", map.number(house)}}
            );
    }
    std::vector<std::string> layers;
    for (auto const* const layer : {&roads, &places, &houses})
        if (!layer->empty()) layers.push_back(layer->bytes());
    return tile_of(layers);
}

}  // namespace posthaste::road
