// How long a drive takes: the one interface for travel times, and the answer without roads.
//
// Gives    time(from, to, kind): from standing at `from` to standing at `to`. Between different
//          places never 0, between equal places always 0, and never above travel_max.
// Shapes   not symmetric in general (one-way streets); the triangle inequality may fail by a
//          rounding.
// Cost     StraightLine: about 10 ns for a drive within a degree, choose_bench.cpp.
//          foresee(): many times that will be asked for, at once; only speed depends on it.
//          outlook(): how long a drive may take in truth; without roads half as long again in one
//          case of ten.
//          hash(): equal where all times are equal; 0 without roads.
// Threads  one; what is remembered between calls changes no answer
// Limits   travel_max stands for "not in any reasonable time"; a route of stack_limit x stops_max
//          such drives still adds up far below instant_max.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "model/ids.hpp"
#include "model/place.hpp"
#include "model/policy.hpp"
#include "model/travel_source.hpp"

namespace posthaste::match {

constexpr Millis travel_max{366LL * 86'400'000};

/// What may become of a drive.
struct Outlook {
    Millis p50;
    Millis p90;
    model::TravelSource source = model::TravelSource::great_circle;
    std::uint8_t confidence = 0;  ///< percent: how much of it drives that were seen say
};

class Travel {
public:
    Travel() = default;
    Travel(Travel const&) = delete;
    Travel& operator=(Travel const&) = delete;
    virtual ~Travel() = default;

    /// Requires: kind < vehicle_kinds_max.
    virtual Millis time(model::Position from, model::Position to, std::uint8_t kind) const = 0;

    /// The agents of one kind who are asked for a job, and where it leads them.
    struct Foresight {
        std::span<model::Position const> idle;    ///< who have nothing else to do
        std::span<model::Position const> busy;    ///< who have
        std::span<model::Position const> visits;  ///< that those have to make
        std::span<model::Position const> stops;   ///< of the job
        std::uint8_t kind = 0;
    };
    virtual void foresee(Foresight const& /*foresight*/) const {}
    virtual std::uint64_t hash() const { return 0; }
    /// Of who begins a drive, or several that take `drive` together, to a place now.
    virtual Outlook outlook(Millis drive, model::Position to, model::AgentId agent) const;
};

/// The travel times of a region: made again when its policy or the names of its vehicle kinds
/// change. `kinds`: the index is the kind.
using MakeTravel = std::function<
    std::unique_ptr<Travel>(model::Policy const& policy, std::vector<std::string> const& kinds)>;

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

std::unique_ptr<Travel> straight_lines(
    model::Policy const& policy, std::vector<std::string> const& kinds
);

}  // namespace posthaste::match
