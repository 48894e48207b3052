// The inner loop of every query: times from the top of the hierarchy down to chosen states.
//
// Takes    ranks, each after all that are above it; the time of each arc; what is known above.
// Gives    for each rank the least of what it has and of each arc's time and what lies above it.
// Units    milliseconds; never and above are no way. Requires: all are from 0 to never.
// Order    the same numbers on every machine: integers, and the least has no order.
// Cost     about 1 ns an arc; with AVX2, where the processor has it, a third of that.
// Threads  pure but for `reach`
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "road/metric.hpp"

namespace posthaste::road {

/// Targets of one search.
constexpr std::size_t lanes = 16;

template <std::size_t Width>
using Reached = std::array<std::int32_t, Width>;

struct Sweep {
    NeededArcs const& arcs;
    std::span<std::uint32_t const> order;  ///< ranks
};

void sweep_down(Sweep const& sweep, std::vector<Reached<1>>& reach);
void sweep_down(Sweep const& sweep, std::vector<Reached<lanes>>& reach);

}  // namespace posthaste::road
