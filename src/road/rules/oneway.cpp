#include "road/rules/oneway.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace posthaste::road {

namespace {

struct FlowValue {
    std::string_view name;
    Flow flow{};
};

constexpr auto flow_values = std::to_array<FlowValue>({
    {"yes", Flow::forward},
    {"1", Flow::forward},
    {"true", Flow::forward},
    {"no", Flow::both},
    {"0", Flow::both},
    {"false", Flow::both},
    {"alternating", Flow::both},
    {"-1", Flow::backward},
    {"reverse", Flow::backward},
    {"reversible", Flow::none},
});

/// Nothing: there is no such tag, or it cannot be read.
std::optional<Flow> flow_of(Tags const& tags, std::string_view key, std::uint8_t& unread) {
    auto const value = tags[key];
    if (value.empty()) return std::nullopt;
    for (auto const& row : flow_values) {
        if (row.name == value) return row.flow;
    }
    ++unread;
    return std::nullopt;
}

bool has_opposite_cycleway(Tags const& tags) {
    for (std::string_view const key :
         {"cycleway", "cycleway:left", "cycleway:right", "cycleway:both"}) {
        if (tags[key].starts_with("opposite")) return true;
    }
    return false;
}

}  // namespace

bool is_roundabout(Tags const& tags) {
    auto const junction = tags["junction"];
    return junction == "roundabout" || junction == "circular";
}

OneWay one_way_of(Tags const& tags, RoadKind const& kind) {
    OneWay result;
    bool const is_implied = is_roundabout(tags) || kind.road_class == RoadClass::motorway;
    auto const all =
        flow_of(tags, "oneway", result.unread).value_or(is_implied ? Flow::forward : Flow::both);
    result.motor = flow_of(tags, "oneway:motor_vehicle", result.unread).value_or(all);
    auto const bicycle = flow_of(tags, "oneway:bicycle", result.unread);
    result.bicycle = bicycle.value_or(has_opposite_cycleway(tags) ? Flow::both : all);
    result.foot = flow_of(tags, "oneway:foot", result.unread).value_or(Flow::both);
    return result;
}

}  // namespace posthaste::road
