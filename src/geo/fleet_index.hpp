// Who is near, and fit: things on the earth with a place and traits, found by both at once.
//
// Takes    entries by Slot (a dense small number, base/table.hpp) with an id for ties. What they
//          are is the caller's affair: agents, or jobs that wait.
// Gives    the nearest that have what is wanted, with those passed over and why; all within a
//          circle or a rectangle. Always equal to a scan of all entries.
// Units    distances in whole metres as geo::distance() gives them; a radius includes its edge.
// Errors   cannot fail; arguments are asserted.
// Order    by (distance, id); in_rectangle by id. Never by slot, nor by what was stored when.
// Cost     put, move, remove O(1); nearest O(entries looked at). bench/nearest has the figures.
// Threads  one writer and no reader beside it, or many readers with a Found each.
// Limits   a search beyond 50 km, or nearer to a pole than lat 75, may look at every entry. An
//          entry costs about 100 bytes, an occupied tile (8 x 8 cells) 3 KB, given back when empty.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "base/assert.hpp"
#include "base/quantity.hpp"
#include "base/table.hpp"
#include "geo/distance.hpp"
#include "geo/grid.hpp"
#include "model/place.hpp"

namespace posthaste::geo {

/// What an entry has. Flags are bits 0 to 3, with a meaning only the caller knows.
struct Traits {
    std::uint64_t skills = 0;
    std::uint32_t features = 0;
    std::uint16_t kinds = 0;
    std::uint16_t flags = 0;

    bool operator==(Traits const&) const = default;
};

constexpr std::uint16_t flags_all = 0xf;

/// What an entry must have: all of the flags, features and skills, and any one of the kinds.
struct Wanted {
    std::uint64_t skills = 0;
    std::uint32_t features = 0;
    std::uint16_t kinds = 0;  ///< 0: any
    std::uint16_t flags = 0;
};

/// The first thing an entry misses, in this order.
enum class Miss : std::uint8_t { flag_0, flag_1, flag_2, flag_3, kinds, features, skills, nothing };
constexpr std::size_t miss_count = 7;

Miss first_miss(Traits const& has, Wanted const& wanted);

/// Whether to tell of the entries passed over, which costs about half of a search again.
enum class Explain : std::uint8_t { no, yes };

struct Query {
    model::Position place;
    std::size_t count = 10;  ///< at most so many hits
    Metres radius = distance_max;
    Wanted wanted;
    Explain explain = Explain::yes;
};

struct Rectangle {
    model::Position south_west;
    model::Position north_east;  ///< west of south_west: the rectangle spans the antimeridian
};

struct Hit {
    Slot slot = 0;
    std::uint64_t id = 0;
    Metres distance;
    Miss miss = Miss::nothing;

    bool operator==(Hit const&) const = default;
};

constexpr std::size_t passed_over_max = 8;

/// The answer to a search. Reuse one: then a search allocates nothing once it has grown.
///
/// The searched area reaches to the last hit, and to the radius when there are fewer hits than
/// asked for. Everything said of entries passed over is of that area, so it does not depend on how
/// the index is laid out.
struct Found {
    std::vector<Hit> hits;
    bool truncated = false;        ///< within, in_rectangle: there are more than the limit
    std::vector<Hit> passed_over;  ///< the nearest passed_over_max that miss something
    std::array<std::uint32_t, miss_count> failed_counts{};  ///< by the first thing missed
    std::uint32_t scanned_count = 0;                        ///< hits and failed together

    /// The search's own.
    struct Seen {
        std::uint64_t square = 0;
        std::uint64_t id = 0;
        Slot slot = 0;
        Miss miss = Miss::nothing;
    };
    std::vector<Seen> seen;
    std::vector<std::uint64_t> nearest_squares;
};

class FleetIndex {
public:
    /// A slot in use is overwritten.
    void put(Slot slot, std::uint64_t id, model::Position position, Traits traits);

    // These require that the slot is in use.
    void move(Slot slot, model::Position position);
    void set_traits(Slot slot, Traits traits);
    void remove(Slot slot);
    model::Position position(Slot slot) const { return cell_of(slot).places[index_of(slot)]; }
    Traits const& traits(Slot slot) const { return cell_of(slot).things[index_of(slot)].traits; }
    std::uint64_t id(Slot slot) const { return cell_of(slot).things[index_of(slot)].id; }

    bool contains(Slot slot) const { return slot < where_.size() && where_[slot].cell != nowhere; }
    std::size_t size() const { return size_; }
    /// Occupied tiles, for those who watch memory.
    std::size_t tile_count() const { return tile_by_key_.size(); }

    /// The `count` nearest within the radius that have what is wanted.
    void nearest(Query const& query, Found& found) const;
    /// All within the radius that have what is wanted; past `count` truncated, the nearest kept.
    /// Nothing is said of entries passed over.
    void within(Query const& query, Found& found) const;
    /// All within the rectangle that have what is wanted; past `count` truncated, the lowest ids
    /// kept. Distances are 0, and nothing is said of entries passed over.
    void in_rectangle(Rectangle const& area, std::size_t count, Wanted const& wanted, Found& found)
        const;

private:
    class Search;

    struct Thing {
        Traits traits;
        std::uint64_t id = 0;
        Slot slot = 0;
    };
    /// Entry i is at places[i]. Most that a search looks at are too far, and are seen by that
    /// alone.
    struct Cell {
        std::vector<model::Position> places;
        std::vector<Thing> things;
    };

    static constexpr std::uint32_t tile_cells = 64;

    /// 8 x 8 cells, the unit of memory.
    struct Tile {
        std::uint64_t key = 0;
        std::uint32_t count = 0;
        std::array<Cell, tile_cells> cells;
    };

    /// Where a slot's entry is: cell % tile_cells of tile cell / tile_cells.
    struct Where {
        std::uint32_t cell = nowhere;
        std::uint32_t index = 0;
    };
    static constexpr std::uint32_t nowhere = 0xffff'ffff;

    Cell& cell(std::uint32_t number) {
        return tiles_[number / tile_cells].cells[number % tile_cells];
    }
    Cell const& cell_of(Slot slot) const {
        ASSERT(contains(slot));
        std::uint32_t const number = where_[slot].cell;
        return tiles_[number / tile_cells].cells[number % tile_cells];
    }
    std::uint32_t index_of(Slot slot) const { return where_[slot].index; }
    std::uint32_t make_cell(model::Position position, std::uint32_t hint);
    void add(std::uint32_t cell_number, model::Position position, Thing const& thing);
    Thing take(Slot slot);
    void adapt();
    Tile const* find_tile(std::uint64_t key) const;
    void each_tile(Rectangle const& area, auto&& look) const;

    detail::Grid grid_;
    std::deque<Tile> tiles_;
    std::vector<std::uint32_t> free_tiles_;
    boost::unordered_flat_map<std::uint64_t, std::uint32_t> tile_by_key_;
    std::vector<Where> where_;  ///< by slot
    std::size_t size_ = 0;
    std::size_t occupied_cells_ = 0;
    std::size_t changes_ = 0;  ///< of cells, since the grid's fitness was looked at
};

}  // namespace posthaste::geo
