#include "road/rules/speed.hpp"

#include <algorithm>
#include <string_view>

#include "base/assert.hpp"
#include "road/rules/values.hpp"

namespace posthaste::road {

namespace {

constexpr std::int32_t uncapped = 200;

struct SurfaceCap {
    std::string_view key;
    std::string_view value;
    std::int32_t motor = 0;
    std::int32_t bicycle = 0;
};

constexpr auto surface_caps = std::to_array<SurfaceCap>({
    {"surface", "cement", 80, 15},      {"surface", "compacted", 80, 15},
    {"surface", "fine_gravel", 80, 14}, {"surface", "paving_stones", 60, 14},
    {"surface", "metal", 60, 12},       {"surface", "bricks", 60, 12},
    {"surface", "sett", 40, 11},        {"surface", "unhewn_cobblestone", 30, 8},
    {"surface", "cobblestone", 30, 8},  {"surface", "pebblestone", 40, 10},
    {"surface", "gravel", 40, 11},      {"surface", "unpaved", 40, 12},
    {"surface", "ground", 40, 11},      {"surface", "dirt", 40, 11},
    {"surface", "earth", 20, 11},       {"surface", "clay", 30, 10},
    {"surface", "grass", 40, 8},        {"surface", "grass_paver", 40, 9},
    {"surface", "wood", 40, 10},        {"surface", "tartan", 40, 13},
    {"surface", "woodchips", 20, 8},    {"surface", "stone", 20, 8},
    {"surface", "rock", 20, 6},         {"surface", "rocky", 20, 6},
    {"surface", "snow", 30, 8},         {"surface", "ice", 20, 6},
    {"surface", "sand", 20, 5},         {"surface", "mud", 10, 5},
    {"tracktype", "grade1", 60, 15},    {"tracktype", "grade2", 40, 13},
    {"tracktype", "grade3", 30, 11},    {"tracktype", "grade4", 25, 9},
    {"tracktype", "grade5", 20, 8},     {"smoothness", "intermediate", 80, 15},
    {"smoothness", "bad", 40, 12},      {"smoothness", "very_bad", 20, 9},
    {"smoothness", "horrible", 10, 7},  {"smoothness", "very_horrible", 5, 5},
    {"smoothness", "impassable", 0, 0}, {"impassable", "yes", 0, 0},
    {"status", "impassable", 0, 0},
});

/// What is driven on the drives, aisles and alleys among highway=service.
constexpr std::int32_t narrow_service_kmh = 10;
constexpr auto narrow_services =
    std::to_array<std::string_view>({"alley", "driveway", "parking_aisle", "drive-through"});

constexpr auto surface_keys =
    std::to_array<std::string_view>({"surface", "tracktype", "smoothness", "impassable", "status"});

/// Of several values ("asphalt;gravel") the slowest counts; one that is not known caps nothing.
void cap_by_surface(SpeedSigns& signs, std::string_view key, std::string_view values) {
    while (!values.empty()) {
        auto const value = take_part(values, ';');
        for (auto const& cap : surface_caps) {
            if (cap.key != key || cap.value != value) continue;
            signs.motor_cap = std::min(signs.motor_cap, cap.motor);
            signs.bicycle_cap = std::min(signs.bicycle_cap, cap.bicycle);
        }
    }
}

/// 0: there is no such tag, or it says nothing that can be read.
std::int32_t limit_of(Tags const& tags, std::string_view key, std::uint8_t& unread) {
    auto const value = tags[key];
    if (value.empty()) return 0;
    auto const kmh = kmh_of(value);
    if (!kmh && unread < UINT8_MAX) ++unread;
    return kmh.value_or(0);
}

struct LimitKeys {
    std::string_view both;
    std::string_view forward;
    std::string_view backward;
};

constexpr LimitKeys limit_keys{"maxspeed", "maxspeed:forward", "maxspeed:backward"};
constexpr LimitKeys truck_limit_keys{
    "maxspeed:hgv", "maxspeed:hgv:forward", "maxspeed:hgv:backward"};

Limits limits_of(Tags const& tags, LimitKeys const& keys, std::uint8_t& unread) {
    auto const both = limit_of(tags, keys.both, unread);
    auto const forward = limit_of(tags, keys.forward, unread);
    auto const backward = limit_of(tags, keys.backward, unread);
    return {forward == 0 ? both : forward, backward == 0 ? both : backward};
}

/// Where maxspeed itself is missing, but the reason for it is not: "DE:rural". Other values of
/// these keys ("sign") say nothing of the limit.
std::int32_t limit_by_reason(Tags const& tags) {
    for (std::string_view const key : {"maxspeed:type", "source:maxspeed", "zone:maxspeed"}) {
        auto const value = tags[key];
        if (value.find(':') == std::string_view::npos) continue;
        if (auto const kmh = kmh_of(value)) return *kmh;
    }
    return 0;
}

/// The share of a limit that is driven; never 0.
std::int32_t driven_of(std::int32_t limit, RoadKind const& kind) {
    return std::max(limit * kind.limit_percent / 100, 1);
}

std::uint8_t narrowed(std::int32_t kmh) {
    ASSERT(kmh >= 0);
    ASSERT(kmh <= uncapped);
    return static_cast<std::uint8_t>(kmh);
}

}  // namespace

SpeedSigns speed_signs_of(Tags const& tags) {
    SpeedSigns signs{.motor_cap = uncapped, .bicycle_cap = uncapped};
    signs.any = limits_of(tags, limit_keys, signs.unread);
    signs.truck = limits_of(tags, truck_limit_keys, signs.unread);
    if (signs.any == Limits{}) {
        auto const limit = limit_by_reason(tags);
        signs.any = {limit, limit};
    }
    for (auto const key : surface_keys)
        cap_by_surface(signs, key, tags[key]);
    auto const service = tags["service"];
    if (std::find(narrow_services.begin(), narrow_services.end(), service) !=
        narrow_services.end()) {
        signs.motor_cap = std::min(signs.motor_cap, narrow_service_kmh);
    }
    return signs;
}

Speeds speeds_of(SpeedSigns const& signs, RoadKind const& kind, Direction direction) {
    auto const side = static_cast<std::size_t>(direction);
    auto const limit = signs.any[side];
    bool const for_motors = kind.motor_kmh != 0;

    auto car = limit == 0 ? kind.motor_kmh : driven_of(limit, kind);
    car = for_motors ? std::min({car, kind.motor_kmh_max, signs.motor_cap}) : 0;

    auto truck = kind.road_class == RoadClass::ferry ? car : std::min(car * 9 / 10, truck_kmh_max);
    if (signs.truck[side] != 0) truck = std::min(truck, driven_of(signs.truck[side], kind));
    if (car > 0) truck = std::max(truck, 1);

    bool const is_hurried =
        kind.road_class != RoadClass::path && kind.road_class != RoadClass::ferry;
    auto const emergency = is_hurried ? std::min(car * 13 / 10, emergency_kmh_max) : car;

    auto const bicycle =
        std::min({kind.bicycle_kmh, limit == 0 ? kind.bicycle_kmh : limit, signs.bicycle_cap});

    Speeds speeds{};
    speeds[index_of(Profile::car)] = speeds[index_of(Profile::van)] = narrowed(car);
    speeds[index_of(Profile::truck)] = narrowed(truck);
    speeds[index_of(Profile::emergency)] = narrowed(emergency);
    speeds[index_of(Profile::bicycle)] = narrowed(bicycle);
    speeds[index_of(Profile::foot)] = narrowed(kind.foot_kmh);
    return speeds;
}

}  // namespace posthaste::road
