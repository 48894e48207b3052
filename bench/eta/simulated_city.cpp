#include "bench/eta/simulated_city.hpp"

#include <algorithm>
#include <cmath>

#include "geo/distance.hpp"

namespace posthaste::bench {

namespace {

constexpr std::int64_t hour_ms = 3'600'000;
constexpr double incidents_an_hour = 6;
constexpr double incident_radius_m = 300;
constexpr std::int64_t noise_m = 10;
constexpr Metres drive_max{6000};  // in a straight line

double metres(model::Position a, model::Position b) {
    return static_cast<double>(geo::distance_mm(a, b)) / 1000;
}

double bell(double x) {
    return std::exp(-x * x / 2);
}

/// How much of a place's morning and evening there is.
std::array<double, 2> peaks(Instant at) {
    auto const hour = static_cast<double>(at.millis() % (24 * hour_ms)) / hour_ms;
    return {0.15 + bell((hour - 8) / 1.2), 0.15 + bell((hour - 17) / 1.6)};
}

double sensitivity(std::uint8_t road_class) {
    auto const is_at_most = [&](road::RoadClass most) {
        return road_class <= static_cast<std::uint8_t>(most);
    };
    if (is_at_most(road::RoadClass::trunk)) return 1.2;
    if (is_at_most(road::RoadClass::secondary)) return 1;
    return is_at_most(road::RoadClass::tertiary) ? 0.7 : 0.35;
}

bool is_large(std::uint8_t road_class) {
    return road_class <= static_cast<std::uint8_t>(road::RoadClass::tertiary);
}

std::int32_t between_places(std::int32_t a, std::int32_t b, double share) {
    return static_cast<std::int32_t>(std::lround(a + (static_cast<double>(b) - a) * share));
}

/// On an edge, with `share` of its length behind.
model::Position place_on(road::Network const& network, road::EdgeId edge, double share) {
    auto const shape = network.shape_along(edge);
    auto left = share * network.edge_length_mm[edge] / 1000;
    for (std::size_t i = 1; i < shape.size(); ++i) {
        auto const leg = metres(shape[i - 1], shape[i]);
        if (left <= leg && leg > 0) {
            return {
                between_places(shape[i - 1].lat, shape[i].lat, left / leg),
                between_places(shape[i - 1].lon, shape[i].lon, left / leg)};
        }
        left -= leg;
    }
    return shape.back();
}

}  // namespace

SimulatedCity::SimulatedCity(
    road::Network const& network,
    road::Lower const& lower,
    road::SnapIndex const& index,
    road::Metric const& free,
    std::uint64_t seed,
    std::size_t vehicles
)
    : network_{network},
      lower_{lower},
      index_{index},
      free_{free},
      query_{network, lower},
      prng_{seed} {
    for (int i = 0; i < 12; ++i)
        spots_.push_back({anywhere().second, between(1000, 4000), between(0, 1.2), between(0, 1.2)}
        );
    set_edges();
    for (std::size_t i = 0; i < vehicles; ++i) {
        Vehicle vehicle;
        std::tie(vehicle.at, vehicle.place) = anywhere();
        vehicle.pace = between(0.93, 1.1);
        vehicle.every = Millis{std::array{5000, 10'000, 15'000, 30'000}[i % 4]};
        vehicles_.push_back(vehicle);
    }
}

double SimulatedCity::between(double low, double high) {
    return low + (high - low) * static_cast<double>(prng_.below(1'000'001)) / 1e6;
}

std::pair<road::Place, model::Position> SimulatedCity::anywhere() {
    for (;;) {
        auto const at = network_.shapes[prng_.below(network_.shapes.size())];
        if (auto const snapped = index_.snap(at, free_.profile)) return {snapped->place, at};
    }
}

void SimulatedCity::set_edges() {
    std::vector<float> of_way;
    for (road::EdgeId edge = 0; edge < network_.edge_count(); ++edge) {
        auto const place = network_.places[network_.edge_tail[edge]];
        std::array<double, 2> sum{};
        for (auto const& spot : spots_) {
            auto const near = bell(metres(place, spot.place) / spot.radius_m);
            sum[0] += spot.morning * near;
            sum[1] += spot.evening * near;
        }
        auto const how = sensitivity(network_.edge_traits[edge].road_class);
        congestion_.push_back({static_cast<float>(sum[0] * how), static_cast<float>(sum[1] * how)});
        wrong_.push_back(static_cast<float>(between(0.85, 1.4)));
    }
}

double SimulatedCity::usual(road::EdgeId edge, Instant at) const {
    auto const [morning, evening] = peaks(at);
    auto const congestion = congestion_[edge][0] * morning + congestion_[edge][1] * evening;
    return free_.edges[edge] * static_cast<double>(wrong_[edge]) * (1 + congestion);
}

double SimulatedCity::incidents_at(road::EdgeId edge, Instant at) const {
    auto const place = network_.places[network_.edge_tail[edge]];
    double slower = 1;
    for (auto const& incident : incidents_)
        if (incident.begin <= at && at < incident.end &&
            metres(incident.place, place) < incident_radius_m)
            slower = std::max(slower, incident.slower);
    return slower;
}

// Those who drive here know what is usual, not what is today.
void SimulatedCity::know_the_hour(Instant at) {
    auto const index = at.millis() / hour_ms;
    if (index == hour_index_) return;
    hour_index_ = index;
    road::EdgeTimes times;
    for (road::EdgeId edge = 0; edge < network_.edge_count(); ++edge) {
        auto const middle = Instant{index * hour_ms + hour_ms / 2};
        times.push_back(
            free_.edges[edge] >= road::never
                ? road::never
                : static_cast<std::int32_t>(std::lround(usual(edge, middle))) + 1
        );
    }
    hour_ = road::customize(network_, lower_, free_.profile, std::move(times));
}

void SimulatedCity::add_incidents(Instant from, Instant until) {
    std::erase_if(incidents_, [&](Incident const& incident) { return incident.end <= from; });
    auto const hours = static_cast<double>((until - from).count()) / hour_ms;
    auto count = incidents_an_hour * hours;
    for (; count > 0; --count) {
        if (count < 1 && between(0, 1) > count) return;
        Incident incident;
        do {
            auto const edge = static_cast<road::EdgeId>(prng_.below(network_.edge_count()));
            if (!is_large(network_.edge_traits[edge].road_class)) continue;
            incident.place = network_.places[network_.edge_tail[edge]];
        } while (incident.place == model::Position{});
        incident.slower = between(3, 7);
        incident.begin = from + Millis{prng_.between(0, (until - from).count())};
        incident.end = incident.begin + Millis{prng_.between(900'000, 3'600'000)};
        incidents_.push_back(incident);
    }
}

void SimulatedCity::begin_day(Instant at) {
    day_ = between(0.93, 1.1);
    incidents_.clear();
    for (auto& vehicle : vehicles_)
        vehicle.free_from = at + Millis{prng_.between(0, 900'000)};
}

std::vector<SimulatedDrive> SimulatedCity::drives(Instant from, Instant until) {
    know_the_hour(from);
    add_incidents(from, until);
    std::vector<SimulatedDrive> drives;
    for (std::size_t i = 0; i < vehicles_.size(); ++i) {
        auto& vehicle = vehicles_[i];
        while (vehicle.free_from < until) {
            SimulatedDrive next;
            next.vehicle = i;
            next.begun = vehicle.free_from;
            if (drive(next, vehicle)) drives.push_back(std::move(next));
        }
    }
    std::ranges::sort(drives, {}, [](SimulatedDrive const& drive) {
        return std::pair{drive.begun, drive.vehicle};
    });
    return drives;
}

bool SimulatedCity::drive(SimulatedDrive& drive, Vehicle& vehicle) {
    do {
        std::tie(drive.target, drive.to) = anywhere();
    } while (geo::distance(vehicle.place, drive.to) > drive_max);
    drive.source = vehicle.at;
    drive.from = vehicle.place;
    auto const route = query_.route(hour_, drive.source, drive.target);
    if (!route || route->time >= road::never || route->edges.size() < 2) return false;
    std::vector<Instant> entered;  // and where the drive ends
    auto at = drive.begun;
    for (std::size_t i = 0; i < route->edges.size(); ++i) {
        auto const edge = route->edges[i];
        std::uint32_t const begin = i == 0 ? route->source.part : 0;
        bool const is_last = i + 1 == route->edges.size();
        std::uint32_t const end = is_last ? route->target.part : road::whole_edge;
        auto const part = (static_cast<double>(end) - begin) / road::whole_edge;
        entered.push_back(at);
        auto took = usual(edge, at) * incidents_at(edge, at) * day_ * vehicle.pace *
                    between(0.75, 1.35) * std::max(0.0, part);
        if (!is_last) {
            auto const next = route->edges[i + 1];
            for (auto turn = network_.turn_first[edge]; turn < network_.turn_first[edge + 1];
                 ++turn)
                if (network_.edge_of(network_.turn_to[turn]) == next)
                    took += network_.turn_cost_ds[turn] * 100.0;
            if (is_large(network_.edge_traits[next].road_class) && prng_.chance(80))
                took += between(5000, 40'000);
        }
        at = at + Millis{std::llround(took)};
    }
    entered.push_back(at);
    drive.took = at - drive.begun;
    send_fixes(drive, vehicle, *route, entered);
    vehicle.at = drive.target;
    vehicle.place = drive.to;
    vehicle.free_from = at + Millis{prng_.between(120'000, 600'000)};
    return true;
}

void SimulatedCity::send_fixes(
    SimulatedDrive& drive,
    Vehicle const& vehicle,
    road::Route const& route,
    std::vector<Instant> const& entered
) {
    auto const noise = [&] {
        std::int64_t sum = 0;
        for (int i = 0; i < 12; ++i)
            sum += prng_.between(-500, 500);
        return sum * noise_m * 10 / 111;  // 1e-7 degrees
    };
    std::size_t i = 0;
    for (auto at = drive.begun; at < entered.back(); at = at + vehicle.every) {
        while (entered[i + 1] <= at)
            ++i;
        auto const begin = i == 0 ? route.source.part : 0U;
        auto const end = i + 1 == route.edges.size() ? route.target.part : road::whole_edge;
        auto const span = static_cast<double>((entered[i + 1] - entered[i]).count());
        auto const since = static_cast<double>((at - entered[i]).count()) / span;
        auto const share = (begin + since * (static_cast<double>(end) - begin)) / road::whole_edge;
        auto const place = place_on(network_, route.edges[i], share);
        auto const cosine =
            static_cast<double>(geo::cosine(2 * std::abs(std::int64_t{place.lat}))) / (1 << 30);
        model::Fix fix;
        fix.agent = model::AgentId{drive.vehicle + 1};
        fix.time = at;
        fix.place = {
            static_cast<std::int32_t>(place.lat + noise()),
            static_cast<std::int32_t>(
                place.lon + std::lround(static_cast<double>(noise()) / cosine)
            )};
        fix.accuracy_m = noise_m;
        drive.fixes.push_back(fix);
    }
}

}  // namespace posthaste::bench
