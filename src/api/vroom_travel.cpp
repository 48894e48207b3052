#include "api/vroom_travel.hpp"

#include <algorithm>

#include "api/osrm_question.hpp"
#include "geo/distance.hpp"
#include "match/travel.hpp"
#include "node/road_travel.hpp"
#include "road/describe.hpp"
#include "views/json_text.hpp"

namespace posthaste::api {

namespace {

constexpr std::array<std::int32_t, 3> speeds_mm_s{10'000, 4200, 1400};  // motor, bicycle, foot

std::int32_t speed_of(road::Profile profile) {
    if (profile == road::Profile::bicycle) return speeds_mm_s[1];
    return speeds_mm_s[profile == road::Profile::foot ? 2 : 0];
}

// Whole seconds at so much of the usual speed; a drive of no time stays one.
std::int32_t seconds(std::int64_t millis, std::int64_t speed_percent) {
    auto const scaled = (millis * 100 + speed_percent * 1000 - 1) / (speed_percent * 1000);
    return static_cast<std::int32_t>(std::min<std::int64_t>(scaled, plan::no_way - 1));
}

std::int32_t metres(std::int64_t millimetres) {
    auto const rounded = (millimetres + 500) / 1000;
    return static_cast<std::int32_t>(std::min<std::int64_t>(rounded, plan::no_way - 1));
}

std::string told(model::Position at) {
    views::JsonText text;
    text.open('[');
    text.degrees(at.lon);
    text.degrees(at.lat);
    text.close(']');
    return text.text();
}

void find_straight(
    VroomQuestion const& question,
    road::Profile profile,
    std::int64_t percent,
    std::vector<plan::Leg>& legs
) {
    model::Policy policy;
    policy.speed_mm_s.fill(speed_of(profile));
    match::StraightLine const line{policy};
    std::size_t next = 0;
    for (auto const from : question.places) {
        for (auto const to : question.places) {
            auto const distance = geo::distance_mm(from, to) * policy.detour_per_mille / 1000;
            legs[next++] = {seconds(line.time(from, to, 0).count(), percent), metres(distance)};
        }
    }
}

struct OnRoads {
    road::Roads const& roads;
    road::Profile profile;
    std::vector<road::Place> places;
};

Result<OnRoads> snapped(
    VroomQuestion const& question, road::Roads const& roads, road::Profile profile
) {
    OnRoads on{roads, profile, {}};
    for (auto const at : question.places) {
        auto const found = roads.index().snap(at, profile, {.reach = node::road_reach});
        if (!found) return Error{Errc::not_found, "there is no road near " + told(at)};
        on.places.push_back(found->place);
    }
    return on;
}

void find_distances(OnRoads const& on, road::Query& query, std::vector<plan::Leg>& legs) {
    auto const& metric = *on.roads.metric(on.profile);
    std::size_t next = 0;
    for (auto const& from : on.places) {
        for (auto const& to : on.places) {
            auto& leg = legs[next++];
            if (leg.time == plan::no_way || &from == &to) continue;
            auto const route = query.route(metric, from, to);
            if (!route) continue;
            leg.distance = metres(road::describe(on.roads.network(), metric, *route).length_mm);
        }
    }
}

Status find_on_roads(
    VroomQuestion const& question,
    OnRoads const& on,
    std::int64_t percent,
    std::vector<plan::Leg>& legs
) {
    if (question.needs_distances && legs.size() > road_distances_max) {
        return Error{
            Errc::limit_exceeded,
            "distances on roads are found for at most 500 places: leave out per_km and "
            "max_distance, or give matrices"};
    }
    road::Query query{on.roads.network(), on.roads.lower()};
    auto const times = query.matrix(*on.roads.metric(on.profile), on.places, on.places);
    auto const count = on.places.size();
    for (std::size_t i = 0; i < times.size(); ++i) {
        bool const is_there = times[i] < road::never;
        legs[i] = {is_there ? seconds(times[i], percent) : plan::no_way, 0};
        if (i / count == i % count) legs[i] = {};
    }
    if (question.needs_distances) find_distances(on, query, legs);
    return Unit{};
}

}  // namespace

Status find_legs(VroomQuestion& question, road::Roads const* roads) {
    if (question.places.empty()) return Unit{};
    for (std::size_t i = 0; i < question.profiles.size(); ++i) {
        auto const& named = question.profiles[i];
        auto const profile = profile_of(named.name);
        if (!profile) return Error{Errc::not_found, "there is no profile " + named.name};
        auto& legs = question.problem.profiles[i].legs;
        ASSERT(legs.size() == question.places.size() * question.places.size());
        if (roads == nullptr) {
            find_straight(question, *profile, named.speed_percent, legs);
            continue;
        }
        if (!roads->is_for(*profile)) {
            return Error{Errc::not_found, "the roads were not imported for " + named.name};
        }
        auto const on = TRY(snapped(question, *roads, *profile));
        (void)TRY(find_on_roads(question, on, named.speed_percent, legs));
    }
    question.has_distances = roads == nullptr || question.needs_distances;
    return Unit{};
}

}  // namespace posthaste::api
