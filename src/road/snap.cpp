#include "road/snap.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "geo/distance.hpp"
#include "road/ground_vector.hpp"

namespace posthaste::road {

namespace {

constexpr std::int32_t cell_min = 9000;      // 100 m of latitude, in units of Position
constexpr std::int64_t against_mm = 40'000;  // an edge the other way counts as this much further

std::int64_t cosine_at(std::int64_t lat) {
    return geo::cosine(std::min(2 * std::abs(lat), geo::quarter_turn));
}

/// (sine, cosine) of a heading, with 30 binary digits after the point.
Vector direction_of(int heading) {
    auto const quarter = heading / 90 % 4;
    auto const rest = geo::quarter_turn * (heading % 90) / 90;
    auto const near = geo::cosine(rest);
    auto const far = geo::cosine(geo::quarter_turn - rest);
    switch (quarter) {
        case 0:
            return {far, near};
        case 1:
            return {near, -far};
        case 2:
            return {-far, -near};
        default:
            return {-near, far};
    }
}

}  // namespace

SnapIndex::SnapIndex(Network const& network) : network_{network} {
    edges_.assign(network.segment_way.size(), {none, none});
    usable_.assign(network.segment_way.size(), 0);
    for (EdgeId edge = 0; edge < network.edge_count(); ++edge) {
        auto const segment = network.edge_segment[edge];
        edges_[segment][network.edge_traits[edge].is_backward != 0] = edge;
        usable_[segment] |= usable_by(edge);
    }
    Position high{-model::lat_max, -model::lon_max};
    corner_ = {model::lat_max, model::lon_max};
    for (auto const place : network.shapes) {
        corner_ = {std::min(corner_.lat, place.lat), std::min(corner_.lon, place.lon)};
        high = {std::max(high.lat, place.lat), std::max(high.lon, place.lon)};
    }
    if (network.shapes.empty()) high = corner_ = {};
    for (cell_ = cell_min;; cell_ *= 2) {
        rows_ = row_of(high.lat) + 1;
        columns_ = column_of(high.lon) + 1;
        if (rows_ * columns_ <= static_cast<std::int64_t>(cells_max)) break;
    }
    std::vector<std::pair<std::uint32_t, std::uint32_t>> entries;  // cell, segment
    for (std::uint32_t segment = 0; segment < edges_.size(); ++segment)
        for_each_leg_cell(segment, [&](std::uint32_t cell) {
            entries.emplace_back(cell, segment);
        });
    std::ranges::sort(entries);
    entries.erase(std::ranges::unique(entries).begin(), entries.end());
    first_.assign(static_cast<std::size_t>(rows_ * columns_) + 1, 0);
    for (auto const& [cell, segment] : entries) {
        ++first_[cell + 1];
        segments_.push_back(segment);
    }
    for (std::size_t i = 1; i < first_.size(); ++i)
        first_[i] += first_[i - 1];
}

std::int64_t SnapIndex::column_of(std::int32_t lon) const {
    auto const east = std::int64_t{lon} - corner_.lon;
    return east >= 0 ? east / cell_ : -1 - (-1 - east) / cell_;
}

std::int64_t SnapIndex::row_of(std::int32_t lat) const {
    auto const north = std::int64_t{lat} - corner_.lat;
    return north >= 0 ? north / cell_ : -1 - (-1 - north) / cell_;
}

// Row by row the columns between which the leg runs there, and one more at each side.
template <class Take>
void SnapIndex::for_each_leg_cell(std::uint32_t segment, Take const& take) const {
    auto const shape = network_.shape(segment);
    for (std::size_t i = 1; i < shape.size(); ++i) {
        auto a = shape[i - 1];
        auto b = shape[i];
        if (b.lat < a.lat) std::swap(a, b);
        auto const [west, east] = std::minmax({column_of(a.lon), column_of(b.lon)});
        auto const column_at = [&](std::int64_t lat) {
            auto const within = std::clamp<std::int64_t>(lat, a.lat, b.lat);
            if (a.lat == b.lat) return column_of(a.lon);
            auto const lon = a.lon + (std::int64_t{b.lon} - a.lon) * (within - a.lat) /
                                         (std::int64_t{b.lat} - a.lat);
            return column_of(static_cast<std::int32_t>(lon));
        };
        for (auto row = row_of(a.lat); row <= row_of(b.lat); ++row) {
            auto const south = corner_.lat + row * cell_;
            auto const [from, to] = a.lat == b.lat
                                        ? std::pair{west, east}
                                        : std::minmax({column_at(south), column_at(south + cell_)});
            for (auto column = std::max(west, from - 1); column <= std::min(east, to + 1); ++column)
                take(static_cast<std::uint32_t>(row * columns_ + column));
        }
    }
}

// Whoever may drive there and gets from there to everywhere.
ProfileMask SnapIndex::usable_by(EdgeId edge) const {
    return network_.open_to(edge) & network_.edge_traits[edge].connected;
}

SnapIndex::Near SnapIndex::nearest_point(Position at, std::uint32_t segment) const {
    Near best{.square = ~std::uint64_t{0}, .segment = segment};
    auto const shape = network_.shape(segment);
    auto const cosine = cosine_at(at.lat);
    auto source = vector_between(at, shape[0], cosine);
    for (std::uint32_t i = 1; i < shape.size(); ++i) {
        auto const target = vector_between(at, shape[i], cosine);
        Vector const leg{target.x - source.x, target.y - source.y};
        auto const whole = (leg.x * leg.x + leg.y * leg.y) >> 16U;
        auto const behind = -(source.x * leg.x + source.y * leg.y);
        auto const part = whole == 0 ? 0 : std::clamp<std::int64_t>(behind / whole, 0, whole_edge);
        auto const x = source.x + ((leg.x * part) >> 16U);
        auto const y = source.y + ((leg.y * part) >> 16U);
        auto const square = static_cast<std::uint64_t>(x * x + y * y);
        if (square < best.square) best = {square, segment, i - 1, static_cast<std::uint32_t>(part)};
        source = target;
    }
    return best;
}

// Rings of cells around the place, until what is further out is further away than `enough` says
// of what was found. `take` is told of a segment once for each of its cells.
template <class Take, class Enough>
void SnapIndex::search(Position at, Profile profile, Take const& take, Enough const& enough) const {
    auto const look_at = [&](std::int64_t row, std::int64_t column) {
        auto const cell = static_cast<std::size_t>(row * columns_ + column);
        for (auto i = first_[cell]; i < first_[cell + 1]; ++i)
            if ((usable_[segments_[i]] & bit_of(profile)) != 0)
                take(nearest_point(at, segments_[i]));
    };
    auto const look_along_row = [&](std::int64_t row, std::int64_t from, std::int64_t to) {
        if (row < 0 || row >= rows_) return;
        for (auto i = std::max<std::int64_t>(from, 0); i <= std::min(to, columns_ - 1); ++i)
            look_at(row, i);
    };
    auto const look_along_column = [&](std::int64_t column, std::int64_t from, std::int64_t to) {
        if (column < 0 || column >= columns_) return;
        for (auto i = std::max<std::int64_t>(from, 0); i <= std::min(to, rows_ - 1); ++i)
            look_at(i, column);
    };
    auto const row = row_of(at.lat);
    auto const column = column_of(at.lon);
    auto const outside = [](std::int64_t index, std::int64_t count) {
        return std::max<std::int64_t>({0, -index, index - (count - 1)});
    };
    auto const first = std::max(outside(row, rows_), outside(column, columns_));
    auto const last = std::max(
        {std::abs(row),
         std::abs(rows_ - 1 - row),
         std::abs(column),
         std::abs(columns_ - 1 - column)}
    );
    auto const is_enough = [&](std::int64_t ring) {
        auto const covered = ring < 0 ? 0 : covered_by(at, row, column, ring);
        return static_cast<std::uint64_t>(covered * covered) >= enough();
    };
    if (south_or_north_of_it(at) || is_enough(first - 1)) return;
    for (auto ring = first; ring <= last; ++ring) {
        look_along_row(row - ring, column - ring, column + ring);
        if (ring > 0) look_along_row(row + ring, column - ring, column + ring);
        if (ring > 0) look_along_column(column - ring, row - ring + 1, row + ring - 1);
        if (ring > 0) look_along_column(column + ring, row - ring + 1, row + ring - 1);
        if (is_enough(ring)) return;
    }
}

// Further off in latitude than anybody is put back on a road: near the poles rings are no measure.
bool SnapIndex::south_or_north_of_it(Position at) const {
    auto const south = std::int64_t{corner_.lat} - at.lat;
    auto const north = at.lat - (corner_.lat + rows_ * cell_);
    auto const off = 2 * std::max<std::int64_t>({0, south, north});
    return static_cast<std::uint64_t>(off * off) >= geo::square_limit(reach_max);
}

std::optional<SnapIndex::Near> SnapIndex::nearest_segment(
    Position at, Profile profile, SnapWish const& wish
) const {
    auto const limit = geo::square_limit(std::min(wish.reach, reach_max));
    Near best{.square = limit};
    auto const take = [&](Near const& near) {
        if (std::pair{near.square, near.segment} < std::pair{best.square, best.segment})
            best = near;
    };
    search(at, profile, take, [&] { return best.square; });
    if (best.square >= limit) return std::nullopt;
    return best;
}

// All that may compete with the nearest `count`, by distance.
std::vector<SnapIndex::Near> SnapIndex::around(
    Position at, Profile profile, SnapWish const& wish, std::size_t count
) const {
    std::vector<Near> found;
    auto const limit = geo::square_limit(std::min(wish.reach, reach_max));
    auto const take = [&](Near const& near) {
        if (near.square < limit) found.push_back(near);
    };
    auto const tidy_up = [&] {
        std::ranges::sort(found, {}, [](Near const& near) {
            return std::pair{near.square, near.segment};
        });
        auto const rest = std::ranges::unique(found, {}, &Near::segment);
        found.erase(rest.begin(), rest.end());
    };
    search(at, profile, take, [&] {
        tidy_up();
        if (found.size() < count) return limit;
        auto const competing =
            geo::metres_of(found[count - 1].square) + wish.accuracy + Metres{against_mm / 1000 + 1};
        return std::min(limit, geo::square_limit(competing));
    });
    return found;
}

// What lies nearer than this, in half units, is in the rings so far.
std::int64_t SnapIndex::covered_by(
    Position at, std::int64_t row, std::int64_t column, std::int64_t ring
) const {
    auto const south = std::int64_t{at.lat} - (corner_.lat + (row - ring) * cell_);
    auto const north = corner_.lat + (row + ring + 1) * cell_ - at.lat;
    auto const west = std::int64_t{at.lon} - (corner_.lon + (column - ring) * cell_);
    auto const east = corner_.lon + (column + ring + 1) * cell_ - at.lon;
    auto const cosine = cosine_at(std::abs(std::int64_t{at.lat}) + (ring + 1) * cell_);
    return std::min(2 * std::min(south, north), (std::min(west, east) * cosine) >> 29U);
}

Snapped SnapIndex::placed(Near const& near, Position at, Profile profile, SnapWish const& wish)
    const {
    auto const shape = network_.shape(near.segment);
    auto const a = shape[near.leg];
    auto const b = shape[near.leg + 1];
    auto const between = [&](std::int64_t from, std::int64_t to) {
        return static_cast<std::int32_t>(from + (((to - from) * near.part) >> 16U));
    };
    Snapped snapped;
    snapped.on_road = {between(a.lat, b.lat), between(a.lon, b.lon)};
    snapped.distance_mm = geo::distance_mm(at, snapped.on_road);
    std::int64_t behind = geo::distance_mm(a, snapped.on_road);
    std::int64_t whole = 0;
    for (std::uint32_t i = 0; i + 1 < shape.size(); ++i) {
        auto const leg = geo::distance_mm(shape[i], shape[i + 1]);
        whole += leg;
        if (i < near.leg) behind += leg;
    }
    auto const part = static_cast<std::uint32_t>(
        whole == 0 ? 0 : std::clamp<std::int64_t>(behind * whole_edge / whole, 0, whole_edge)
    );
    auto const cosine = cosine_at(at.lat);
    auto const along = vector_between(a, b, cosine);
    auto const aside = vector_between(snapped.on_road, at, cosine);
    auto const to_left = along.x * aside.y - along.y * aside.x;
    auto const& [forward, backward] = edges_[near.segment];
    auto const turned = wish.heading < 0 ? 0 : bend(along, direction_of(wish.heading), 1000);
    auto const fits = [&](bool is_backward) {
        if (wish.heading >= 0) return is_backward ? turned > 1000 : turned <= 1000;
        if (wish.kerb == Kerb::any || to_left == 0) return true;
        bool const is_left = (to_left > 0) != is_backward;
        return is_left == (wish.kerb == Kerb::left);
    };
    auto const add = [&](EdgeId edge, std::uint32_t part_behind, bool is_wanted) {
        if (!is_wanted || edge == none || (usable_by(edge) & bit_of(profile)) == 0) return;
        bool const is_backward = edge == backward;
        if (wish.heading >= 0) snapped.turned = is_backward ? 2000 - turned : turned;
        snapped.place.spots[snapped.place.count++] = {edge, part_behind};
    };
    add(forward, part, fits(false));
    add(backward, whole_edge - part, fits(true));
    if (snapped.place.count > 0) return snapped;
    // One way only: better there than nowhere.
    add(forward, part, true);
    add(backward, whole_edge - part, true);
    return snapped;
}

std::vector<Snapped> SnapIndex::nearest(
    Position at, Profile profile, std::size_t count, SnapWish const& wish
) const {
    auto const found = around(at, profile, wish, count);
    std::vector<Snapped> all;
    for (std::size_t i = 0; i < std::min(count, found.size()); ++i)
        all.push_back(placed(found[i], at, profile, wish));
    return all;
}

// A road that the heading does not fit counts as further away than it is.
std::int64_t SnapIndex::cost_mm(Snapped const& snapped) {
    return snapped.distance_mm + snapped.turned * against_mm / 2000;
}

std::optional<Snapped> SnapIndex::snap(Position at, Profile profile, SnapWish const& wish) const {
    auto const nearest = nearest_segment(at, profile, wish);
    if (!nearest) return std::nullopt;
    auto best = placed(*nearest, at, profile, wish);
    if (wish.heading < 0) return best;
    auto const furthest = best.distance_mm + wish.accuracy.count() * 1000;
    auto least = cost_mm(best);
    for (auto const& near : around(at, profile, wish, 1)) {
        auto const other = placed(near, at, profile, wish);
        if (other.distance_mm > furthest) break;
        auto const cost = cost_mm(other);
        if (cost >= least) continue;
        least = cost;
        best = other;
    }
    return best;
}

}  // namespace posthaste::road
