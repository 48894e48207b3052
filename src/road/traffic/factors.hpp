// What traffic makes of a network: how much longer each edge takes than when it is empty.
//
// Gives    edge_times(): the times of a profile in this traffic. Motor vehicles are in it; bicycles
//          and those on foot are only stopped by what is closed.
//          hash(): the same factors, the same digest.
// Units    per mille of the time in free flow, from factor_min to factor_max; closed: nobody.
// Threads  a value
#pragma once

#include <cstdint>
#include <vector>

#include "road/metric.hpp"

namespace posthaste::road {

constexpr std::uint16_t as_free = 1000;
constexpr std::uint16_t factor_min = 200;
constexpr std::uint16_t factor_max = 50'000;
constexpr std::uint16_t closed = 0xffff;

/// By edge.
struct Factors {
    std::vector<std::uint16_t> per_mille;

    Digest hash() const;
};

/// Requires: a factor for each edge.
EdgeTimes edge_times(Network const& network, Profile profile, Factors const& factors);

}  // namespace posthaste::road
