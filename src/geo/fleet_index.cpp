#include "geo/fleet_index.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace posthaste::geo {

namespace {

// The earth in cells of 0.0018 degree (200 m north to south), and tiles of 8 x 8 of them. Both
// divide the 360 degrees evenly, so columns wrap at the antimeridian without a remainder.
constexpr std::int64_t cell_units = 18'000;
constexpr std::int64_t row_count = model::lat_max * std::int64_t{2} / cell_units;
constexpr std::int64_t column_count = lon_turn / cell_units;
constexpr std::int64_t tile_mask = 7;
static_assert(lon_turn % (cell_units * 8) == 0);

/// What a walk over cells may reach: there, all distances are by the local projection.
constexpr Metres walk_radius_max{50'000};
constexpr std::int64_t walk_lat_max = 750'000'000;

struct CellPlace {
    std::int64_t row = 0;
    std::int64_t column = 0;  ///< may lie outside [0, column_count): then wrapped
};

std::int64_t north_of_south_pole(Position place) {
    return std::int64_t{place.lat} + model::lat_max;
}

std::int64_t east_of_antimeridian(Position place) {
    std::int64_t const east = std::int64_t{place.lon} + model::lon_max;
    return east == lon_turn ? 0 : east;
}

CellPlace cell_of(Position place) {
    std::int64_t const row = north_of_south_pole(place) / cell_units;
    return {std::min(row, row_count - 1), east_of_antimeridian(place) / cell_units};
}

std::uint64_t tile_key(CellPlace place) {
    std::int64_t column = place.column;
    if (column < 0) column += column_count;
    if (column >= column_count) column -= column_count;
    return (static_cast<std::uint64_t>(place.row >> 3U) << 32U) |
           static_cast<std::uint64_t>(column >> 3U);
}

std::uint32_t cell_in_tile(CellPlace place) {
    return static_cast<std::uint32_t>(((place.row & tile_mask) * 8) + (place.column & tile_mask));
}

bool is_within(Rectangle const& area, Position place) {
    if (place.lat < area.south_west.lat || place.lat > area.north_east.lat) return false;
    if (area.south_west.lon <= area.north_east.lon)
        return place.lon >= area.south_west.lon && place.lon <= area.north_east.lon;
    return place.lon >= area.south_west.lon || place.lon <= area.north_east.lon;
}

bool nearer(Hit const& a, Hit const& b) {
    return a.distance != b.distance ? a.distance < b.distance : a.id < b.id;
}

/// Keeps the `count` nearest of what is offered, in `hits`, and the limit they set.
class Best {
public:
    Best(std::vector<Hit>& hits, std::size_t count) : hits_{hits}, count_{count} {}

    void start(std::uint64_t limit) {
        hits_.clear();
        limit_ = count_ == 0 ? 0 : limit;
    }
    /// Of squares; itself excluded.
    std::uint64_t limit() const { return limit_; }
    bool is_full() const { return hits_.size() == count_; }

    /// Requires: the hit's square is below limit().
    void offer(Hit const& hit) {
        if (is_full()) {
            if (!nearer(hit, hits_.front())) return;
            std::pop_heap(hits_.begin(), hits_.end(), nearer);
            hits_.back() = hit;
        } else {
            hits_.push_back(hit);
        }
        std::push_heap(hits_.begin(), hits_.end(), nearer);
        if (is_full()) limit_ = std::min(limit_, square_limit(hits_.front().distance));
    }
    void sort() { std::sort_heap(hits_.begin(), hits_.end(), nearer); }

private:
    std::vector<Hit>& hits_;
    std::size_t count_;
    std::uint64_t limit_ = 0;
};

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
    if (slot >= where_.size()) where_.resize(std::size_t{slot} + 1);
    where_[slot].id = id;
    add(make_cell(position, nowhere), Entry{traits, position, slot});
}

void FleetIndex::move(Slot slot, Position position) {
    ASSERT(model::is_on_earth(position));
    Entry& now = entry(slot);
    std::uint32_t const from = where_[slot].cell;
    std::uint32_t const to = make_cell(position, from);
    if (to == from) {
        now.position = position;
        return;
    }
    Entry moved = take(slot);
    moved.position = position;
    add(to, moved);
}

void FleetIndex::set_traits(Slot slot, Traits traits) {
    entry(slot).traits = traits;
}

void FleetIndex::remove(Slot slot) {
    take(slot);
}

bool FleetIndex::contains(Slot slot) const {
    return slot < where_.size() && where_[slot].cell != nowhere;
}

std::uint64_t FleetIndex::id(Slot slot) const {
    ASSERT(contains(slot));
    return where_[slot].id;
}

FleetIndex::Entry const& FleetIndex::entry(Slot slot) const {
    ASSERT(contains(slot));
    Where const& where = where_[slot];
    return tiles_[where.cell / tile_cells].cells[where.cell % tile_cells][where.index];
}

FleetIndex::Entry& FleetIndex::entry(Slot slot) {
    ASSERT(contains(slot));
    return cell(where_[slot].cell)[where_[slot].index];
}

FleetIndex::Tile const* FleetIndex::find_tile(std::uint64_t key) const {
    auto const found = tile_by_key_.find(key);
    return found == tile_by_key_.end() ? nullptr : &tiles_[found->second];
}

// The number of the position's cell; its tile is made when there is none. Most moves stay in the
// tile of the cell `hint`, which saves the look-up.
std::uint32_t FleetIndex::make_cell(Position position, std::uint32_t hint) {
    CellPlace const place = cell_of(position);
    std::uint64_t const key = tile_key(place);
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
    return (tile * tile_cells) + cell_in_tile(place);
}

void FleetIndex::add(std::uint32_t cell_number, Entry const& entry) {
    Cell& there = cell(cell_number);
    where_[entry.slot].cell = cell_number;
    where_[entry.slot].index = static_cast<std::uint32_t>(there.size());
    there.push_back(entry);
    ++tiles_[cell_number / tile_cells].count;
    ++size_;
}

FleetIndex::Entry FleetIndex::take(Slot slot) {
    Entry const taken = entry(slot);
    Where& where = where_[slot];
    Cell& there = cell(where.cell);
    there[where.index] = there.back();
    where_[there[where.index].slot].index = where.index;
    there.pop_back();
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

/// One search: a walk from the place outwards, cell by cell, or a scan of everything.
class FleetIndex::Search {
public:
    Search(FleetIndex const& index, Query const& query, Found& found)
        : index_{index}, query_{query}, found_{found}, best_{found.hits, query.count} {
        ASSERT(model::is_on_earth(query.place));
        ASSERT(query.radius >= Metres{});
        ASSERT((query.wanted.flags & ~flags_all) == 0);
    }

    void run() {
        start(std::min(query_.radius, walk_radius_max));
        bool const is_near_pole = std::abs(std::int64_t{query_.place.lat}) > walk_lat_max;
        bool const is_walked = !is_near_pole && walk();
        if (!is_walked || (!best_.is_full() && query_.radius > walk_radius_max)) scan_all();
        explain();
        best_.sort();
    }

private:
    void start(Metres radius) {
        found_.truncated = false;
        found_.scratch.clear();
        best_.start(square_limit(radius));
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
        CellPlace const centre = cell_of(place);
        std::int64_t top = centre.row;
        std::int64_t bottom = centre.row;
        std::int64_t left = centre.column;
        std::int64_t right = centre.column;
        std::int64_t const lat_rest = north_of_south_pole(place) - (centre.row * cell_units);
        std::int64_t const lon_rest = east_of_antimeridian(place) - (centre.column * cell_units);

        // What a unit of longitude is at least, anywhere the search may reach.
        auto const reach = static_cast<std::int64_t>(isqrt(best_.limit()));
        std::int64_t const shrink =
            cosine((2 * std::abs(std::int64_t{place.lat})) + (reach / 2) + 1);
        budget_ = static_cast<std::int64_t>(index_.size());
        scan_row(centre.row, left, right);
        while (budget_ >= 0) {
            std::int64_t const north = 2 * (((top + 1 - centre.row) * cell_units) - lat_rest);
            std::int64_t const south = 2 * (((centre.row - bottom) * cell_units) + lat_rest);
            std::int64_t const east =
                ((((right + 1 - centre.column) * cell_units) - lon_rest) * shrink) >> 29U;
            std::int64_t const west =
                ((((centre.column - left) * cell_units) + lon_rest) * shrink) >> 29U;
            std::int64_t const next = std::min({north, south, east, west});
            if (static_cast<std::uint64_t>(next * next) >= best_.limit()) return true;
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
            Tile const* const tile = index_.find_tile(tile_key({row, column}));
            budget_ -= tile == nullptr ? 1 : last - column + 1;
            if (tile != nullptr) {
                for (std::int64_t i = column; i <= last; ++i)
                    look_into(tile->cells[cell_in_tile({row, i})]);
            }
            column = last + 1;
        }
    }

    void scan_column(std::int64_t column, std::int64_t bottom, std::int64_t top) {
        for (std::int64_t row = bottom; row <= top;) {
            std::int64_t const last = std::min(top, row | tile_mask);
            Tile const* const tile = index_.find_tile(tile_key({row, column}));
            budget_ -= tile == nullptr ? 1 : last - row + 1;
            if (tile != nullptr) {
                for (std::int64_t i = row; i <= last; ++i)
                    look_into(tile->cells[cell_in_tile({i, column})]);
            }
            row = last + 1;
        }
    }

    void look_into(Cell const& cell) {
        for (Entry const& entry : cell) {
            std::uint64_t const squared = square(query_.place, entry.position);
            if (squared >= best_.limit()) continue;
            Miss const miss = first_miss(entry.traits, query_.wanted);
            if (miss == Miss::nothing) {
                best_.offer({entry.slot, index_.where_[entry.slot].id, metres_of(squared), miss});
            } else {
                found_.scratch.push_back({squared, entry.slot, miss});
            }
        }
    }

    // Counts what failed nearer than the last hit, and keeps the nearest of it. An entry that was
    // looked at before the hits came so near does not count.
    void explain() {
        found_.failed_counts.fill(0);
        found_.scanned_count = static_cast<std::uint32_t>(found_.hits.size());
        bool const is_full = !found_.hits.empty() && best_.is_full();
        Hit const last = is_full ? found_.hits.front() : Hit{};
        std::uint64_t const tie = is_full ? square_limit(last.distance - Metres{1}) : best_.limit();
        Best passed_over{found_.passed_over, passed_over_max};
        passed_over.start(best_.limit());
        for (auto const& failed : found_.scratch) {
            if (failed.square >= best_.limit()) continue;
            Hit hit{failed.slot, index_.where_[failed.slot].id, Metres{}, failed.miss};
            if (failed.square >= tie || failed.square < passed_over.limit())
                hit.distance = metres_of(failed.square);
            if (failed.square >= tie && !nearer(hit, last)) continue;
            if (failed.square < passed_over.limit()) passed_over.offer(hit);
            ++found_.failed_counts[static_cast<std::size_t>(failed.miss)];
            ++found_.scanned_count;
        }
        passed_over.sort();
    }

    FleetIndex const& index_;
    Query const& query_;
    Found& found_;
    Best best_;
    std::int64_t budget_ = 0;
};

void FleetIndex::nearest(Query const& query, Found& found) const {
    Search{*this, query, found}.run();
}

void FleetIndex::within(Query const& query, Found& found) const {
    Query one_more = query;
    ++one_more.count;
    nearest(one_more, found);
    if (found.hits.size() <= query.count) return;
    found.hits.pop_back();
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
            for (Entry const& entry : cell) {
                if (!is_within(area, entry.position)) continue;
                if (first_miss(entry.traits, wanted) != Miss::nothing) continue;
                found.hits.push_back({entry.slot, where_[entry.slot].id, Metres{}, Miss::nothing});
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
    CellPlace const low = cell_of(area.south_west);
    CellPlace high = cell_of(area.north_east);
    if (area.north_east.lon == model::lon_max || area.north_east.lon < area.south_west.lon)
        high.column += column_count;
    std::int64_t const rows = (high.row >> 3U) - (low.row >> 3U) + 1;
    std::int64_t const columns = (high.column >> 3U) - (low.column >> 3U) + 1;
    auto const known = static_cast<std::int64_t>(tile_by_key_.size());
    if (rows * columns > known || columns * 8 >= column_count) {
        for (Tile const& tile : tiles_) {
            if (tile.count > 0) look(tile);
        }
        return;
    }
    for (std::int64_t i = 0; i < rows * columns; ++i) {
        CellPlace const place{low.row + (8 * (i / columns)), low.column + (8 * (i % columns))};
        Tile const* const tile = find_tile(tile_key(place));
        if (tile != nullptr) look(*tile);
    }
}

}  // namespace posthaste::geo
