// Who travels: the profiles a network is imported for.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace posthaste::road {

enum class Profile : std::uint8_t { car, van, truck, bicycle, foot, emergency };

constexpr std::size_t profile_count = 6;

constexpr auto names_of(Profile) {
    return std::to_array<std::string_view>({"car", "van", "truck", "bicycle", "foot", "emergency"});
}

constexpr std::size_t index_of(Profile profile) {
    return static_cast<std::size_t>(profile);
}

/// A bit for each profile.
using ProfileMask = std::uint8_t;

constexpr ProfileMask bit_of(Profile profile) {
    return static_cast<ProfileMask>(1U << index_of(profile));
}

/// How a kind of vehicle travels, by its name: car, van, truck, bicycle (bike, cargo_bike), foot
/// (walker), emergency (ambulance, fire_engine, police); any other name as a car.
Profile profile_of(std::string_view vehicle_kind);

constexpr ProfileMask all_profiles = (1U << profile_count) - 1;

}  // namespace posthaste::road
