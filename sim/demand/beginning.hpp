// What a file of trips begins with: enough to know where it is, when, and who could serve it.
//
// Takes    a source of trips, of which the first looked_at_max are read.
// Gives    their places without doubles, in order; and fleets that fit them.
// Errors   malformed when there is no trip; those of the source.
// Cost     memory for looked_at_max trips.
// Threads  one thread
#pragma once

#include <cstdint>
#include <vector>

#include "demand/places.hpp"
#include "demand/source.hpp"

namespace posthaste::demand {

constexpr std::size_t looked_at_max = 5000;

struct Beginning {
    Places places;
    std::vector<Trip> trips;  ///< at least one
};

Result<Beginning> beginning_of(Source& source);

/// Agents always in shift. Each lives where a trip drawn from the beginning starts and has what
/// that trip asks for; carries the most that any trip has of seats, and thirty times the most of
/// the rest. The same for the same seed on every machine.
std::vector<Member> make_fleet_for(
    Beginning const& beginning, std::int64_t agents, std::uint64_t seed
);

}  // namespace posthaste::demand
