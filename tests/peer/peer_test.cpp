// Our import and our shortest ways against a peer's, for cars: whether there is a way, how long the
// shortest is, and what is gone round.
//
// So that only what is read of the map can differ, both count lengths, in the peer's measure
// (routino.hpp); turns cost nothing and roads to start or end on only are closed: the peer closes
// them too. Both start and end at nodes, on any road there.
//
// What both read differently, honestly; in brackets where 600 pairs met it:
// - highway=service with area=yes: the peer drives along the outline; we have no areas (Columbus).
// - A track with motor_vehicle=designated or permissive: open here; the peer keeps cars off
//   (Liechtenstein: whole valleys).
// - oneway:motor_vehicle=yes binds here; the peer does not read it (Gothenburg).
// - access=unknown and other values that nobody defines: no to the peer, nothing to us (Columbus).
// - Where two nodes are within a metre the peer may take the other one (Liechtenstein, Monaco).
// - Access tags on a node without a barrier bind the peer; barrier=block binds us.
// - Its search may miss the shortest of its own ways: then its ways to and from a junction of ours
//   are shorter together. That is no disagreement on the map, and counted apart (3 of 2,400).
// No difference that was looked into was a mistake of ours.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "geo/distance.hpp"
#include "road/import.hpp"
#include "road/metric.hpp"
#include "road/query.hpp"
#include "routino.hpp"

namespace posthaste::peer {

using model::Position;
using road::EdgeId;
using road::JunctionId;
using road::Profile;

namespace {

struct Trip {
    JunctionId from = 0;
    JunctionId to = 0;
};

/// The roads as we import them, with lengths for times, in mm.
class Ours {
public:
    explicit Ours(std::filesystem::path const& osm) {
        road::ImportReport report;
        auto imported = road::import_network(osm, {}, report);
        REQUIRE(imported.ok());
        columns_ = std::move(imported).value();
        auto lengths = peer_lengths(road::network_of(columns_));
        std::ranges::fill(columns_.turn_cost_ds, std::uint8_t{0});
        for (auto& traits : columns_.edge_traits)
            traits.destination_only = 0;
        network = road::network_of(columns_);
        lower_ = road::lower_of(network);
        metric_ = road::customize(network, lower_, Profile::car, std::move(lengths));
        query_ = std::make_unique<road::Query>(network, lower_);
        into_.resize(network.junction_count());
        for (EdgeId edge = 0; edge < network.edge_count(); ++edge)
            if (is_open(edge)) into_[network.edge_head[edge]].push_back(edge);
    }

    /// Metres, or none.
    std::optional<std::int64_t> shortest(Trip trip) {
        auto const way = route(trip);
        if (!way) return std::nullopt;
        return way->time / 1000;
    }
    /// Junctions along the shortest way, some of them.
    std::vector<JunctionId> along(Trip trip) {
        auto const way = route(trip);
        std::vector<JunctionId> junctions;
        auto const step = way->edges.size() / 16 + 1;
        for (std::size_t i = 0; i + 1 < way->edges.size(); i += step)
            junctions.push_back(network.edge_head[way->edges[i]]);
        return junctions;
    }
    /// Where one may both begin and end.
    std::vector<JunctionId> junctions() const {
        std::vector<JunctionId> all;
        for (JunctionId junction = 0; junction < network.junction_count(); ++junction)
            if (!out_of(junction).empty() && !into_[junction].empty()) all.push_back(junction);
        return all;
    }
    /// Over each turn that a sign or a barrier forbids, and how far it would be.
    std::vector<std::pair<Trip, std::int64_t>> over_forbidden_turns() const {
        std::vector<std::pair<Trip, std::int64_t>> trips;
        for (EdgeId from = 0; from < network.edge_count(); ++from) {
            if (!is_open(from)) continue;
            for (auto const to : out_of(network.edge_head[from])) {
                bool const is_round = to == network.edge_twin[from] || to == from;
                if (is_round || may_turn(from, to)) continue;
                trips.emplace_back(
                    Trip{network.edge_tail[from], network.edge_head[to]},
                    (metric_.edges[from] + metric_.edges[to]) / 1000
                );
            }
        }
        return trips;
    }

    road::Network network;

private:
    // As the peer adds it up. It sees no road that is only to start or end on.
    static road::EdgeTimes peer_lengths(road::Network const& network) {
        constexpr double scale = routino_earth_km / 6371.0088;
        road::EdgeTimes lengths(network.edge_count(), road::never);
        for (EdgeId edge = 0; edge < network.edge_count(); ++edge) {
            auto const only_to_end = network.edge_traits[edge].destination_only;
            if (!network.is_open(edge, Profile::car)) continue;
            if ((only_to_end & road::bit_of(Profile::car)) != 0) continue;
            auto const shape = network.shape_along(edge);
            std::int32_t metres = 0;
            for (std::size_t i = 1; i < shape.size(); ++i) {
                auto const mm = static_cast<double>(geo::distance_mm(shape[i - 1], shape[i]));
                metres += static_cast<std::int32_t>(mm * scale / 1000);
            }
            lengths[edge] = std::max(metres * 1000, 1);
        }
        return lengths;
    }

    bool is_open(EdgeId edge) const { return metric_.edges[edge] < road::never; }
    std::vector<EdgeId> out_of(JunctionId junction) const {
        std::vector<EdgeId> edges;
        auto const end = network.edge_first[junction + 1];
        for (auto edge = network.edge_first[junction]; edge < end; ++edge)
            if (is_open(edge)) edges.push_back(edge);
        return edges;
    }
    bool may_turn(EdgeId from, EdgeId to) const {
        for (auto turn = network.turn_first[from]; turn < network.turn_first[from + 1]; ++turn) {
            bool const is_for_cars =
                (network.turn_profiles[turn] & road::bit_of(Profile::car)) != 0;
            if (is_for_cars && network.edge_of(network.turn_to[turn]) == to) return true;
        }
        return false;
    }
    std::optional<road::Route> route(Trip trip) {
        std::optional<road::Route> best;
        for (auto const first : out_of(trip.from)) {
            for (auto const last : into_[trip.to]) {
                auto way = query_->route(
                    metric_, {{road::Spot{first, 0}}, 1}, {{road::Spot{last, road::whole_edge}}, 1}
                );
                if (way && (!best || way->time < best->time)) best = std::move(way);
            }
        }
        return best;
    }

    road::OwnedColumns columns_;
    road::Lower lower_;
    road::Metric metric_;
    std::unique_ptr<road::Query> query_;
    std::vector<std::vector<EdgeId>> into_;  ///< by junction
};

struct Counts {
    std::size_t same = 0;    ///< also: no way for both
    std::size_t missed = 0;  ///< the peer has our way, and did not find it
    std::size_t differ = 0;
    std::size_t all() const { return same + missed + differ; }
};

class Comparison {
public:
    explicit Comparison(std::filesystem::path const& osm) : ours{osm}, theirs_{osm} {}

    void compare(Trip trip) {
        if (trip.from == trip.to) return;
        auto const mine = ours.shortest(trip);
        auto const peers = ask(trip);
        bool const is_same = mine && peers ? is_near(*mine, *peers) : !mine && !peers;
        if (is_same) {
            ++counts.same;
        } else if (mine && (!peers || *mine < *peers) && has_it_too(trip, *mine)) {
            ++counts.missed;
        } else {
            ++counts.differ;
            tell(trip, mine, peers);
        }
    }

    Ours ours;
    Counts counts;

private:
    // It keeps places to about a metre, so some pieces are a metre longer or shorter.
    static bool is_near(std::int64_t mine, std::int64_t peers) {
        return std::abs(mine - peers) <= 10 + mine / 1000;
    }
    Position place(JunctionId junction) const { return ours.network.places[junction]; }

    std::optional<std::int64_t> ask(Trip trip) const {
        auto const way = theirs_.shortest(place(trip.from), place(trip.to));
        if (!way) return std::nullopt;
        // Elsewhere, when it has no road for cars here.
        constexpr Metres beside{2};
        bool const is_here = geo::distance(way->first, place(trip.from)) <= beside &&
                             geo::distance(way->last, place(trip.to)) <= beside;
        return is_here ? std::optional{way->metres} : std::nullopt;
    }
    bool has_it_too(Trip trip, std::int64_t mine) {
        auto const by = ours.along(trip);
        return std::ranges::any_of(by, [&](JunctionId junction) {
            auto const before = ask({trip.from, junction});
            auto const after = ask({junction, trip.to});
            return before && after && is_near(mine, *before + *after);
        });
    }
    void tell(Trip trip, std::optional<std::int64_t> mine, std::optional<std::int64_t> peers)
        const {
        auto const metres = [](auto const& way) {
            return way ? fmt::format("{} m", *way) : std::string{"none"};
        };
        auto const at = [&](JunctionId junction) {
            auto const where = place(junction);
            return fmt::format("{:.7f},{:.7f}", where.lat / 1e7, where.lon / 1e7);
        };
        MESSAGE(
            "from " << at(trip.from) << " to " << at(trip.to) << ": ours " << metres(mine)
                    << ", the peer's " << metres(peers)
        );
    }

    Routino theirs_;
};

std::optional<std::filesystem::path> extract(std::string const& name) {
    auto const file = std::filesystem::path{POSTHASTE_SHARED_DATA} / "roads" / name;
    if (!Routino::is_installed()) {
        MESSAGE("skipped: routino is not installed (apt-get install routino)");
        return std::nullopt;
    }
    if (!std::filesystem::exists(file)) {
        MESSAGE("skipped: there is no " << file.string());
        return std::nullopt;
    }
    return file;
}

void tell(std::string const& what, Counts const& counts) {
    MESSAGE(
        what << ": " << counts.same << " of " << counts.all() << " the same, " << counts.missed
             << " not found by the peer, " << counts.differ << " otherwise"
    );
}

}  // namespace

TEST_CASE("between any two junctions a peer finds a way as long as ours, or none as we") {
    struct Extract {
        std::string name;
        std::size_t same_percent_min = 98;
    };
    std::array const extracts{
        Extract{"columbus_oh.osm.pbf"},
        Extract{"gothenburg_2016.osm.pbf"},
        Extract{"liechtenstein_2015.osm.pbf", 94},  // tracks
        Extract{"monaco.osm.gz"}};
    for (auto const& each : extracts) {
        CAPTURE(each.name);
        auto const file = extract(each.name);
        if (!file) continue;
        Comparison with_peer{*file};
        auto const places = with_peer.ours.junctions();
        Prng prng{42};
        for (int i = 0; i < 150; ++i) {
            auto const from = places[prng.below(places.size())];
            auto const to = places[prng.below(places.size())];
            with_peer.compare({from, to});
        }
        auto const& counts = with_peer.counts;
        tell(each.name, counts);
        CHECK(counts.same * 100 >= counts.all() * each.same_percent_min);
        CHECK(counts.missed * 100 <= counts.all() * 2);
    }
}

TEST_CASE("what we may not turn into a peer goes round too, and as far") {
    auto const file = extract("columbus_oh.osm.pbf");
    if (!file) return;
    Comparison with_peer{*file};
    std::size_t longer = 0;
    auto const trips = with_peer.ours.over_forbidden_turns();
    for (auto const& [trip, metres] : trips) {
        auto const mine = with_peer.ours.shortest(trip);
        if (!mine || *mine > metres) ++longer;
        with_peer.compare(trip);
    }
    auto const& counts = with_peer.counts;
    tell(fmt::format("{} forbidden turns, {} gone round", trips.size(), longer), counts);
    CHECK(longer >= 8);
    CHECK(counts.all() >= 15);
    CHECK(counts.differ == 0);
}

}  // namespace posthaste::peer
