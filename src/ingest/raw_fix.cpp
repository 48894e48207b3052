#include "ingest/raw_fix.hpp"

#include <algorithm>

namespace posthaste::ingest {

std::optional<model::Position> checked_place(UnsafeLatitude lat, UnsafeLongitude lon) {
    if (lat.e7 < -model::lat_max || lat.e7 > model::lat_max) return std::nullopt;
    if (lon.e7 < -model::lon_max || lon.e7 > model::lon_max) return std::nullopt;
    return model::Position{static_cast<std::int32_t>(lat.e7), static_cast<std::int32_t>(lon.e7)};
}

void sort_by_time(std::vector<RawFix>& fixes) {
    auto const earlier = [](RawFix const& a, RawFix const& b) { return a.time < b.time; };
    if (std::is_sorted(fixes.begin(), fixes.end(), earlier)) return;
    std::stable_sort(fixes.begin(), fixes.end(), earlier);
}

}  // namespace posthaste::ingest
