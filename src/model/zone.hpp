// A zone: one shape used by fences, eligibility, hubs and access alike.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.hpp"
#include "model/place.hpp"

namespace posthaste::model {

constexpr std::size_t zone_points_max = 2000;
constexpr std::size_t zones_max = 10'000;

enum class ZoneKind : std::uint8_t {
    service_area,  ///< a job in it is for agents with the right to it
    hub,           ///< a depot, station or restaurant: a place where stops are
    fence,         ///< only watched
};
constexpr auto names_of(ZoneKind) {
    return std::to_array<std::string_view>({"service_area", "hub", "fence"});
}

struct Zone {
    ZoneId id{};
    std::string name;
    ZoneKind kind = ZoneKind::fence;
    std::vector<Position> ring;  ///< a simple polygon, not closed; empty: a circle
    Position centre;             ///< of the circle, or of the hub
    Metres radius;               ///< 0 for a polygon
    Millis dwell;                ///< told once an agent has been inside this long; 0: never
    EventNumber version = 0;     ///< of the event that set it; zero in what is asked for

    bool operator==(Zone const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "name", self.name);
        field(3, "kind", self.kind);
        field(4, "ring", self.ring);
        field(5, "centre", self.centre);
        field(6, "radius", self.radius);
        field(7, "dwell", self.dwell);
        field(8, "version", self.version);
    }
};

enum class Crossing : std::uint8_t { enter, exit, dwell, passed };
constexpr auto names_of(Crossing) {
    return std::to_array<std::string_view>({"enter", "exit", "dwell", "passed"});
}

}  // namespace posthaste::model
