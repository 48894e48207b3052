// Travel times of another routing server, as decisions ask for them: for regions without roads.
//
// Takes    times that were fetched: offer(), adopt().
//          take_wishes(): which were asked for and not known.
// Gives    the kept time from the cell around one place to that around another; where it is not
//          known, or older than it may be, the time without roads, and a wish for it.
// Shapes   a cell is about 110 m high.
// Cost     a time: one look into a table.
// Threads  offer, take_wishes, answered: any. The rest is the writer's.
// Limits   kept_max times, the oldest go first; wishes_max wait, others are asked for again later.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "base/instant.hpp"
#include "match/travel.hpp"
#include "node/road_travel.hpp"

namespace posthaste::node {

/// From one cell to another, for who travels so.
struct OutsidePair {
    model::Position from;
    model::Position to;
    road::Profile profile{};

    auto operator<=>(OutsidePair const&) const = default;
};

/// The middles of the cells that the places are in.
OutsidePair outside_pair(model::Position from, model::Position to, road::Profile profile);

struct OutsideTime {
    OutsidePair pair;
    std::optional<Millis> time;  ///< travel_max: no way; nothing: the other server has none
};

class OutsideTimes {
public:
    static constexpr std::size_t kept_max = 500'000;
    static constexpr std::size_t wishes_max = 20'000;

    /// The kept time; a wish for it, where there is none.
    std::optional<Millis> time(OutsidePair const& pair);
    /// To be adopted next; what is older than `oldest` is forgotten then. Gives hash() as it is
    /// from then on.
    std::uint64_t offer(std::vector<OutsideTime> times, Instant now, Instant oldest);
    /// All that was offered.
    void adopt();
    std::size_t size() const { return kept_.size(); }
    /// Changes with every adoption.
    std::uint64_t hash() const { return hash_; }

    std::vector<OutsidePair> take_wishes(std::size_t limit);
    void count(model::TravelSource source) { tally_.count(source); }
    AnswerCounts answered() const { return tally_.counts(); }

private:
    struct Kept {
        std::optional<Millis> time;
        Instant at;
    };
    struct Offered {
        std::vector<OutsideTime> times;
        Instant at;
        Instant oldest;
    };
    void keep(Offered const& offered);

    std::map<OutsidePair, Kept> kept_;
    std::deque<std::pair<Instant, OutsidePair>> by_age_;  ///< some were renewed since
    std::uint64_t hash_ = 0;
    std::mutex mutex_;
    std::set<OutsidePair> wishes_;
    std::vector<Offered> offered_;
    std::uint64_t offered_hash_ = 0;
    AnswerTally tally_;
};

/// How the other server does.
struct OutsideCounts {
    std::uint64_t questions = 0;
    std::uint64_t failures = 0;
    std::uint64_t fetched = 0;
    bool is_open = false;  ///< the breaker: it is not asked
};

/// Requires: `times` is used by no other writer.
match::MakeTravel travel_outside(std::shared_ptr<OutsideTimes> times);

}  // namespace posthaste::node
