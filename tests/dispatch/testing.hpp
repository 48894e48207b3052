// A region small enough to work out by hand.
#pragma once

#include <cstdlib>

#include "bench/plan/dispatch_day.hpp"

namespace posthaste::bench {

/// The depot and four places on a line, ten minutes apart, open for three hours from 6, 7, 8 and 9
/// on; back by 14. A vehicle carries three, everybody takes one and a minute.
inline Region line() {
    Region region;
    constexpr std::int32_t places = 5;
    for (std::int32_t from = 0; from < places; ++from) {
        for (std::int32_t to = 0; to < places; ++to) {
            auto const drive = std::abs(from - to) * 600;
            region.drives.legs.push_back({drive, drive});
        }
        region.windows.push_back({(5 + from) * 3600, (8 + from) * 3600});
        region.services.push_back(60);
        region.loads.push_back(1);
    }
    region.windows[0] = {0, 14 * 3600};
    region.services[0] = 0;
    region.loads[0] = 0;
    region.capacity = 3;
    return region;
}

/// Requests 1, 2, ... at these places, open all the time; the first `must` cannot wait.
inline Epoch epoch_of(
    Region const& region,
    std::int64_t number,
    std::vector<std::uint32_t> const& places,
    std::size_t must
) {
    Epoch epoch;
    epoch.number = number;
    for (auto const place : places) {
        auto request = request_of(region, place, place, place, place);
        request.id = static_cast<std::uint32_t>(epoch.open.size() + 1);
        epoch.must_go.push_back(epoch.open.size() < must);
        epoch.open.push_back(request);
    }
    return epoch;
}

}  // namespace posthaste::bench
