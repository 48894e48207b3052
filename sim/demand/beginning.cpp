#include "demand/beginning.hpp"

#include <algorithm>

#include "base/prng.hpp"
#include "demand/generate.hpp"

namespace posthaste::demand {

namespace {

constexpr std::int32_t stacked = 30;
constexpr std::int32_t seats_least = 4;

model::Load capacity_for(std::vector<Trip> const& trips) {
    model::Load most;
    for (auto const& trip : trips) {
        for (std::size_t i = 0; i < most.amount.size(); ++i) {
            auto const times = i == load_seats ? 1 : stacked;
            most.amount[i] = std::max(most.amount[i], times * trip.load.amount[i]);
        }
    }
    most.amount[load_seats] = std::max(most.amount[load_seats], seats_least);
    return most;
}

}  // namespace

Result<Beginning> beginning_of(Source& source) {
    Beginning beginning;
    std::vector<model::Position> nodes;
    while (beginning.trips.size() < looked_at_max) {
        auto trip = TRY(source.next());
        if (!trip) break;
        nodes.push_back(trip->pickup);
        if (trip->dropoff) nodes.push_back(*trip->dropoff);
        beginning.trips.push_back(std::move(*trip));
    }
    if (nodes.empty()) return Error{Errc::malformed, "no trip in it"};
    std::ranges::sort(nodes);
    auto const [gone, end] = std::ranges::unique(nodes);
    nodes.erase(gone, end);
    beginning.places.nodes = std::move(nodes);
    return beginning;
}

std::vector<Member> make_fleet_for(
    Beginning const& beginning, std::int64_t agents, std::uint64_t seed
) {
    ASSERT(!beginning.trips.empty());
    Prng prng{seed ^ 0x666c656574ULL};
    auto const capacity = capacity_for(beginning.trips);
    std::vector<Member> fleet;
    for (std::int64_t i = 1; i <= agents; ++i) {
        auto const& trip = beginning.trips[prng.below(beginning.trips.size())];
        Member member{.reference = "agent-" + std::to_string(i), .home = trip.pickup};
        member.skills = trip.skills;
        member.features = trip.features;
        member.capacity = capacity;
        if (!trip.vehicles.empty())
            member.vehicle = trip.vehicles[prng.below(trip.vehicles.size())];
        fleet.push_back(std::move(member));
    }
    return fleet;
}

}  // namespace posthaste::demand
