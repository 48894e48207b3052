// How long a drive takes: the one interface for travel times, and the answer without roads.
//
// Gives    time(from, to, kind): from standing at `from` to standing at `to`. Between different
//          places never 0, between equal places always 0, and never above travel_max.
// Shapes   not symmetric in general (one-way streets); the triangle inequality may fail by a
//          rounding.
// Cost     StraightLine: about 10 ns for a drive within a degree, choose_bench.cpp.
// Threads  shared immutable
// Limits   travel_max stands for "not in any reasonable time"; a route of stack_limit x stops_max
//          such drives still adds up far below instant_max.
#pragma once

#include <array>
#include <cstdint>

#include "base/quantity.hpp"
#include "model/place.hpp"
#include "model/policy.hpp"

namespace posthaste::match {

constexpr Millis travel_max{366LL * 86'400'000};

class Travel {
public:
    Travel() = default;
    Travel(Travel const&) = delete;
    Travel& operator=(Travel const&) = delete;
    virtual ~Travel() = default;

    /// Requires: kind < vehicle_kinds_max.
    virtual Millis time(model::Position from, model::Position to, std::uint8_t kind) const = 0;
};

/// The great circle times the policy's detour over the kind's speed, rounded up.
class StraightLine final : public Travel {
public:
    /// Requires: every speed_mm_s at least 1, detour_per_mille in [1, detour_per_mille_max].
    explicit StraightLine(model::Policy const& policy);

    static constexpr std::int32_t detour_per_mille_max = 1'000'000;

    Millis time(model::Position from, model::Position to, std::uint8_t kind) const override;

private:
    std::int32_t detour_per_mille_;
    std::array<std::int32_t, model::vehicle_kinds_max> speed_mm_s_;
};

}  // namespace posthaste::match
