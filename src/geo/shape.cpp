#include "geo/shape.hpp"

#include <algorithm>
#include <numeric>

#include "base/assert.hpp"

namespace posthaste::geo {

namespace detail {

namespace {

Point operator-(Point a, Point b) {
    return {a.x - b.x, a.y - b.y};
}

std::int64_t cross(Point a, Point b) {
    return (a.x * b.y) - (a.y * b.x);
}

std::int64_t dot(Point a, Point b) {
    return (a.x * b.x) + (a.y * b.y);
}

struct Edge {
    Point a;
    Point b;

    Box box() const {
        return {{std::min(a.x, b.x), std::min(a.y, b.y)}, {std::max(a.x, b.x), std::max(a.y, b.y)}};
    }
};

Edge edge(std::vector<Point> const& ring, std::size_t i) {
    return {ring[i], ring[i + 1 == ring.size() ? 0 : i + 1]};
}

Position to_position(Point point) {
    std::int64_t lon = point.x % lon_turn;
    if (lon < 0) lon += lon_turn;
    return {static_cast<std::int32_t>(point.y), static_cast<std::int32_t>(lon - model::lon_max)};
}

/// The ring from its first point on, each edge the shorter way round.
std::vector<Point> unroll(std::vector<Position> const& ring) {
    std::vector<Point> points;
    Point point = to_plane(ring.front());
    Position before = ring.front();
    for (Position const place : ring) {
        point = {point.x + lon_difference(before.lon, place.lon), place.lat};
        points.push_back(point);
        before = place;
    }
    return points;
}

Box box_of(std::vector<Point> const& ring) {
    Box box{ring.front(), ring.front()};
    for (Point const point : ring) {
        box.low = {std::min(box.low.x, point.x), std::min(box.low.y, point.y)};
        box.high = {std::max(box.high.x, point.x), std::max(box.high.y, point.y)};
    }
    return box;
}

// One unit more than the circle needs on each side.
Box box_of(Position centre, Metres radius) {
    auto const height = static_cast<std::int64_t>(isqrt(square_limit(radius)) / 2) + 1;
    std::int64_t const lat = std::min(
        std::abs(std::int64_t{centre.lat}) + height, std::int64_t{model::lat_max} - 1'000'000
    );
    std::int64_t const width = ((height << 30U) / cosine(2 * lat)) + 1;
    Point const middle = to_plane(centre);
    return {{middle.x - width, middle.y - height}, {middle.x + width, middle.y + height}};
}

bool ring_holds(std::vector<Point> const& ring, Point point) {
    bool is_inside = false;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        auto const [a, b] = edge(ring, i);
        if ((a.y > point.y) == (b.y > point.y)) continue;
        std::int64_t const side = cross(b - a, point - a);
        if (b.y > a.y ? side > 0 : side < 0) is_inside = !is_inside;
    }
    return is_inside;
}

/// `point` to the edge, squared, in half units; both near enough for the local projection.
std::uint64_t square_to_edge(Edge const& edge, Point point, std::int64_t narrowing) {
    auto const local = [&](Point other) {
        return Point{((other.x - point.x) * narrowing) >> 29U, 2 * (other.y - point.y)};
    };
    Point const a = local(edge.a);
    Point const along = local(edge.b) - a;
    std::int64_t const length_squared = dot(along, along);
    std::int64_t const foot = -dot(a, along);
    if (foot <= 0) return static_cast<std::uint64_t>(dot(a, a));
    if (foot >= length_squared) {
        Point const b = local(edge.b);
        return static_cast<std::uint64_t>(dot(b, b));
    }
    auto const length =
        static_cast<std::int64_t>(isqrt(static_cast<std::uint64_t>(length_squared)));
    auto const away = static_cast<std::uint64_t>(std::abs(cross(a, along)) / length);
    return away * away;
}

std::optional<Stretch> ring_crossed(std::vector<Point> const& ring, Point from, Point to) {
    std::optional<Stretch> stretch;
    Point const way = to - from;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        auto const [a, b] = edge(ring, i);
        if ((cross(way, a - from) > 0) == (cross(way, b - from) > 0)) continue;
        std::int64_t above = cross(a - from, b - a);
        std::int64_t below = cross(way, b - a);
        if (below < 0) {
            above = -above;
            below = -below;
        }
        if (above < 0 || above > below) continue;
        auto const at = static_cast<std::int64_t>((Wide{above} << fraction_bits) / below);
        if (!stretch) stretch = Stretch{at, at};
        stretch->first = std::min(stretch->first, at);
        stretch->last = std::max(stretch->last, at);
    }
    return stretch;
}

constexpr std::int64_t whole_way = std::int64_t{1} << fraction_bits;

Point on_way(Point from, Point to, std::int64_t fraction) {
    Point const way = to - from;
    return {
        from.x + ((way.x * fraction) >> fraction_bits),
        from.y + ((way.y * fraction) >> fraction_bits)};
}

/// Where between `outside` and `inside`, two fractions of the way, the circle begins.
std::int64_t bisect(
    Shape const& circle, Point from, Point to, std::int64_t outside, std::int64_t inside
) {
    while (std::abs(inside - outside) > 1) {
        std::int64_t const middle = std::midpoint(outside, inside);
        (holds(circle, on_way(from, to, middle)) ? inside : outside) = middle;
    }
    return inside;
}

std::optional<Stretch> circle_crossed(Shape const& circle, Point from, Point to) {
    bool const from_inside = holds(circle, from);
    bool const to_inside = holds(circle, to);
    if (from_inside && to_inside) return std::nullopt;
    if (from_inside || to_inside) {
        std::int64_t const at = from_inside ? bisect(circle, from, to, whole_way, 0)
                                            : bisect(circle, from, to, 0, whole_way);
        return Stretch{at, at};
    }
    std::int64_t const narrowing = cosine(2 * std::abs(std::int64_t{circle.centre.lat}));
    Point const centre = to_plane_near(circle, circle.centre);
    auto const local = [&](Point point) {
        return Point{((point.x - centre.x) * narrowing) >> 30U, point.y - centre.y};
    };
    Point const start = local(from);
    Point const way = local(to) - start;
    std::int64_t const length_squared = dot(way, way);
    if (length_squared == 0) return std::nullopt;
    auto const nearest =
        static_cast<std::int64_t>((Wide{-dot(start, way)} << fraction_bits) / length_squared);
    if (nearest <= 0 || nearest >= whole_way) return std::nullopt;
    if (!holds(circle, on_way(from, to, nearest))) return std::nullopt;
    return Stretch{
        bisect(circle, from, to, 0, nearest), bisect(circle, from, to, whole_way, nearest)};
}

bool edge_meets(Edge const& edge, Box const& box) {
    if (!edge.box().overlaps(box)) return false;
    Point const along = edge.b - edge.a;
    bool is_left = false;
    bool is_right = false;
    for (Point const corner :
         {box.low, box.high, Point{box.low.x, box.high.y}, Point{box.high.x, box.low.y}}) {
        std::int64_t const side = cross(along, corner - edge.a);
        is_left = is_left || side >= 0;
        is_right = is_right || side <= 0;
    }
    return is_left && is_right;
}

Share circle_share(Shape const& circle, Box const& box) {
    // A box's nearest and furthest place are not quite where they are on a plane; for an extent of
    // 20 degrees they are less than 1/64 off.
    Metres const slack{(circle.radius.count() / 64) + 1};
    Point const centre = to_plane_near(circle, circle.centre);
    Point const nearest{
        std::clamp(centre.x, box.low.x, box.high.x), std::clamp(centre.y, box.low.y, box.high.y)};
    if (square(circle.centre, to_position(nearest)) >= square_limit(circle.radius + slack))
        return Share::none;
    for (Point const corner :
         {box.low, box.high, Point{box.low.x, box.high.y}, Point{box.high.x, box.low.y}}) {
        if (square(circle.centre, to_position(corner)) >= square_limit(circle.radius - slack))
            return Share::part;
    }
    return Share::whole;
}

/// Whether two edges have a point in common.
bool edges_meet(Edge const& a, Edge const& b) {
    if (!a.box().overlaps(b.box())) return false;
    auto const splits = [](Edge const& line, Edge const& other) {
        std::int64_t const first = cross(line.b - line.a, other.a - line.a);
        std::int64_t const second = cross(line.b - line.a, other.b - line.a);
        return (first <= 0 || second <= 0) && (first >= 0 || second >= 0);
    };
    return splits(a, b) && splits(b, a);
}

bool are_neighbours(std::size_t i, std::size_t j, std::size_t count) {
    std::size_t const apart = i < j ? j - i : i - j;
    return apart == 1 || apart == count - 1;
}

/// Neighbouring edges share a point; more only when the second turns back onto the first.
bool turns_back(Edge const& a, Edge const& b) {
    Edge const first = a.b == b.a ? a : b;
    Edge const second = a.b == b.a ? b : a;
    Point const before = first.b - first.a;
    Point const after = second.b - second.a;
    return cross(before, after) == 0 && dot(before, after) < 0;
}

bool is_simple(std::vector<Point> const& ring) {
    std::vector<std::size_t> order(ring.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    auto const start = [&](std::size_t i) { return edge(ring, i).box().low.x; };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return start(a) != start(b) ? start(a) < start(b) : a < b;
    });
    for (std::size_t i = 0; i < order.size(); ++i) {
        Edge const first = edge(ring, order[i]);
        std::int64_t const end = first.box().high.x;
        for (std::size_t j = i + 1; j < order.size() && start(order[j]) <= end; ++j) {
            Edge const second = edge(ring, order[j]);
            bool const is_bad = are_neighbours(order[i], order[j], ring.size())
                                    ? turns_back(first, second)
                                    : edges_meet(first, second);
            if (is_bad) return false;
        }
    }
    return true;
}

bool has_area(std::vector<Point> const& ring) {
    Wide doubled = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        Edge const side = edge(ring, i);
        doubled += cross(side.a - ring.front(), side.b - ring.front());
    }
    return doubled != 0;
}

std::optional<std::string> extent_fault(Box const& box) {
    if (box.low.y < -zone_lat_max || box.high.y > zone_lat_max)
        return "the zone comes nearer to a pole than latitude 85";
    if (box.high.x - box.low.x > zone_extent_max || box.high.y - box.low.y > zone_extent_max)
        return "the zone is more than 20 degrees across";
    return std::nullopt;
}

std::optional<std::string> ring_fault(std::vector<Position> const& ring) {
    if (ring.size() < 3) return "a ring has at least 3 points";
    if (ring.size() > model::zone_points_max)
        return "a ring has at most " + std::to_string(model::zone_points_max) + " points";
    if (!std::all_of(ring.begin(), ring.end(), model::is_on_earth))
        return "a point of the ring is not on the earth";
    auto const points = unroll(ring);
    if (auto const fault = extent_fault(box_of(points))) return fault;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (edge(points, i).a == edge(points, i).b)
            return "two points of the ring in succession are the same; it is closed by itself";
    }
    if (!has_area(points)) return "the ring has no area";
    if (!is_simple(points)) return "the ring crosses or touches itself";
    return std::nullopt;
}

}  // namespace

Point to_plane(Position place) {
    std::int64_t const east = std::int64_t{place.lon} + model::lon_max;
    return {east == lon_turn ? 0 : east, place.lat};
}

Shape make_shape(model::Zone const& zone) {
    ASSERT_SLOW(!zone_fault(zone));
    Shape shape{zone.id, {}, zone.centre, zone.radius, {}};
    if (zone.ring.empty()) {
        shape.box = box_of(zone.centre, zone.radius);
    } else {
        shape.ring = unroll(zone.ring);
        shape.box = box_of(shape.ring);
    }
    std::int64_t const turn = shape.box.low.x < 0           ? lon_turn
                              : shape.box.low.x >= lon_turn ? -lon_turn
                                                            : 0;
    shape.box.low.x += turn;
    shape.box.high.x += turn;
    for (Point& point : shape.ring)
        point.x += turn;
    return shape;
}

Point to_plane_near(Shape const& shape, Position place) {
    Point point = to_plane(place);
    std::int64_t const middle = std::midpoint(shape.box.low.x, shape.box.high.x);
    if (point.x < middle - (lon_turn / 2)) point.x += lon_turn;
    if (point.x > middle + (lon_turn / 2)) point.x -= lon_turn;
    return point;
}

bool holds(Shape const& shape, Point point) {
    if (!shape.box.overlaps({point, point})) return false;
    if (!shape.ring.empty()) return ring_holds(shape.ring, point);
    return square(shape.centre, to_position(point)) < square_limit(shape.radius);
}

bool is_beyond(Shape const& shape, Point point, Metres margin) {
    std::uint64_t const limit = square_limit(margin);
    if (shape.ring.empty())
        return square(shape.centre, to_position(point)) >= square_limit(shape.radius + margin);
    std::int64_t const narrowing = cosine(2 * std::abs(point.y));
    auto const height = static_cast<std::int64_t>(isqrt(limit) / 2) + 1;
    std::int64_t const width = (height << 30U) / std::max<std::int64_t>(narrowing, 1 << 24);
    Box const about{{point.x - width, point.y - height}, {point.x + width, point.y + height}};
    for (std::size_t i = 0; i < shape.ring.size(); ++i) {
        Edge const side = edge(shape.ring, i);
        if (side.box().overlaps(about) && square_to_edge(side, point, narrowing) < limit)
            return false;
    }
    return true;
}

std::optional<Stretch> crossed(Shape const& shape, Point from, Point to) {
    if (!shape.box.overlaps(Edge{from, to}.box())) return std::nullopt;
    if (shape.ring.empty()) return circle_crossed(shape, from, to);
    return ring_crossed(shape.ring, from, to);
}

Share share(Shape const& shape, Box const& box) {
    if (!shape.box.overlaps(box)) return Share::none;
    if (shape.ring.empty()) return circle_share(shape, box);
    for (std::size_t i = 0; i < shape.ring.size(); ++i) {
        if (edge_meets(edge(shape.ring, i), box)) return Share::part;
    }
    return ring_holds(shape.ring, box.low) ? Share::whole : Share::none;
}

}  // namespace detail

std::optional<std::string> zone_fault(model::Zone const& zone) {
    if (!zone.ring.empty()) {
        if (zone.radius != Metres{}) return "a zone is a ring or a circle, not both";
        return detail::ring_fault(zone.ring);
    }
    if (!model::is_on_earth(zone.centre)) return "the centre is not on the earth";
    if (zone.radius < Metres{1}) return "a circle's radius is at least 1 m";
    if (zone.radius > zone_radius_max)
        return "a circle's radius is at most " + std::to_string(zone_radius_max.count()) + " m";
    return detail::extent_fault(detail::box_of(zone.centre, zone.radius));
}

}  // namespace posthaste::geo
