// Which roads a fleet drove along, and how long each took: map matching with a hidden Markov model.
//
// Takes    fixes of one profile's vehicles, each agent's in order of time; the network, its index
//          and its metric at its own speeds.
// Gives    take(): what became certain by this fix; end(): what was left open, and the track is
//          forgotten. Each edge once, in the order it was driven along. The edge a track began on
//          and the one it ended on are driven in part.
//          Hidden are the edges near a fix (candidates_max), seen is how far it lies from them and
//          how its heading fits; from one fix to the next the quickest way counts, by how much
//          longer it is than the straight line. Turns that are forbidden are no way. A path is
//          certain where all that are still likely agree, and after fixes_open_max fixes.
// Units    parts of an edge in 1/65536; milliseconds. Time between two fixes is spread over the
//          edges between them as their times in free flow, after what the turns cost.
// Order    of `counts`: every fix is in exactly one of used, too_near, stale, off_road, refused.
// Cost     a fix 15 s after the last about 30 us in a city, bench `eta`; 16 bytes a state, and a
//          few kilobytes a track.
// Threads  one
// Limits   tracks_max: then those silent for gap_max are dropped, and else a new one is refused.
//          A search ends after settled_max states. gap_max without a fix begins a new track.
// Source   Newson and Krumm, Hidden Markov Map Matching Through Noise and Sparseness, 2009,
//          doi:10.1145/1653771.1653818; the path by fixed lag after Goh et al., Online map-matching
//          based on Hidden Markov model, 2012. We search by time, not by length: drivers do.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "model/fix.hpp"
#include "road/metric.hpp"
#include "road/network.hpp"
#include "road/snap.hpp"
#include "road/traffic/way_search.hpp"

namespace posthaste::road {

constexpr std::size_t tracks_max = 100'000;
constexpr std::size_t candidates_max = 8;
constexpr std::size_t fixes_open_max = 8;
constexpr std::size_t settled_max = 2000;
constexpr Millis gap_max{180'000};
constexpr Metres step_min{25};  ///< nearer to the last fix that was used: standing still

/// One edge driven along by one agent.
struct Passage {
    model::AgentId agent{};
    EdgeId edge = none;
    std::uint32_t part = 0;  ///< of it that was driven, 1 to whole_edge
    Instant entered;         ///< when that part began
    Millis whole;            ///< what the whole edge takes at this pace
};

struct MatchCounts {
    std::uint64_t used = 0;
    std::uint64_t too_near = 0;  ///< to the last one used
    std::uint64_t stale = 0;     ///< not later than the last one
    std::uint64_t off_road = 0;  ///< no road within reach
    std::uint64_t refused = 0;   ///< of a new track, at tracks_max
    std::uint64_t gaps = 0;      ///< tracks begun again because too much time had passed,
    std::uint64_t breaks = 0;    ///< or as no way leads from the last fix to this one
    std::uint64_t passages = 0;

    MatchCounts& operator+=(MatchCounts const& other) {
        used += other.used;
        too_near += other.too_near;
        stale += other.stale;
        off_road += other.off_road;
        refused += other.refused;
        gaps += other.gaps;
        breaks += other.breaks;
        passages += other.passages;
        return *this;
    }
};

class Matcher {
public:
    /// Requires: all outlive the matcher; metric is at the network's own speeds, for the profile
    /// of those who are matched.
    Matcher(Network const& network, SnapIndex const& index, Metric const& metric);

    std::vector<Passage> take(model::Fix const& fix);
    std::vector<Passage> end(model::AgentId agent);

    MatchCounts const& counts() const { return counts_; }
    std::size_t track_count() const { return tracks_.size(); }

private:
    /// Where somebody may have been at a fix, and the likeliest way there.
    struct Candidate {
        Spot spot;
        StateId state = none;  ///< of its edge, by the way it was reached
        double cost = 0;       ///< minus the logarithm of how likely it is
        std::uint32_t before = none;
        Way way;               ///< from that one
        bool is_alive = true;  ///< it may still be the one
    };
    struct Layer {
        model::Position place;
        Instant time;
        double deviation_mm = 0;
        std::vector<Candidate> candidates;
    };
    /// An edge that is not left yet.
    struct OpenPassage {
        EdgeId edge = none;
        std::uint32_t part = 0;
        Instant entered;
        double took_ms = 0;
    };
    struct Track {
        std::vector<Layer> layers;  ///< the fixes that are not decided, after the last that is
        OpenPassage open;
        Instant seen;
    };
    std::vector<Candidate> candidates_at(model::Fix const& fix) const;
    bool make_room(Instant now);
    bool follow(Track const& track, Layer& layer);
    static std::uint32_t best_of(Layer const& layer);
    void decide(model::AgentId agent, Track& track);
    void settle(model::AgentId agent, Track& track, std::size_t last, std::uint32_t chosen);
    void drive(
        model::AgentId agent,
        Track& track,
        Layer const& before,
        Layer const& after,
        std::uint32_t chosen
    );
    void close(model::AgentId agent, Track& track);
    void finish(model::AgentId agent, Track& track);

    Network const& network_;
    SnapIndex const& index_;
    Metric const& metric_;
    WaySearch search_;
    MatchCounts counts_;
    std::map<model::AgentId, Track> tracks_;
    Instant swept_;                  ///< when silent tracks were last dropped
    std::vector<Passage> passages_;  ///< certain since the last take() or end()
};

}  // namespace posthaste::road
