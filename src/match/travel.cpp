#include "match/travel.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::match {

Outlook Travel::outlook(Millis drive, model::Position /*to*/, model::AgentId /*agent*/) const {
    return {.p50 = drive, .p90 = Millis{drive.count() * 3 / 2}};
}

StraightLine::StraightLine(model::Policy const& policy)
    : detour_per_mille_{policy.detour_per_mille}, speed_mm_s_{policy.speed_mm_s} {
    ASSERT(detour_per_mille_ >= 1);
    ASSERT(detour_per_mille_ <= detour_per_mille_max);
    for (std::int32_t const speed : speed_mm_s_)
        ASSERT(speed >= 1);
}

Millis StraightLine::time(model::Position from, model::Position to, std::uint8_t kind) const {
    ASSERT(kind < model::vehicle_kinds_max);
    if (from == to) return Millis{};
    // mm x (per mille / 1000) / (mm/s) x 1000 ms: the thousands cancel. At most 2^35 x 2^20.
    std::int64_t const way = geo::distance_mm(from, to) * detour_per_mille_;
    std::int64_t const speed = speed_mm_s_[kind];
    return std::clamp(Millis{(way + speed - 1) / speed}, Millis{1}, travel_max);
}

std::unique_ptr<Travel> straight_lines(
    model::Policy const& policy, std::vector<std::string> const& /*kinds*/
) {
    return std::make_unique<StraightLine>(policy);
}

}  // namespace posthaste::match
