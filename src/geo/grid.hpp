// The earth in cells, and tiles of 8 x 8 cells; private to the fleet index.
//
// Units    a cell is 1125 << row_shift units high and 1125 << column_shift wide (12.5 m at shift 0
//          on the equator). The widths divide 360 degrees evenly, so that columns wrap at the
//          antimeridian without a remainder.
// Order    rows count from the south pole, columns east from the antimeridian.
#pragma once

#include <algorithm>
#include <cstdint>

#include "geo/distance.hpp"
#include "model/place.hpp"

namespace posthaste::geo::detail {

constexpr std::int64_t tile_mask = 7;

struct CellPlace {
    std::int64_t row = 0;
    std::int64_t column = 0;  ///< less than one turn outside is wrapped
};

inline std::int64_t north_of_south_pole(Position place) {
    return std::int64_t{place.lat} + model::lat_max;
}

inline std::int64_t east_of_antimeridian(Position place) {
    std::int64_t const east = std::int64_t{place.lon} + model::lon_max;
    return east == lon_turn ? 0 : east;
}

class Grid {
public:
    static constexpr unsigned shift_min = 2;
    static constexpr unsigned shift_max = 7;
    static_assert(lon_turn % ((std::int64_t{1125} << shift_max) * (tile_mask + 1)) == 0);

    Grid() = default;
    /// Cells about as wide as they are high at the latitude of `place`.
    Grid(unsigned row_shift, Position place)
        : row_shift_{row_shift}, column_shift_{std::min(row_shift + narrowing(place), shift_max)} {}

    unsigned row_shift() const { return row_shift_; }
    std::int64_t row_units() const { return step << row_shift_; }
    std::int64_t column_units() const { return step << column_shift_; }
    std::int64_t column_count() const { return (lon_turn / step) >> column_shift_; }

    CellPlace cell_of(Position place) const {
        auto const north = static_cast<std::uint32_t>(north_of_south_pole(place)) / step_small;
        auto const east = static_cast<std::uint32_t>(east_of_antimeridian(place)) / step_small;
        return {north >> row_shift_, east >> column_shift_};
    }
    std::uint64_t tile_key(CellPlace place) const {
        std::int64_t column = place.column;
        if (column < 0) column += column_count();
        if (column >= column_count()) column -= column_count();
        return (static_cast<std::uint64_t>(place.row >> 3U) << 32U) |
               static_cast<std::uint64_t>(column >> 3U);
    }
    static std::uint32_t cell_in_tile(CellPlace place) {
        return static_cast<std::uint32_t>(
            ((place.row & tile_mask) << 3U) | (place.column & tile_mask)
        );
    }

private:
    static constexpr std::int64_t step = 1125;
    static constexpr std::uint32_t step_small = 1125;

    // How often a degree of longitude halves from the equator to here, up to three times.
    static unsigned narrowing(Position place) {
        std::int64_t const width = cosine(2 * std::abs(std::int64_t{place.lat}));
        if (width > 759'250'125) return 0;  // 1 / sqrt(2), with 30 binary digits
        if (width > 379'625'062) return 1;
        return width > 189'812'531 ? 2 : 3;
    }

    unsigned row_shift_ = 5;
    unsigned column_shift_ = 5;
};

}  // namespace posthaste::geo::detail
