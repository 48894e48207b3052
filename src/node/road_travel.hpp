// Travel times on imported roads, as decisions ask for them.
//
// Takes    roads as they are now, newer ones by adopt(); kinds of vehicles by their names.
// Gives    the quickest way between the roads that two places lie at, and the great circle's time
//          from each place to its road. Where a place is at no road, or nobody of that kind may
//          drive there, the time without roads.
//          foresee(): the times between many places and a job's stops, in one search a stop and
//          direction; remembered until they are asked for.
// Cost     a time that was foreseen: about 30 ns. One that was not: a search, about 10 us.
// Threads  RoadTimes is one thread's, shared by all regions of a shard.
// Limits   so many times and places are remembered, 11 MB in all; others are searched again.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "match/travel.hpp"
#include "road/conditions.hpp"

namespace posthaste::node {

constexpr std::size_t pairs_foreseen = 8192;
constexpr std::size_t pairs_searched = 131'072;
constexpr std::size_t spots_kept = 131'072;
constexpr Metres road_reach{2000};  ///< further from any road is off the roads

/// Travel times that were asked for, by where they came from.
using AnswerCounts = std::array<std::uint64_t, names_of(model::TravelSource{}).size()>;

/// One writer counts, anybody reads.
class AnswerTally {
public:
    void count(model::TravelSource source) {
        auto& answered = answered_[static_cast<std::size_t>(source)];
        answered.store(answered.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
    AnswerCounts counts() const {
        AnswerCounts counts{};
        for (std::size_t i = 0; i < counts.size(); ++i)
            counts[i] = answered_[i].load(std::memory_order_relaxed);
        return counts;
    }

private:
    std::array<std::atomic<std::uint64_t>, AnswerCounts{}.size()> answered_{};
};

class RoadTimes {
public:
    explicit RoadTimes(std::shared_ptr<road::Conditions const> conditions);

    /// What is asked from now on is answered as the roads are then.
    /// Requires: they are the same roads.
    void adopt(std::shared_ptr<road::Conditions const> conditions);

    /// Where the place is on the nearest road that is not closed; count 0: at none.
    struct Spot {
        road::Place place;
        model::Position on_road;
    };
    Spot const& spot(model::Position at, road::Profile profile);

    /// Between their roads; road::never: no way; nothing: one of them is off the roads.
    std::optional<std::int32_t> time(
        model::Position from, model::Position to, road::Profile profile
    );
    void foresee(match::Travel::Foresight const& foresight, road::Profile profile);
    void count(model::TravelSource source) { tally_.count(source); }
    AnswerCounts answered() const { return tally_.counts(); }  ///< any thread
    road::Roads const& roads() const { return conditions_->roads(); }
    road::Conditions const& conditions() const { return *conditions_; }

private:
    struct Pair {
        model::Position from;
        model::Position to;
        std::int32_t time = 0;
        road::Profile profile{};
        std::uint32_t generation = 0;  ///< 0: nothing is known yet
    };
    struct KeptSpot {
        model::Position at;
        Spot spot;
        road::Profile profile{};
        std::uint32_t generation = 0;
    };
    Pair pair(model::Position from, model::Position to, std::int32_t time, road::Profile profile)
        const {
        return {from, to, time, profile, generation_};
    }
    std::optional<road::Snapped> snap(model::Position at, road::Profile profile) const;
    /// On the roads, the places of a fan.
    void add_to_fan(std::span<model::Position const> places, road::Profile profile);
    void remember_to(model::Position hub, std::size_t count, road::Profile profile);
    void remember_from(model::Position hub, std::size_t count, road::Profile profile);

    std::shared_ptr<road::Conditions const> conditions_;
    std::uint32_t generation_ = 1;  ///< times of an earlier one are void
    road::Query query_;
    std::vector<Pair> foreseen_;
    std::vector<Pair> searched_;
    std::vector<KeptSpot> spots_;
    AnswerTally tally_;
    std::vector<road::Place> fan_;
    std::vector<model::Position> fan_at_;
};

/// For regions on these roads. Requires: `times` is used by no other thread.
match::MakeTravel travel_on(std::shared_ptr<RoadTimes> times);

}  // namespace posthaste::node
