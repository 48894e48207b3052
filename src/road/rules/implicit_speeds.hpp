// The speed limits that hold without a sign, by country: "DE:urban", "FR:zone30", "GB:nsl_single".
//
// Gives    km/h; nothing when what follows the country is not known. A country that is not in the
//          table, or of which a row says 0, has the world's common value.
// Threads  pure
// Source   OSM wiki: Speed limits, Default speed limits, Key:source:maxspeed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace posthaste::road {

std::optional<std::int32_t> implicit_kmh_of(std::string_view value);

}  // namespace posthaste::road
