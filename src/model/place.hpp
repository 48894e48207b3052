// Where: a position on the earth, and a window in time.
//
// Units    lat, lon: 1e-7 degree, so int32 reaches +-214 degrees at 11 mm. Input is checked to be
//          within +-90 and +-180 degrees by api/ and ingest/, and asserted from there on.
#pragma once

#include <compare>
#include <cstdint>

#include "base/instant.hpp"

namespace posthaste::model {

struct Position {
    std::int32_t lat = 0;
    std::int32_t lon = 0;

    auto operator<=>(Position const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "lat", self.lat);
        field(2, "lon", self.lon);
    }
};

constexpr std::int32_t lat_max = 900'000'000;
constexpr std::int32_t lon_max = 1'800'000'000;

constexpr bool is_on_earth(Position place) {
    return place.lat >= -lat_max && place.lat <= lat_max && place.lon >= -lon_max &&
           place.lon <= lon_max;
}

struct Window {
    Instant earliest;
    Instant latest = instant_max;

    bool operator==(Window const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "earliest", self.earliest);
        field(2, "latest", self.latest);
    }
};

}  // namespace posthaste::model
