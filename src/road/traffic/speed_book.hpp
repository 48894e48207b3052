// What a fleet's passages say of the speeds on a network: by hour of the week, and just now.
//
// Takes    passages (matcher.hpp), in any order; from which profile's vehicles.
// Gives    factors(): what traffic is to be expected at an instant, for every edge, and where that
//          is from. An edge's factor is the product of what is known of ever smaller parts: the
//          whole fleet, its kind of road in this hour, its neighbourhood in this hour, the edge
//          itself, the edge in this hour; each drawn towards the one before as there is less
//          evidence. How it is just now, the same way: the fleet, the neighbourhood, the edge.
//          encode(), decode(): what is learned of the hours, as a file. What is just now is not in
//          it: it is worth nothing when it is read again.
// Units    hours of the week in UTC from Monday 0:00, 168; per mille of free flow (factors.hpp).
// Errors   decode: corrupt, too_new; malformed: of another network.
// Order    The same passages in another order give the same factors, but for what is cut off.
// Cost     learn() below 1 us; factors() about 20 ns an edge and cell.
// Threads  one learns; a Traffic is a value
// Limits   cells_max pairs of edge and hour: later pairs count for the edge's surroundings only.
//          A passage counts as at most outlier_factor times what was expected, so that somebody
//          parked does not close a street.
// Source   shrinkage by credibility: Bühlmann and Straub, Glaubwürdigkeit für Schadensätze, 1970.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "road/network.hpp"
#include "road/traffic/factors.hpp"
#include "road/traffic/matcher.hpp"

namespace posthaste::road {

constexpr std::size_t hours_a_week = 168;
/// From Monday 0:00 UTC.
std::size_t hour_of_week(Instant at);

/// Where times are from, the most current last.
enum class TrafficSource : std::uint8_t { free_flow, historical, live };
constexpr auto names_of(TrafficSource) {
    return std::to_array<std::string_view>({"free_flow", "historical", "live"});
}

struct Traffic {
    Factors factors;
    TrafficSource source{};                     ///< the most current with enough evidence
    std::int32_t confidence = 0;                ///< in it, per mille
    std::array<std::uint32_t, 3> edge_count{};  ///< with evidence of their own, by TrafficSource
};

class SpeedBook {
public:
    /// Requires: network outlives the book; digest names it (FileInfo::digest).
    SpeedBook(Network const& network, Digest const& digest);

    void learn(Passage const& passage, Profile profile);
    Traffic factors(Instant at) const;

    std::string encode() const;
    static Result<SpeedBook> decode(
        std::string_view bytes, Network const& network, Digest const& digest
    );

private:
    Network const* network_;
    Digest digest_;
};

}  // namespace posthaste::road
