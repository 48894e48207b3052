#include <algorithm>
#include <array>
#include <map>

#include "base/assert.hpp"
#include "geo/distance.hpp"
#include "road/box_tree.hpp"
#include "road/isochrone.hpp"

namespace posthaste::road {

namespace {

constexpr std::int64_t cell_min = 2248;  // 25 m of latitude, even
constexpr std::int64_t margin = 2;       // cells around: the border of the grid is never reached
constexpr std::int64_t samples_a_cell = 4;

/// Points of a grid, with the earliest time at which something is reached in a cell they bound.
class Field {
public:
    explicit Field(Box const& box) : box_{box} {
        auto const lat =
            std::max(std::abs(std::int64_t{box.low.lat}), std::abs(std::int64_t{box.high.lat}));
        auto const cosine = std::max<std::int64_t>(
            geo::cosine(std::min(2 * lat, geo::quarter_turn)), std::int64_t{1} << 20U
        );
        for (height_ = cell_min;; height_ = height_ * 5 / 8 * 2) {
            width_ = (height_ << 30U) / cosine / 2 * 2;
            rows_ = (std::int64_t{box.high.lat} - box.low.lat) / height_ + 2 * margin + 2;
            columns_ = (std::int64_t{box.high.lon} - box.low.lon) / width_ + 2 * margin + 2;
            if (rows_ * columns_ <= static_cast<std::int64_t>(isochrone_cells_max)) break;
        }
        times_.assign(static_cast<std::size_t>(rows_ * columns_), never);
    }

    std::int64_t rows() const { return rows_; }
    std::int64_t columns() const { return columns_; }
    std::size_t at(std::int64_t row, std::int64_t column) const {
        return static_cast<std::size_t>(row * columns_ + column);
    }
    std::int32_t time(std::size_t point) const { return times_[point]; }
    std::int64_t cell_mm() const { return height_ * 2 * geo::nanometres_per_half / 1'000'000; }

    void reach(Position place, std::int32_t time) {
        auto const row = (std::int64_t{place.lat} - box_.low.lat) / height_ + margin;
        auto const column = (std::int64_t{place.lon} - box_.low.lon) / width_ + margin;
        for (auto const corner :
             {at(row, column), at(row, column + 1), at(row + 1, column), at(row + 1, column + 1)})
            times_[corner] = std::min(times_[corner], time);
    }
    /// Of a point in halves of cells.
    Position place(std::int64_t half_row, std::int64_t half_column) const {
        auto const lat = box_.low.lat + (half_row - 2 * margin) * (height_ / 2);
        auto const lon = box_.low.lon + (half_column - 2 * margin) * (width_ / 2);
        return {
            static_cast<std::int32_t>(std::clamp<std::int64_t>(lat, -model::lat_max, model::lat_max)
            ),
            static_cast<std::int32_t>(std::clamp<std::int64_t>(lon, -model::lon_max, model::lon_max)
            )};
    }

private:
    Box box_;
    std::int64_t height_ = 0;
    std::int64_t width_ = 0;
    std::int64_t rows_ = 0;
    std::int64_t columns_ = 0;
    std::vector<std::int32_t> times_;
};

/// Marks the cells that a stretch passes, each with a time at which it was not yet there.
void draw(Network const& network, Stretch const& stretch, Field& field) {
    auto const shape = network.shape_along(stretch.edge);
    std::vector<std::int64_t> along{0};
    for (std::size_t i = 1; i < shape.size(); ++i)
        along.push_back(along.back() + geo::distance_mm(shape[i - 1], shape[i]));
    auto const begin = along.back() * stretch.from / whole_edge;
    auto const end = (along.back() * stretch.to + whole_edge - 1) / whole_edge;
    auto const time_at = [&](std::int64_t at) {
        auto const passed = std::clamp(at, begin, end) - begin;
        auto const whole = std::max<std::int64_t>(end - begin, 1);
        auto const step = std::int64_t{stretch.time_to} - stretch.time_from;
        return stretch.time_from + static_cast<std::int32_t>(step * passed / whole);
    };
    for (std::size_t i = 1; i < shape.size(); ++i) {
        auto const leg = along[i] - along[i - 1];
        auto const low = std::max(begin, along[i - 1]);
        auto const high = std::min(end, along[i]);
        if (low > high) continue;
        auto const steps = (high - low) * samples_a_cell / field.cell_mm() + 1;
        auto const step = (high - low) / steps + 1;
        auto const between = [&](std::int64_t a, std::int64_t b, std::int64_t at) {
            return static_cast<std::int32_t>(
                a + (b - a) * (at - along[i - 1]) / std::max<std::int64_t>(leg, 1)
            );
        };
        for (std::int64_t k = 0; k <= steps; ++k) {
            auto const at = low + (high - low) * k / steps;
            Position const place{
                between(shape[i - 1].lat, shape[i].lat, at),
                between(shape[i - 1].lon, shape[i].lon, at)};
            field.reach(place, std::min(time_at(at - step), time_at(at + step)));
        }
    }
}

/// The parts of a grid's points that are marked as this one is, each numbered from 1.
class Parts {
public:
    enum class Touch : std::uint8_t { by_sides, by_corners };

    Parts(
        Field const& field, std::vector<std::uint8_t> const& marks, std::uint8_t mark, Touch touch
    )
        : field_{field}, part_(marks.size(), 0) {
        for (std::size_t point = 0; point < marks.size(); ++point) {
            if (marks[point] != mark || part_[point] != 0) continue;
            sizes_.push_back(0);
            spread(point, marks, touch);
        }
    }

    /// 0: not marked so.
    std::uint32_t at(std::size_t point) const { return part_[point]; }
    std::size_t size(std::uint32_t part) const { return sizes_[part - 1]; }
    std::size_t count() const { return sizes_.size(); }

private:
    void spread(std::size_t first, std::vector<std::uint8_t> const& marks, Touch touch) {
        auto const number = static_cast<std::uint32_t>(sizes_.size());
        part_[first] = number;
        open_.push_back(first);
        while (!open_.empty()) {
            auto const point = open_.back();
            open_.pop_back();
            ++sizes_.back();
            auto const row = static_cast<std::int64_t>(point) / field_.columns();
            auto const column = static_cast<std::int64_t>(point) % field_.columns();
            for (std::int64_t north = -1; north <= 1; ++north) {
                for (std::int64_t east = -1; east <= 1; ++east) {
                    if (touch == Touch::by_sides && north != 0 && east != 0) continue;
                    if (!is_in(row + north, column + east)) continue;
                    auto const beside = field_.at(row + north, column + east);
                    if (marks[beside] != marks[first] || part_[beside] != 0) continue;
                    part_[beside] = number;
                    open_.push_back(beside);
                }
            }
        }
    }
    bool is_in(std::int64_t row, std::int64_t column) const {
        return row >= 0 && row < field_.rows() && column >= 0 && column < field_.columns();
    }

    Field const& field_;
    std::vector<std::uint32_t> part_;
    std::vector<std::size_t> sizes_;
    std::vector<std::size_t> open_;
};

/// A place in halves of cells: the middle between two points of the grid.
struct Middle {
    std::int64_t row = 0;
    std::int64_t column = 0;
};

/// The border between what is in and what is out, with what is in on its left.
class Border {
public:
    Border(Field const& field, std::vector<std::uint8_t> const& is_in)
        : field_{field}, is_in_{is_in}, next_(2 * is_in.size(), none) {
        for (std::int64_t row = 0; row + 1 < field.rows(); ++row)
            for (std::int64_t column = 0; column + 1 < field.columns(); ++column)
                add_cell(row, column);
    }

    /// Takes the next ring; empty: that was the last.
    std::vector<Middle> take_ring() {
        std::vector<Middle> ring;
        while (first_ < next_.size() && next_[first_] == none)
            ++first_;
        if (first_ == next_.size()) return ring;
        for (auto at = first_; next_[at] != none;) {
            ring.push_back(middle_of(at));
            at = std::exchange(next_[at], none);
        }
        return ring;
    }
    /// The point beside it that is in.
    std::size_t inside(Middle middle) const {
        auto const one = field_.at(middle.row / 2, middle.column / 2);
        auto const other = field_.at((middle.row + 1) / 2, (middle.column + 1) / 2);
        return is_in_[one] != 0 ? one : other;
    }

private:
    /// Sides of a cell.
    enum Side : std::uint8_t { south, east, north, west };
    using Line = std::pair<Side, Side>;

    // By which corners are in: south-west 1, south-east 2, north-east 4, north-west 8. Two opposite
    // corners are apart.
    static std::array<std::vector<Line>, 16> const& lines() {
        static std::array<std::vector<Line>, 16> const all{{
            {},
            {{south, west}},
            {{east, south}},
            {{east, west}},
            {{north, east}},
            {{south, west}, {north, east}},
            {{north, south}},
            {{north, west}},
            {{west, north}},
            {{south, north}},
            {{east, south}, {west, north}},
            {{east, north}},
            {{west, east}},
            {{south, east}},
            {{west, south}},
            {},
        }};
        return all;
    }

    void add_cell(std::int64_t row, std::int64_t column) {
        std::size_t corners = 0;
        if (is_in_[field_.at(row, column)] != 0) corners |= 1;
        if (is_in_[field_.at(row, column + 1)] != 0) corners |= 2;
        if (is_in_[field_.at(row + 1, column + 1)] != 0) corners |= 4;
        if (is_in_[field_.at(row + 1, column)] != 0) corners |= 8;
        for (auto const& [from, to] : lines()[corners])
            next_[index_of(row, column, from)] =
                static_cast<std::uint32_t>(index_of(row, column, to));
    }
    // Even: between a point and the one east of it; odd: and the one north of it.
    std::size_t index_of(std::int64_t row, std::int64_t column, Side side) const {
        bool const is_upright = side == east || side == west;
        auto const point =
            field_.at(row + (side == north ? 1 : 0), column + (side == east ? 1 : 0));
        return 2 * point + (is_upright ? 1 : 0);
    }
    Middle middle_of(std::size_t index) const {
        auto const point = static_cast<std::int64_t>(index / 2);
        Middle const corner{2 * (point / field_.columns()), 2 * (point % field_.columns())};
        bool const is_upright = index % 2 != 0;
        return {corner.row + (is_upright ? 1 : 0), corner.column + (is_upright ? 0 : 1)};
    }

    Field const& field_;
    std::vector<std::uint8_t> const& is_in_;
    std::vector<std::uint32_t> next_;
    std::size_t first_ = 0;
};

/// Twice the area to the left, in half cells.
std::int64_t area_of(std::vector<Middle> const& ring) {
    std::int64_t area = 0;
    auto last = ring.back();
    for (auto const middle : ring) {
        area += last.column * middle.row - middle.column * last.row;
        last = middle;
    }
    return area;
}

/// Without the places on straight lines; closed.
Ring ring_of(Field const& field, std::vector<Middle> const& middles) {
    Ring ring;
    for (std::size_t i = 0; i < middles.size(); ++i) {
        auto const& before = middles[i == 0 ? middles.size() - 1 : i - 1];
        auto const& here = middles[i];
        auto const& after = middles[i + 1 == middles.size() ? 0 : i + 1];
        auto const turn = (here.row - before.row) * (after.column - here.column) -
                          (here.column - before.column) * (after.row - here.row);
        if (turn != 0) ring.push_back(field.place(here.row, here.column));
    }
    ring.push_back(ring.front());
    return ring;
}

std::vector<std::uint8_t> reached_within(Field const& field, Millis limit, Metres gap) {
    std::vector<std::uint8_t> is_in(static_cast<std::size_t>(field.rows() * field.columns()));
    for (std::size_t i = 0; i < is_in.size(); ++i)
        is_in[i] = field.time(i) <= limit.count() ? 1 : 0;
    Parts const outside{field, is_in, 0, Parts::Touch::by_corners};
    auto const cells = std::max<std::int64_t>(gap.count() * 1000 / field.cell_mm(), 0);
    for (std::size_t i = 0; i < is_in.size(); ++i) {
        auto const part = outside.at(i);
        if (part > 0 && static_cast<std::int64_t>(outside.size(part)) < cells * cells) is_in[i] = 1;
    }
    return is_in;
}

std::vector<Polygon> polygons_of(Field const& field, Millis limit, Metres gap) {
    auto const is_in = reached_within(field, limit, gap);
    Parts const inside{field, is_in, 1, Parts::Touch::by_sides};
    Border border{field, is_in};
    std::vector<Polygon> polygons(inside.count());
    for (auto ring = border.take_ring(); !ring.empty(); ring = border.take_ring()) {
        auto& polygon = polygons[inside.at(border.inside(ring.front())) - 1];
        if (area_of(ring) > 0) {
            polygon.outer = ring_of(field, ring);
        } else {
            polygon.holes.push_back(ring_of(field, ring));
        }
    }
    return polygons;
}

}  // namespace

std::vector<Contour> contours(
    Network const& network,
    std::span<Stretch const> stretches,
    std::span<Millis const> limits,
    Metres gap
) {
    std::vector<Contour> all;
    for (auto const limit : limits)
        all.push_back({limit, {}});
    if (stretches.empty()) return all;
    auto box = box_around(network.shape(network.edge_segment[stretches.front().edge]));
    for (auto const& stretch : stretches)
        box = joined(box, box_around(network.shape(network.edge_segment[stretch.edge])));
    Field field{box};
    for (auto const& stretch : stretches)
        draw(network, stretch, field);
    for (auto& contour : all)
        contour.polygons = polygons_of(field, contour.limit, gap);
    return all;
}

}  // namespace posthaste::road
