#include "load/personality.hpp"

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::load {

Personality draw_personality(std::uint64_t seed, std::uint64_t number) {
    Prng prng{seed ^ (number * 0x9e3779b97f4a7c15ULL)};
    Personality who;
    auto const kind = prng.below(100);
    if (kind < 80) {
        who.accepts = 980;
    } else if (kind < 95) {
        who.accepts = 850;
    } else {
        who.accepts = 700;
        who.ignores = 300;
        who.think_max = Millis{6000};
    }
    who.speed_mm_s = prng.between(8000, 12'000);
    return who;
}

Response draw_response(Personality const& who, Prng& prng) {
    if (prng.chance(who.accepts)) return Response::accept;
    return prng.chance(who.ignores) ? Response::ignore : Response::decline;
}

Millis draw_thinking(Personality const& who, Prng& prng) {
    return Millis{prng.between(who.think_min.count(), who.think_max.count())};
}

model::Position drive(
    model::Position from, model::Position to, std::int64_t speed_mm_s, Millis span
) {
    ASSERT(speed_mm_s > 0);
    ASSERT(span >= Millis{});
    auto const whole = geo::distance_mm(from, to);
    auto const part = speed_mm_s * span.count() / 1000;
    if (part >= whole) return to;
    auto const dlat = std::int64_t{to.lat} - from.lat;
    auto const dlon = geo::lon_difference(from.lon, to.lon);
    auto lon = from.lon + dlon * part / whole;
    if (lon > model::lon_max) lon -= geo::lon_turn;
    if (lon < -model::lon_max) lon += geo::lon_turn;
    return {
        static_cast<std::int32_t>(from.lat + dlat * part / whole), static_cast<std::int32_t>(lon)};
}

}  // namespace posthaste::load
