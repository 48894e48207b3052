#include "geo/fleet_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace posthaste::geo {

namespace {

using detail::CellPlace;
using detail::tile_mask;

/// What a walk over cells may reach: there, all distances are by the local projection.
constexpr Metres walk_radius_max{50'000};
constexpr std::int64_t walk_lat_max = 750'000'000;

/// An occupied cell's entries, on average: beyond these the grid is made anew.
constexpr std::size_t occupancy_min = 3;
constexpr std::size_t occupancy_max = 12;
constexpr std::size_t changes_min = 1000;

constexpr std::size_t prefetch_bytes_max = 512;

bool is_within(Rectangle const& area, Position place) {
    if (place.lat < area.south_west.lat || place.lat > area.north_east.lat) return false;
    if (area.south_west.lon <= area.north_east.lon)
        return place.lon >= area.south_west.lon && place.lon <= area.north_east.lon;
    return place.lon >= area.south_west.lon || place.lon <= area.north_east.lon;
}

bool nearer(Hit const& a, Hit const& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.id < b.id;
}

// Squares beyond this are a metre and more beyond `squared`, as (r + d)^2 <= r^2 + r^2 / 64 + 65
// d^2 and a metre is less than 181 half units. Cheaper than the exact limit, which needs a root.
std::uint64_t metre_beyond(std::uint64_t squared) {
    return squared + (squared / 64) + std::uint64_t{65 * 181 * 181};
}

}  // namespace

Miss first_miss(Traits const& has, Wanted const& wanted) {
    auto const flags = static_cast<std::uint32_t>(wanted.flags & ~has.flags);
    if (flags != 0) return static_cast<Miss>(std::countr_zero(flags));
    if (wanted.kinds != 0 && (wanted.kinds & has.kinds) == 0) return Miss::kinds;
    if ((wanted.features & ~has.features) != 0) return Miss::features;
    if ((wanted.skills & ~has.skills) != 0) return Miss::skills;
    return Miss::nothing;
}

void FleetIndex::put(Slot slot, std::uint64_t id, Position position, Traits traits) {
    ASSERT(model::is_on_earth(position));
    if (contains(slot)) take(slot);
    if (size_ == 0) grid_ = detail::Grid{grid_.row_shift(), position};
    if (slot >= where_.size()) where_.resize(std::size_t{slot} + 1);
    add(make_cell(position, nowhere), position, Thing{traits, id, slot});
    adapt();
}

void FleetIndex::move(Slot slot, Position position) {
    ASSERT(model::is_on_earth(position));
    ASSERT(contains(slot));
    std::uint32_t const from = where_[slot].cell;
    std::uint32_t const to = make_cell(position, from);
    if (to == from) {
        cell(from).places[where_[slot].index] = position;
        return;
    }
    add(to, position, take(slot));
    adapt();
}

void FleetIndex::set_traits(Slot slot, Traits traits) {
    ASSERT(contains(slot));
    cell(where_[slot].cell).things[where_[slot].index].traits = traits;
}

void FleetIndex::remove(Slot slot) {
    take(slot);
}

FleetIndex::Tile const* FleetIndex::find_tile(std::uint64_t key) const {
    auto const found = tile_by_key_.find(key);
    return found == tile_by_key_.end() ? nullptr : &tiles_[found->second];
}

// The number of the position's cell; its tile is made when there is none. Most moves stay in the
// tile of the cell `hint`, which saves the look-up.
std::uint32_t FleetIndex::make_cell(Position position, std::uint32_t hint) {
    CellPlace const place = grid_.cell_of(position);
    std::uint64_t const key = grid_.tile_key(place);
    std::uint32_t tile = hint / tile_cells;
    if (hint == nowhere || tiles_[tile].key != key) {
        auto const next =
            static_cast<std::uint32_t>(free_tiles_.empty() ? tiles_.size() : free_tiles_.back());
        auto const [found, is_new] = tile_by_key_.emplace(key, next);
        tile = found->second;
        if (is_new) {
            if (free_tiles_.empty()) {
                tiles_.emplace_back();
            } else {
                free_tiles_.pop_back();
            }
            tiles_[tile].key = key;
        }
    }
    return (tile * tile_cells) + detail::Grid::cell_in_tile(place);
}

void FleetIndex::add(std::uint32_t cell_number, Position position, Thing const& thing) {
    Cell& there = cell(cell_number);
    if (there.places.empty()) ++occupied_cells_;
    where_[thing.slot] = {cell_number, static_cast<std::uint32_t>(there.places.size())};
    there.places.push_back(position);
    there.things.push_back(thing);
    ++tiles_[cell_number / tile_cells].count;
    ++size_;
    ++changes_;
}

FleetIndex::Thing FleetIndex::take(Slot slot) {
    ASSERT(contains(slot));
    Where& where = where_[slot];
    Cell& there = cell(where.cell);
    Thing const taken = there.things[where.index];
    there.places[where.index] = there.places.back();
    there.things[where.index] = there.things.back();
    where_[there.things[where.index].slot].index = where.index;
    there.places.pop_back();
    there.things.pop_back();
    if (there.places.empty()) --occupied_cells_;
    --size_;
    std::uint32_t const tile_number = where.cell / tile_cells;
    Tile& tile = tiles_[tile_number];
    if (--tile.count == 0) {
        tile_by_key_.erase(tile.key);
        tile = Tile{};
        free_tiles_.push_back(tile_number);
    }
    where.cell = nowhere;
    return taken;
}

// Every so many changes, looks whether the cells hold too many or too few, and makes a finer or
// coarser grid. No answer depends on it.
void FleetIndex::adapt() {
    if (changes_ < std::max(changes_min, size_)) return;
    changes_ = 0;
    unsigned shift = grid_.row_shift();
    if (size_ > occupied_cells_ * occupancy_max && shift > detail::Grid::shift_min) --shift;
    if (size_ < occupied_cells_ * occupancy_min && shift < detail::Grid::shift_max) ++shift;
    if (shift == grid_.row_shift()) return;
    std::deque<Tile> const old = std::exchange(tiles_, {});
    free_tiles_.clear();
    tile_by_key_.clear();
    size_ = 0;
    occupied_cells_ = 0;
    for (Tile const& tile : old) {
        for (Cell const& cell : tile.cells) {
            for (std::size_t i = 0; i < cell.places.size(); ++i) {
                if (size_ == 0) grid_ = detail::Grid{shift, cell.places[i]};
                add(make_cell(cell.places[i], nowhere), cell.places[i], cell.things[i]);
            }
        }
    }
    changes_ = 0;
}

/// One search: a walk from the place outwards, cell by cell, or a scan of everything.
class FleetIndex::Search {
public:
    Search(FleetIndex const& index, Query const& query, Found& found)
        : index_{index},
          query_{query},
          found_{found},
          any_kind_{query.wanted.kinds == 0 ? 1U : 0U} {
        ASSERT(model::is_on_earth(query.place));
        ASSERT(query.radius >= Metres{});
        ASSERT((query.wanted.flags & ~flags_all) == 0);
    }

    void run() {
        start(std::min(query_.radius, walk_radius_max));
        bool const is_near_pole = std::abs(std::int64_t{query_.place.lat}) > walk_lat_max;
        bool const is_walked = !is_near_pole && walk();
        if (!is_walked || (!is_full() && query_.radius > walk_radius_max)) scan_all();
        settle();
    }

private:
    bool is_full() const { return found_.nearest_squares.size() == query_.count; }

    void start(Metres radius) {
        found_.truncated = false;
        found_.seen.clear();
        found_.nearest_squares.clear();
        limit_ = query_.count == 0 ? 0 : square_limit(radius);
    }

    void scan_all() {
        start(query_.radius);
        for (Tile const& tile : index_.tiles_) {
            if (tile.count == 0) continue;
            for (Cell const& cell : tile.cells)
                look_into(cell);
        }
    }

    // Scans a growing rectangle of cells: always the next row or column on the side whose edge is
    // nearest, until that edge is beyond what could still be a hit. False when that would take more
    // steps than there are entries: then looking at each is quicker.
    bool walk() {
        Position const place = query_.place;
        detail::Grid const& grid = index_.grid_;
        CellPlace const centre = grid.cell_of(place);
        std::int64_t const high = grid.row_units();
        std::int64_t const wide = grid.column_units();
        std::int64_t top = centre.row;
        std::int64_t bottom = centre.row;
        std::int64_t left = centre.column;
        std::int64_t right = centre.column;
        std::int64_t const lat_rest = detail::north_of_south_pole(place) - (centre.row * high);
        std::int64_t const lon_rest = detail::east_of_antimeridian(place) - (centre.column * wide);

        // What a unit of longitude is at least, anywhere the search may reach.
        auto const reach = static_cast<std::int64_t>(isqrt(limit_));
        std::int64_t const shrink =
            cosine((2 * std::abs(std::int64_t{place.lat})) + (reach / 2) + 1);
        budget_ = static_cast<std::int64_t>(index_.size());
        prefetch_round(centre);
        scan_row(centre.row, left, right);
        while (budget_ >= 0) {
            std::int64_t const north = 2 * (((top + 1 - centre.row) * high) - lat_rest);
            std::int64_t const south = 2 * (((centre.row - bottom) * high) + lat_rest);
            std::int64_t const east =
                ((((right + 1 - centre.column) * wide) - lon_rest) * shrink) >> 29U;
            std::int64_t const west =
                ((((centre.column - left) * wide) + lon_rest) * shrink) >> 29U;
            std::int64_t const next = std::min({north, south, east, west});
            if (static_cast<std::uint64_t>(next * next) >= limit_) return true;
            if (next == north) {
                scan_row(++top, left, right);
            } else if (next == south) {
                scan_row(--bottom, left, right);
            } else if (next == east) {
                scan_column(++right, bottom, top);
            } else {
                scan_column(--left, bottom, top);
            }
        }
        return false;
    }

    void scan_row(std::int64_t row, std::int64_t left, std::int64_t right) {
        for (std::int64_t column = left; column <= right;) {
            std::int64_t const last = std::min(right, column | tile_mask);
            Tile const* const tile = index_.find_tile(index_.grid_.tile_key({row, column}));
            budget_ -= tile == nullptr ? 1 : last - column + 1;
            if (tile != nullptr) look_into(*tile, {row, column}, last - column + 1, 1);
            column = last + 1;
        }
    }

    void scan_column(std::int64_t column, std::int64_t bottom, std::int64_t top) {
        for (std::int64_t row = bottom; row <= top;) {
            std::int64_t const last = std::min(top, row | tile_mask);
            Tile const* const tile = index_.find_tile(index_.grid_.tile_key({row, column}));
            budget_ -= tile == nullptr ? 1 : last - row + 1;
            if (tile != nullptr) look_into(*tile, {row, column}, last - row + 1, 8);
            row = last + 1;
        }
    }

    // The cells that nearly every search comes to.
    void prefetch_round(CellPlace centre) const {
        for (std::int64_t row = centre.row - 2; row <= centre.row + 2; ++row) {
            Tile const* tile = nullptr;
            for (std::int64_t column = centre.column - 2; column <= centre.column + 2; ++column) {
                if (tile == nullptr || (column & tile_mask) == 0)
                    tile = index_.find_tile(index_.grid_.tile_key({row, column}));
                if (tile != nullptr)
                    prefetch(tile->cells[detail::Grid::cell_in_tile({row, column})]);
            }
        }
    }

    // Looks into `count` cells of one tile. Nearly all of the time goes into waiting for memory, so
    // all of it is asked for before any is looked at.
    void look_into(Tile const& tile, CellPlace first, std::int64_t count, std::uint32_t stride) {
        std::uint32_t const start = detail::Grid::cell_in_tile(first);
        std::uint32_t const end = start + (static_cast<std::uint32_t>(count) * stride);
        for (std::uint32_t i = start; i < end; i += stride)
            prefetch(tile.cells[i]);
        for (std::uint32_t i = start; i < end; i += stride)
            look_into(tile.cells[i]);
    }

    static void prefetch(Cell const& cell) {
        __builtin_prefetch(cell.places.data());
        char const* const things = reinterpret_cast<char const*>(cell.things.data());
        std::size_t const bytes = cell.things.size() * sizeof(Thing);
        for (std::size_t offset = 0; offset < std::min(bytes, prefetch_bytes_max); offset += 64)
            __builtin_prefetch(things + offset);
    }

    void look_into(Cell const& cell) {
        for (std::size_t i = 0; i < cell.places.size(); ++i) {
            std::uint64_t const squared = square(query_.place, cell.places[i]);
            if (squared >= limit_) continue;
            Thing const& thing = cell.things[i];
            if (is_eligible(thing.traits)) {
                found_.seen.push_back({squared, thing.id, thing.slot, Miss::nothing});
                tighten(squared);
            } else if (query_.explain == Explain::yes) {
                Miss const miss = first_miss(thing.traits, query_.wanted);
                found_.seen.push_back({squared, thing.id, thing.slot, miss});
            }
        }
    }

    // first_miss(...) == nothing, without a branch for each.
    bool is_eligible(Traits const& has) const {
        Wanted const& wanted = query_.wanted;
        auto const flags = static_cast<std::uint64_t>(wanted.flags & ~has.flags);
        auto const kinds =
            static_cast<std::uint64_t>(((has.kinds & wanted.kinds) | any_kind_) == 0);
        std::uint64_t const features = wanted.features & ~has.features;
        return (flags | kinds | features | (wanted.skills & ~has.skills)) == 0;
    }

    // Keeps the squares of the nearest eligible; once there are enough, they set the limit.
    void tighten(std::uint64_t squared) {
        auto& squares = found_.nearest_squares;
        if (squares.size() == query_.count) {
            if (squared >= squares.front()) return;
            std::pop_heap(squares.begin(), squares.end());
            squares.back() = squared;
        } else {
            squares.push_back(squared);
        }
        std::push_heap(squares.begin(), squares.end());
        if (squares.size() == query_.count)
            limit_ = std::min(limit_, metre_beyond(squares.front()));
    }

    // Sorts out what was seen: the hits, and of the rest what is nearer than the last hit.
    void settle() {
        found_.hits.clear();
        found_.passed_over.clear();
        found_.failed_counts.fill(0);
        for (auto const& seen : found_.seen) {
            if (seen.miss != Miss::nothing || seen.square >= limit_) continue;
            found_.hits.push_back({seen.slot, seen.id, metres_of(seen.square), seen.miss});
        }
        std::sort(found_.hits.begin(), found_.hits.end(), nearer);
        if (found_.hits.size() > query_.count) found_.hits.resize(query_.count);
        found_.scanned_count = static_cast<std::uint32_t>(found_.hits.size());
        if (query_.explain == Explain::yes) explain();
    }

    // The nearest of what failed is kept in a heap, with the furthest in front, until there is no
    // more to come.
    void explain() {
        bool const is_open = found_.hits.size() < query_.count || query_.count == 0;
        Hit const last = is_open ? Hit{} : found_.hits.back();
        std::uint64_t const limit = is_open ? limit_ : square_limit(last.distance);
        std::uint64_t const tie = is_open ? limit_ : square_limit(last.distance - Metres{1});
        std::uint64_t kept_limit = limit;
        auto& kept = found_.passed_over;
        for (auto const& seen : found_.seen) {
            if (seen.miss == Miss::nothing || seen.square >= limit) continue;
            Hit hit{seen.slot, seen.id, Metres{}, seen.miss};
            if (seen.square >= tie || seen.square < kept_limit)
                hit.distance = metres_of(seen.square);
            if (seen.square >= tie && !nearer(hit, last)) continue;
            ++found_.failed_counts[static_cast<std::size_t>(seen.miss)];
            ++found_.scanned_count;
            if (seen.square >= kept_limit) continue;
            kept.push_back(hit);
            std::push_heap(kept.begin(), kept.end(), nearer);
            if (kept.size() > passed_over_max) {
                std::pop_heap(kept.begin(), kept.end(), nearer);
                kept.pop_back();
            }
            if (kept.size() == passed_over_max) kept_limit = square_limit(kept.front().distance);
        }
        std::sort_heap(kept.begin(), kept.end(), nearer);
    }

    FleetIndex const& index_;
    Query const& query_;
    Found& found_;
    std::uint32_t any_kind_;   // 1 when every kind will do
    std::uint64_t limit_ = 0;  // of squares that still matter, itself excluded
    std::int64_t budget_ = 0;
};

void FleetIndex::nearest(Query const& query, Found& found) const {
    Search{*this, query, found}.run();
}

void FleetIndex::within(Query const& query, Found& found) const {
    Query one_more = query;
    ++one_more.count;
    one_more.explain = Explain::no;
    nearest(one_more, found);
    if (found.hits.size() <= query.count) return;
    found.hits.pop_back();
    --found.scanned_count;
    found.truncated = true;
}

void FleetIndex::in_rectangle(
    Rectangle const& area, std::size_t count, Wanted const& wanted, Found& found
) const {
    ASSERT(model::is_on_earth(area.south_west));
    ASSERT(model::is_on_earth(area.north_east));
    ASSERT((wanted.flags & ~flags_all) == 0);
    auto const lower_id = [](Hit const& a, Hit const& b) { return a.id < b.id; };
    found.hits.clear();
    found.passed_over.clear();
    found.failed_counts.fill(0);
    found.truncated = false;
    auto const look_into = [&](Tile const& tile) {
        for (Cell const& cell : tile.cells) {
            for (std::size_t i = 0; i < cell.places.size(); ++i) {
                if (!is_within(area, cell.places[i])) continue;
                Thing const& thing = cell.things[i];
                if (first_miss(thing.traits, wanted) != Miss::nothing) continue;
                found.hits.push_back({thing.slot, thing.id, Metres{}, Miss::nothing});
                std::push_heap(found.hits.begin(), found.hits.end(), lower_id);
                if (found.hits.size() <= count) continue;
                std::pop_heap(found.hits.begin(), found.hits.end(), lower_id);
                found.hits.pop_back();
                found.truncated = true;
            }
        }
    };
    each_tile(area, look_into);
    std::sort_heap(found.hits.begin(), found.hits.end(), lower_id);
    found.scanned_count = static_cast<std::uint32_t>(found.hits.size());
}

// Calls `look` with every tile that may hold a part of the area: by key when those are few, else
// all there are.
void FleetIndex::each_tile(Rectangle const& area, auto&& look) const {
    if (area.north_east.lat < area.south_west.lat) return;
    CellPlace const low = grid_.cell_of(area.south_west);
    CellPlace high = grid_.cell_of(area.north_east);
    if (area.north_east.lon == model::lon_max || area.north_east.lon < area.south_west.lon)
        high.column += grid_.column_count();
    std::int64_t const rows = (high.row >> 3U) - (low.row >> 3U) + 1;
    std::int64_t const columns = (high.column >> 3U) - (low.column >> 3U) + 1;
    auto const known = static_cast<std::int64_t>(tile_by_key_.size());
    if (rows * columns > known || columns * 8 >= grid_.column_count()) {
        for (Tile const& tile : tiles_) {
            if (tile.count > 0) look(tile);
        }
        return;
    }
    for (std::int64_t i = 0; i < rows * columns; ++i) {
        CellPlace const place{low.row + (8 * (i / columns)), low.column + (8 * (i % columns))};
        Tile const* const tile = find_tile(grid_.tile_key(place));
        if (tile != nullptr) look(*tile);
    }
}

}  // namespace posthaste::geo
