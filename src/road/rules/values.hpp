// OSM's values as numbers: speeds, lengths, weights, durations.
//
// Takes    a tag's value as people write it: "30 mph", "12'6\"", "7.5", "50;30", "PT1H15M".
// Gives    an integer rounded down; 0 where the value says that nothing is said ("signals",
//          "unsigned", no height "default"). Nothing: it cannot be read.
// Shapes   several values ("50;30"): the lowest.
// Units    km/h, decimetres, 100 kg.
// Threads  pure
// Source   OSM wiki: Map features/Units, Key:maxspeed, Key:maxheight, Key:duration,
//          Key:source:maxspeed (the implicit values), Speed limits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/quantity.hpp"

namespace posthaste::road {

/// What "none" stands for: nothing is faster on any class of road.
constexpr std::int32_t kmh_unlimited = 140;
constexpr std::int32_t kmh_walk = 7;

/// A larger number is a slip of the pen: 500 for 50.
constexpr std::int32_t kmh_read_max = 250;
constexpr std::int32_t dimension_read_max = 10'000;  ///< 1 km, 1000 t

std::optional<std::int32_t> kmh_of(std::string_view value);
std::optional<std::int32_t> decimetres_of(std::string_view value);
std::optional<std::int32_t> hundred_kg_of(std::string_view value);

/// "45" (minutes), "1:30" (hours and minutes), "1:30:00", "PT1H30M", "P1DT2H"; never 0, at most
/// duration_read_max.
std::optional<Millis> duration_of(std::string_view value);

constexpr Millis duration_read_max{std::int64_t{7} * 24 * 3'600'000};

/// The part before the first `separator`, without blanks around it; it and the separator are taken
/// off the text. Requires: more is left, or a first call.
std::string_view take_part(std::string_view& text, char separator);

}  // namespace posthaste::road
