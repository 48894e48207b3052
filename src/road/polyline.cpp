#include "road/polyline.hpp"

#include <algorithm>

#include "geo/distance.hpp"

namespace posthaste::road {

namespace {

// Text is made of groups of five bits, from the lowest up; a sixth bit says that more follow.
constexpr unsigned group_bits = 5;
constexpr std::int64_t more = 1 << group_bits;
constexpr char first_letter = '?';
constexpr unsigned bits_max = 35;

std::int32_t unit_of(Precision precision) {
    return precision == Precision::five ? 100 : 10;
}

std::int64_t rounded(std::int32_t value, std::int32_t unit) {
    auto const half = value < 0 ? -unit / 2 : unit / 2;
    return (std::int64_t{value} + half) / unit;
}

void put(std::string& text, std::int64_t number) {
    auto rest = number < 0 ? -2 * number - 1 : 2 * number;
    for (; rest >= more; rest /= more)
        text += static_cast<char>(first_letter + (more + rest % more));
    text += static_cast<char>(first_letter + rest);
}

std::optional<std::int64_t> take(std::string_view& text) {
    std::int64_t number = 0;
    for (unsigned shift = 0; shift < bits_max && !text.empty(); shift += group_bits) {
        auto const group = std::int64_t{text.front()} - first_letter;
        if (group < 0 || group >= 2 * more) return std::nullopt;
        text.remove_prefix(1);
        number |= (group % more) << shift;
        if (group < more) return number % 2 == 0 ? number / 2 : -(number + 1) / 2;
    }
    return std::nullopt;
}

// A grid over the line's extent: a unit of simplify() is its 2^14th part.
constexpr std::int64_t grid = 1 << 14;
constexpr std::int64_t tolerance = grid / 1024;

struct Point {
    std::int64_t x = 0;
    std::int64_t y = 0;
};

std::int64_t square(Point a, Point b) {
    return (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y);
}

/// Of the distance between a point and a leg.
std::int64_t square_off(Point at, Point source, Point target) {
    auto const whole = square(source, target);
    Point const leg{target.x - source.x, target.y - source.y};
    Point const aside{at.x - source.x, at.y - source.y};
    auto const along = leg.x * aside.x + leg.y * aside.y;
    if (along <= 0) return square(at, source);
    if (along >= whole) return square(at, target);
    auto const across = leg.x * aside.y - leg.y * aside.x;
    return across * across / whole;
}

std::vector<Point> on_grid(std::span<Position const> line) {
    auto const origin = line.front();
    auto const cosine =
        geo::cosine(std::min(2 * std::abs(std::int64_t{origin.lat}), geo::quarter_turn));
    std::vector<Point> points;
    std::int64_t extent = 1;
    for (auto const place : line) {
        auto const east = (geo::lon_difference(origin.lon, place.lon) * cosine) >> 30U;
        auto const north = std::int64_t{place.lat} - origin.lat;
        points.push_back({east, north});
        extent = std::max({extent, std::abs(east), std::abs(north)});
    }
    for (auto& point : points)
        point = {point.x * grid / extent, point.y * grid / extent};
    return points;
}

}  // namespace

std::string encode(std::span<Position const> line, Precision precision) {
    std::string text;
    auto const unit = unit_of(precision);
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    for (auto const place : line) {
        put(text, rounded(place.lat, unit) - lat);
        put(text, rounded(place.lon, unit) - lon);
        lat = rounded(place.lat, unit);
        lon = rounded(place.lon, unit);
    }
    return text;
}

std::optional<std::vector<Position>> decode(
    std::string_view text, Precision precision, std::size_t points_max
) {
    std::vector<Position> line;
    auto const unit = unit_of(precision);
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    while (!text.empty()) {
        auto const north = take(text);
        auto const east = take(text);
        if (!north || !east || line.size() == points_max) return std::nullopt;
        lat += *north * unit;
        lon += *east * unit;
        if (std::abs(lat) > model::lat_max || std::abs(lon) > model::lon_max) return std::nullopt;
        line.push_back({static_cast<std::int32_t>(lat), static_cast<std::int32_t>(lon)});
    }
    return line;
}

std::vector<Position> simplify(std::span<Position const> line) {
    if (line.size() < 3) return {line.begin(), line.end()};
    auto const points = on_grid(line);
    std::vector<bool> stays(points.size(), false);
    stays.front() = stays.back() = true;
    std::vector<std::pair<std::size_t, std::size_t>> open{{0, points.size() - 1}};
    while (!open.empty()) {
        auto const [first, last] = open.back();
        open.pop_back();
        auto furthest = first;
        auto most = tolerance * tolerance;
        for (auto i = first + 1; i < last; ++i) {
            auto const off = square_off(points[i], points[first], points[last]);
            if (off <= most) continue;
            most = off;
            furthest = i;
        }
        if (furthest == first) continue;
        stays[furthest] = true;
        open.emplace_back(first, furthest);
        open.emplace_back(furthest, last);
    }
    std::vector<Position> left;
    for (std::size_t i = 0; i < line.size(); ++i)
        if (stays[i]) left.push_back(line[i]);
    return left;
}

}  // namespace posthaste::road
