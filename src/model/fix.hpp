// A fix: one GPS position of one agent, already filtered (ingest/track_filter.hpp).
#pragma once

#include <array>
#include <string_view>

#include "model/ids.hpp"
#include "model/place.hpp"

namespace posthaste::model {

constexpr std::int32_t unknown_heading = -1;

/// The protocol it came by.
enum class FixSource : std::uint8_t { ndjson, osmand, owntracks, traccar };
constexpr auto names_of(FixSource) {
    return std::to_array<std::string_view>({"ndjson", "osmand", "owntracks", "traccar"});
}

struct Fix {
    AgentId agent{};
    Position place;
    Instant time;                                ///< when it was so, by the device
    Instant received;                            ///< when we heard of it
    std::int32_t accuracy_m = 0;                 ///< radius; 0: not said
    std::int32_t speed_mm_s = -1;                ///< -1: not said
    std::int32_t heading_deg = unknown_heading;  ///< 0..359, clockwise from north
    FixSource source = FixSource::ndjson;
    ZoneId zone{};  ///< a service area, else a fence, that the agent was in; zero: none, or late

    bool operator==(Fix const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "place", self.place);
        field(3, "time", self.time);
        field(4, "received", self.received);
        field(5, "accuracy_m", self.accuracy_m);
        field(6, "speed_mm_s", self.speed_mm_s);
        field(7, "heading_deg", self.heading_deg);
        field(8, "source", self.source);
        field(9, "zone", self.zone);
    }
};

}  // namespace posthaste::model
