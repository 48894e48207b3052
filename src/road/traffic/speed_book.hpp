// What a fleet's passages say of the speeds on a network: by hour of the week, and just now.
//
// Takes    passages (matcher.hpp), in any order; from which profile's vehicles.
// Gives    factors(): what traffic is to be expected at an instant, for every edge, and where that
//          is from. An edge's factor is a product of ratios, each of what was seen to what the ones
//          before it foresaw: of all; of its kind of road, of its district, of its neighbourhood,
//          each at all times and at this time of day; of the edge, at all times and in this hour
//          of the week. Each is drawn towards 1 as there is less evidence. What is different just
//          now, the same way: of all, the district, the neighbourhood, the edge.
//          encode(), decode(): what is learned of the hours, as a file. What is different just now
//          is not in it: it is worth nothing when it is read again.
// Units    hours of the week in UTC from Monday 0:00, 168; per mille of free flow (factors.hpp).
//          Evidence is seconds driven in free flow. Districts are 4 km wide, neighbourhoods 1 km.
// Errors   decode: corrupt; too_new; malformed: of another network.
// Order    The same passages in another order give the same factors, but for what is cut off.
// Cost     learn() below 1 us; factors() about 0.2 us an edge, and 50 ns a cell.
// Threads  one learns; a Traffic is a value
// Limits   speed_cells_max pairs of edge and hour: later pairs are passed over and counted.
//          A passage counts as at most outlier_factor times what was expected, so that somebody
//          parked does not close a street. What is older than evidence_max counts for half.
// Source   shrinkage by credibility: Buhlmann and Straub, Glaubwuerdigkeit fuer Schadensaetze,
//          1970.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "model/travel_source.hpp"
#include "road/network.hpp"
#include "road/traffic/factors.hpp"
#include "road/traffic/matcher.hpp"

namespace posthaste::road {

constexpr std::size_t hours_a_week = 168;
constexpr std::size_t speed_cells_max = 4'000'000;
constexpr std::uint32_t evidence_max_ms = 1'800'000;  ///< of a cell
constexpr std::int64_t outlier_factor = 4;
constexpr Millis half_life{600'000};  ///< of what is different just now
/// From Monday 0:00 UTC.
std::size_t hour_of_week(Instant at);

struct Traffic {
    Factors factors;
    /// The most current with enough evidence: free_flow, historical or live.
    model::TravelSource source = model::TravelSource::free_flow;
    std::int32_t confidence = 0;  ///< in it, per mille
    /// With evidence of their own, by TravelSource.
    std::array<std::uint32_t, names_of(model::TravelSource{}).size()> edge_count{};
};

/// What was seen in one hour of the week on one edge; without limits, sums.
struct SpeedCell {
    std::uint32_t hour = 0;
    std::uint32_t free_ms = 0;  ///< what the passages take in free flow
    std::uint32_t took_ms = 0;
};

class SpeedBook {
public:
    /// Requires: network outlives the book; digest names it (FileInfo::digest).
    SpeedBook(
        Network const& network, Digest const& digest, std::size_t cell_limit = speed_cells_max
    );

    void learn(Passage const& passage, Profile profile);
    Traffic factors(Instant at) const;

    std::size_t cell_count() const { return cell_count_; }
    std::uint64_t passed_over() const { return passed_over_; }

    std::string encode() const;
    static Result<SpeedBook> decode(
        std::string_view bytes, Network const& network, Digest const& digest
    );

private:
    /// Sums that fade.
    struct Fading {
        Instant at;
        double age_ms = 0;  ///< of what is in the sums then, in the mean
        double free_ms = 0;
        double took_ms = 0;
    };
    struct EdgePlace {
        std::uint32_t road_class = 0;
        std::uint32_t district = 0;
        std::uint32_t neighbourhood = 0;
    };
    class Fit;
    class Now;

    void set_places();
    double expected(EdgeId edge) const;
    void add_cell(EdgeId edge, std::uint32_t hour, std::int64_t free_ms, std::int64_t took_ms);
    void add_now(EdgeId edge, Instant at, double free_ms, double took_ms);

    Network const* network_;
    Digest digest_;
    std::vector<EdgePlace> places_;  ///< by edge
    std::uint32_t district_count_ = 0;
    std::uint32_t neighbourhood_count_ = 0;
    std::vector<std::vector<SpeedCell>> cells_;  ///< by edge, by hour
    std::vector<Fading> now_;                    ///< by edge
    double free_ms_ = 0;                         ///< of all cells
    double took_ms_ = 0;
    std::size_t cell_limit_ = 0;
    std::size_t cell_count_ = 0;
    std::uint64_t passed_over_ = 0;
};

}  // namespace posthaste::road
