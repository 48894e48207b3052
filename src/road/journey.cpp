#include "road/journey.hpp"

#include <algorithm>

#include "geo/distance.hpp"
#include "road/describe.hpp"

namespace posthaste::road {

std::optional<Journey> Journey::plan(
    Roads const& roads, Query& query, Profile profile, Position source, Position target
) {
    auto const from = roads.index().snap(source, profile);
    auto const to = roads.index().snap(target, profile);
    if (!from || !to) return std::nullopt;
    auto const& metric = *roads.metric(profile);
    auto const route = query.route(metric, from->place, to->place);
    if (!route) return std::nullopt;
    auto const said = describe(roads.network(), metric, *route);
    std::int64_t along = 0;
    for (auto const& piece : said.pieces)
        along += piece.time_ms;
    Journey journey;
    journey.points_.push_back({source, Millis{}, 0});
    std::int64_t passed = 0;
    std::int64_t length = 0;
    for (std::size_t i = 0; i < said.pieces.size(); ++i) {
        passed += said.pieces[i].time_ms;
        length += said.pieces[i].length_mm;
        auto const after = along == 0 ? 0 : passed * said.time_ms / along;
        journey.points_.push_back({said.line[i + 1], Millis{after}, length});
    }
    journey.points_.push_back({target, Millis{std::max<std::int64_t>(said.time_ms, 1)}, length});
    return journey;
}

Journey::Leg Journey::leg_at(Millis since) const {
    auto const next = std::ranges::upper_bound(points_, since, {}, &Point::after);
    if (next == points_.end()) return {points_.back(), points_.back()};
    if (next == points_.begin()) return {points_.front(), points_.front()};
    return {*std::prev(next), *next};
}

std::int64_t Journey::Leg::part(std::int64_t whole, Millis since) const {
    auto const span = (to.after - from.after).count();
    return span == 0 ? 0 : whole * (since - from.after).count() / span;
}

Position Journey::at(Millis since) const {
    auto const leg = leg_at(since);
    auto const between = [&](std::int32_t from, std::int32_t to) {
        return static_cast<std::int32_t>(from + leg.part(std::int64_t{to} - from, since));
    };
    return {
        between(leg.from.place.lat, leg.to.place.lat),
        between(leg.from.place.lon, leg.to.place.lon)};
}

std::int64_t Journey::length_mm(Millis since) const {
    auto const leg = leg_at(since);
    return leg.from.length_mm + leg.part(leg.to.length_mm - leg.from.length_mm, since);
}

}  // namespace posthaste::road
