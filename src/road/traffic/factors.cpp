#include "road/traffic/factors.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::road {

namespace {

bool is_motor(Profile profile) {
    return profile != Profile::bicycle && profile != Profile::foot;
}

}  // namespace

Digest Factors::hash() const {
    auto const* const bytes = reinterpret_cast<char const*>(per_mille.data());
    return digest({bytes, per_mille.size() * sizeof(per_mille[0])});
}

EdgeTimes edge_times(Network const& network, Profile profile, Factors const& factors) {
    ASSERT(factors.per_mille.size() == network.edge_count());
    auto times = edge_times(network, profile);
    for (EdgeId edge = 0; edge < times.size(); ++edge) {
        auto const factor = factors.per_mille[edge];
        if (times[edge] >= never || factor == closed) {
            times[edge] = never;
        } else if (is_motor(profile)) {
            auto const slowed = std::int64_t{times[edge]} * factor / as_free;
            times[edge] =
                static_cast<std::int32_t>(std::clamp<std::int64_t>(slowed, 1, longest_edge_ms));
        }
    }
    return times;
}

}  // namespace posthaste::road
