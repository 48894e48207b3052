#include "plan/drive.hpp"

#include <algorithm>

namespace posthaste::plan {

namespace {

// The period that `at` is in: its factor and its end.
struct Period {
    std::int64_t per_mille = rate_one;
    Time end = time_max;
};

Period period_at(Profile const& profile, Time at) {
    auto const next = std::ranges::upper_bound(profile.traffic, at, {}, &Traffic::from);
    Period period;
    if (next != profile.traffic.begin()) period.per_mille = std::prev(next)->per_mille;
    if (next != profile.traffic.end()) period.end = next->from;
    return period;
}

}  // namespace

Time drive(Profile const& profile, Time start, Time work) {
    if (profile.traffic.empty()) return start + work;
    Time at = start;
    while (work > 0) {
        auto const period = period_at(profile, at);
        auto const fits = (period.end - at) * rate_one / period.per_mille;
        if (period.end == time_max || work <= fits) {
            return at + (work * period.per_mille + rate_one - 1) / rate_one;
        }
        work -= fits;
        at = period.end;
    }
    return at;
}

Time drive_back(Profile const& profile, Time end, Time work) {
    Time at = end;
    while (work > 0) {
        auto const next = std::ranges::lower_bound(profile.traffic, at, {}, &Traffic::from);
        if (next == profile.traffic.begin()) return at - work;
        auto const& period = *std::prev(next);
        auto const fits = (at - period.from) * rate_one / period.per_mille;
        if (work <= fits) return at - work * period.per_mille / rate_one;
        work -= fits;
        at = period.from;
    }
    return at;
}

Time driven(Profile const& profile, Time start, Time end) {
    if (profile.traffic.empty()) return std::max<Time>(0, end - start);
    Time work = 0;
    for (Time at = start; at < end;) {
        auto const period = period_at(profile, at);
        auto const until = std::min(period.end, end);
        work += (until - at) * rate_one / period.per_mille;
        at = until;
    }
    return work;
}

}  // namespace posthaste::plan
