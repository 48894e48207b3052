#include "load/work.hpp"

#include <array>

namespace posthaste::load {

namespace {

constexpr std::array ride{
    Step{Act::say, "en_route", 0},
    Step{Act::drive, {}, 0},
    Step{Act::say, "arrived", 0},
    Step{Act::serve, {}, 0},
    Step{Act::say, "on_board", 0},
    Step{Act::drive, {}, 1},
    Step{Act::serve, {}, 1},
    Step{Act::say, "completed", 1},
};

constexpr std::array parcel{
    Step{Act::say, "to_pickup", 0},
    Step{Act::drive, {}, 0},
    Step{Act::say, "at_pickup", 0},
    Step{Act::serve, {}, 0},
    Step{Act::say, "on_vehicle", 0},
    Step{Act::drive, {}, 1},
    Step{Act::serve, {}, 1},
    Step{Act::attach, "photo_after", 1},
    Step{Act::say, "delivered", 1},
};

constexpr std::array field_service{
    Step{Act::say, "accepted", 0},
    Step{Act::say, "en_route", 0},
    Step{Act::drive, {}, 0},
    Step{Act::say, "on_site", 0},
    Step{Act::attach, "photo_before", 0},
    Step{Act::say, "in_progress", 0},
    Step{Act::serve, {}, 0},
    Step{Act::attach, "photo_after", 0},
    Step{Act::attach, "signature", 0},
    Step{Act::say, "completed", 0},
};

}  // namespace

std::span<Step const> steps_of(std::string_view workflow) {
    if (workflow == "ride") return ride;
    if (workflow == "parcel") return parcel;
    if (workflow == "field_service") return field_service;
    return {};
}

std::string_view workflow_of(std::string_view kind, Stops stops) {
    if (stops == Stops::one) return "field_service";
    return kind == "parcel" ? "parcel" : "ride";
}

}  // namespace posthaste::load
