// The quickest ways from one spot to the few edges around it; private to the matcher.
//
// Takes    where somebody was, with the state of its edge (a restriction that is half obeyed), and
//          the edges where they may be next.
// Gives    run(): looks no further than length_max_mm along any way, and at settled_max states;
//          way_to(): of the last run, to a spot on one of those edges, if it was reached.
// Units    milliseconds without traffic, without the penalty for private roads; millimetres.
// Order    Equal times: the lower state first.
// Cost     about 0.1 us a state; 24 bytes a state of the network.
// Threads  one
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "road/metric.hpp"
#include "road/network.hpp"
#include "road/query.hpp"

namespace posthaste::road {

struct Way {
    std::vector<EdgeId> edges;  ///< the source's first, the target's last; one: it stays on it
    StateId state = none;       ///< of the last
    std::int64_t length_mm = 0;
    std::int64_t turns_ms = 0;  ///< what its turns cost
};

class WaySearch {
public:
    WaySearch(Network const& network, Metric const& metric);

    void run(
        Spot source, StateId state, std::vector<EdgeId> const& targets, std::int64_t length_max_mm
    );
    /// Only further along the source's own edge, or by at least one turn.
    std::optional<Way> way_to(Spot target) const;

private:
    struct Label {
        std::uint32_t run = 0;  ///< that reached it
        std::int32_t time = 0;  ///< until the start of its edge
        std::int64_t length_mm = 0;
        StateId from = none;
    };
    void leave(StateId state, std::int32_t time, std::int64_t length_mm);
    std::int64_t length_to(std::uint32_t part, EdgeId edge) const;

    Network const& network_;
    Metric const& metric_;
    std::vector<Label> labels_;  ///< by state
    std::uint32_t run_ = 0;
    std::vector<std::pair<std::int32_t, StateId>> queue_;  ///< a heap
    std::vector<std::pair<EdgeId, StateId>> reached_;      ///< of the targets, and by which state
    Spot source_;
    StateId source_state_ = none;
    std::int64_t length_max_mm_ = 0;
};

}  // namespace posthaste::road
