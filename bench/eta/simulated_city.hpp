// A city whose traffic nobody can read, and the vehicles that drive in it.
//
// Takes    a network with its hierarchy; a seed.
// Gives    drives of up to 6 km between places drawn evenly from the roads, along the way that is
//          usually the quickest at that hour; the fixes sent on the way, 5 to 30 s apart and 10 m
//          off. What an edge takes is its time in free flow, times how wrong that is (0.85 to
//          1.4), the hour's congestion there (smooth spots 1 to 3 km wide, each with a morning and
//          an evening of its own; more on large roads), the day (0.93 to 1.1), incidents (six an
//          hour: what is within 300 m takes 3 to 7 times as long for 15 to 60 minutes), the
//          driver's own pace (0.93 to 1.1) and chance (0.75 to 1.35). Where one comes upon a large
//          road one in twelve waits for 5 to 40 s, beside what the turn costs.
// Order    everything is drawn from the seed, in order of time.
// Threads  one
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "base/prng.hpp"
#include "model/fix.hpp"
#include "road/metric.hpp"
#include "road/query.hpp"
#include "road/snap.hpp"

namespace posthaste::bench {

struct SimulatedDrive {
    std::size_t vehicle = 0;
    road::Place source;
    road::Place target;
    model::Position from;
    model::Position to;
    Instant begun;
    Millis took;
    std::vector<model::Fix> fixes;
};

class SimulatedCity {
public:
    /// Requires: all outlive it. `free`: without traffic.
    SimulatedCity(
        road::Network const& network,
        road::Lower const& lower,
        road::SnapIndex const& index,
        road::Metric const& free,
        std::uint64_t seed,
        std::size_t vehicles
    );

    /// The drives that begin in [from, until), in order of time. Requires: from is where the last
    /// call ended.
    std::vector<SimulatedDrive> drives(Instant from, Instant until);
    /// A new day: nobody is under way.
    void begin_day(Instant at);

private:
    struct Spot {  ///< of congestion
        model::Position place;
        double radius_m = 0;
        double morning = 0;
        double evening = 0;
    };
    struct Incident {
        model::Position place;
        double slower = 1;
        Instant begin;
        Instant end;
    };
    struct Vehicle {
        road::Place at;
        model::Position place;
        Instant free_from;
        double pace = 1;
        Millis every;  ///< between fixes
    };

    double usual(road::EdgeId edge, Instant at) const;
    double incidents_at(road::EdgeId edge, Instant at) const;
    void set_edges();
    void know_the_hour(Instant at);
    void add_incidents(Instant from, Instant until);
    std::pair<road::Place, model::Position> anywhere();
    double between(double low, double high);
    bool drive(SimulatedDrive& drive, Vehicle& vehicle);
    void send_fixes(
        SimulatedDrive& drive,
        Vehicle const& vehicle,
        road::Route const& route,
        std::vector<Instant> const& entered
    );

    road::Network const& network_;
    road::Lower const& lower_;
    road::SnapIndex const& index_;
    road::Metric const& free_;
    road::Query query_;
    Prng prng_;
    std::vector<Spot> spots_;
    std::vector<std::array<float, 2>> congestion_;  ///< by edge: morning, evening
    std::vector<float> wrong_;                      ///< by edge
    std::vector<Incident> incidents_;
    std::vector<Vehicle> vehicles_;
    road::Metric hour_;  ///< what is usual in it
    std::int64_t hour_index_ = -1;
    double day_ = 1;
};

}  // namespace posthaste::bench
