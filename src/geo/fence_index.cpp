#include "geo/fence_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/assert.hpp"

namespace posthaste::geo {

namespace {

using detail::Box;
using detail::Point;
using detail::Shape;
using model::Crossing;
using model::ZoneId;

/// Cells of level n are 2^n units high and wide. A zone is covered by levels_per_zone of them: the
/// smallest are about 1/32 of it.
constexpr unsigned level_min = 8;  // 2.8 m
constexpr unsigned levels_per_zone = 5;

/// A way over more cells than this is compared with every zone's box instead.
constexpr std::int64_t way_cells_max = 64;

struct Cell {
    unsigned level = 0;
    std::int64_t column = 0;
    std::int64_t row = 0;

    std::uint64_t key() const {
        return (std::uint64_t{level} << 58U) | (static_cast<std::uint64_t>(column) << 29U) |
               static_cast<std::uint64_t>(row);
    }
    Box box() const {
        Point const low{column << level, (row << level) - model::lat_max};
        std::int64_t const side = std::int64_t{1} << level;
        return {low, {low.x + side, low.y + side}};
    }
};

Cell cell_at(unsigned level, Point point) {
    return {level, point.x >> level, (point.y + model::lat_max) >> level};
}

unsigned level_of(Box const& box) {
    std::int64_t const extent = std::max(box.high.x - box.low.x, box.high.y - box.low.y);
    auto const level = static_cast<unsigned>(std::bit_width(static_cast<std::uint64_t>(extent)));
    return std::max(level, level_min);
}

/// Calls `visit` with the box as often as there are turns at which a shape could meet it.
void each_turn(Box const& box, auto&& visit) {
    for (std::int64_t const turn : {-lon_turn, std::int64_t{0}, lon_turn}) {
        Box const turned{{box.low.x + turn, box.low.y}, {box.high.x + turn, box.high.y}};
        if (turned.high.x < 0 || turned.low.x > lon_turn + zone_extent_max) continue;
        visit(Box{{std::max<std::int64_t>(turned.low.x, 0), turned.low.y}, turned.high});
    }
}

Box box_of_way(Point from, Point to) {
    return {
        {std::min(from.x, to.x), std::min(from.y, to.y)},
        {std::max(from.x, to.x), std::max(from.y, to.y)}};
}

void sort_unique(std::vector<ZoneId>& zones) {
    std::sort(zones.begin(), zones.end());
    zones.erase(std::unique(zones.begin(), zones.end()), zones.end());
}

/// From one fix to the next, on the plane of one shape.
struct Way {
    std::optional<Moment> previous;
    Moment next;

    std::optional<detail::Stretch> crossed(Shape const& shape) const {
        if (!previous) return std::nullopt;
        Point const from = detail::to_plane_near(shape, previous->place);
        std::int64_t const x = from.x + lon_difference(previous->place.lon, next.place.lon);
        return detail::crossed(shape, from, {x, next.place.lat});
    }
    Instant at(std::int64_t fraction) const {
        ASSERT(previous);
        Millis const span = next.time - previous->time;
        return previous->time + Millis{(span.count() * fraction) >> detail::fraction_bits};
    }
};

std::optional<ZoneCrossing> leave(Shape const& shape, Way const& way, Metres hysteresis) {
    Point const end = detail::to_plane_near(shape, way.next.place);
    if (!detail::is_beyond(shape, end, hysteresis)) return std::nullopt;
    auto const stretch = way.crossed(shape);
    Instant const at = stretch ? way.at(stretch->last) : way.next.time;
    return ZoneCrossing{shape.id, Crossing::exit, at, at};
}

std::optional<ZoneCrossing> arrive(
    Shape const& shape, Way const& way, bool ends_inside, Metres hysteresis
) {
    auto const stretch = way.crossed(shape);
    if (!stretch && !ends_inside) return std::nullopt;
    Instant const at = stretch ? way.at(stretch->first) : way.next.time;
    Point const end = detail::to_plane_near(shape, way.next.place);
    if (ends_inside || !detail::is_beyond(shape, end, hysteresis))
        return ZoneCrossing{shape.id, Crossing::enter, at, at};
    return ZoneCrossing{shape.id, Crossing::passed, at, way.at(stretch->last)};
}

}  // namespace

void FenceIndex::set(model::Zone const& zone) {
    remove(zone.id);
    auto const [at, is_new] = shapes_.emplace(zone.id, detail::make_shape(zone));
    ASSERT(is_new);
    for (auto const& [key, covering] : cover(at->second)) {
        auto& cell = cells_[key];
        if (cell.empty()) ++level_counts_[static_cast<unsigned>(key >> 58U)];
        cell.push_back(covering);
    }
}

void FenceIndex::remove(ZoneId zone) {
    auto const found = shapes_.find(zone);
    if (found == shapes_.end()) return;
    for (auto const& [key, covering] : cover(found->second)) {
        auto const cell = cells_.find(key);
        ASSERT(cell != cells_.end());
        std::erase_if(cell->second, [&](Covering const& other) { return other.zone == zone; });
        if (!cell->second.empty()) continue;
        cells_.erase(cell);
        auto const level = level_counts_.find(static_cast<unsigned>(key >> 58U));
        if (--level->second == 0) level_counts_.erase(level);
    }
    shapes_.erase(found);
}

// From the few cells as large as the zone downwards: a cell that is all inside or all outside is
// settled, one with an edge in it is quartered, down to the smallest.
std::vector<std::pair<FenceIndex::Key, FenceIndex::Covering>> FenceIndex::cover(Shape const& shape
) {
    std::vector<std::pair<Key, Covering>> covering;
    unsigned const top = level_of(shape.box);
    unsigned const bottom = std::max(top, level_min + levels_per_zone) - levels_per_zone;
    std::vector<Cell> open;
    Cell const low = cell_at(top, shape.box.low);
    Cell const high = cell_at(top, shape.box.high);
    for (std::int64_t row = low.row; row <= high.row; ++row) {
        for (std::int64_t column = low.column; column <= high.column; ++column)
            open.push_back({top, column, row});
    }
    while (!open.empty()) {
        Cell const cell = open.back();
        open.pop_back();
        auto const share = detail::share(shape, cell.box());
        if (share == detail::Share::none) continue;
        bool const is_whole = share == detail::Share::whole;
        if (is_whole || cell.level == bottom) {
            covering.push_back({cell.key(), {shape.id, is_whole}});
            continue;
        }
        for (std::int64_t const part : {0, 1, 2, 3})
            open.push_back(
                {cell.level - 1, (2 * cell.column) + (part & 1), (2 * cell.row) + (part / 2)}
            );
    }
    return covering;
}

std::vector<ZoneId> FenceIndex::containing(Position place) const {
    std::vector<ZoneId> zones;
    Point const point = detail::to_plane(place);
    each_turn({point, point}, [&](Box const& box) {
        for (auto const& [level, count] : level_counts_) {
            auto const found = cells_.find(cell_at(level, box.low).key());
            if (found == cells_.end()) continue;
            for (Covering const& covering : found->second) {
                if (covering.is_whole || detail::holds(shapes_.at(covering.zone), box.low))
                    zones.push_back(covering.zone);
            }
        }
    });
    sort_unique(zones);
    return zones;
}

// The zones that have a cell in common with the box: at least all that meet it.
std::vector<ZoneId> FenceIndex::near(Box const& box) const {
    std::vector<ZoneId> zones;
    each_turn(box, [&](Box const& turned) {
        for (auto const& [level, count] : level_counts_) {
            Cell const low = cell_at(level, turned.low);
            Cell const high = cell_at(level, turned.high);
            std::int64_t const columns = high.column - low.column + 1;
            std::int64_t const cells = columns * (high.row - low.row + 1);
            if (cells > way_cells_max) {
                for (auto const& [id, shape] : shapes_) {
                    if (shape.box.overlaps(turned)) zones.push_back(id);
                }
                return;
            }
            for (std::int64_t i = 0; i < cells; ++i) {
                Cell const cell{level, low.column + (i % columns), low.row + (i / columns)};
                auto const found = cells_.find(cell.key());
                if (found == cells_.end()) continue;
                for (Covering const& covering : found->second)
                    zones.push_back(covering.zone);
            }
        }
    });
    sort_unique(zones);
    return zones;
}

std::vector<ZoneCrossing> FenceIndex::crossings(
    std::span<ZoneId const> inside,
    std::optional<Moment> const& previous,
    Moment const& next,
    Metres hysteresis
) const {
    ASSERT(model::is_on_earth(next.place));
    ASSERT(std::is_sorted(inside.begin(), inside.end()));
    ASSERT(!previous || previous->time <= next.time);
    Way way{previous, next};
    Point const end = detail::to_plane(next.place);
    Box box{end, end};
    if (previous) {
        std::int64_t const east = lon_difference(previous->place.lon, next.place.lon);
        std::int64_t const north = std::int64_t{next.place.lat} - previous->place.lat;
        if (std::abs(east) > way_max || std::abs(north) > way_max) {
            way.previous.reset();
        } else {
            box = box_of_way({end.x - east, end.y - north}, end);
        }
    }
    auto const holding = containing(next.place);
    auto candidates = near(box);
    candidates.insert(candidates.end(), inside.begin(), inside.end());
    sort_unique(candidates);
    std::vector<ZoneCrossing> crossings;
    for (ZoneId const zone : candidates) {
        auto const shape = shapes_.find(zone);
        if (shape == shapes_.end()) continue;
        bool const ends_inside = std::binary_search(holding.begin(), holding.end(), zone);
        bool const was_inside = std::binary_search(inside.begin(), inside.end(), zone);
        if (was_inside && ends_inside) continue;
        auto const crossing = was_inside ? leave(shape->second, way, hysteresis)
                                         : arrive(shape->second, way, ends_inside, hysteresis);
        if (crossing) crossings.push_back(*crossing);
    }
    return crossings;
}

}  // namespace posthaste::geo
