// Who may, by the signs: access=* and what is more specific, for each direction.
//
// Takes    a way's or a node's tags.
// Gives    access_signs_of(): all of them, read once; permission_of(): what they say to one
//          profile. The most specific key that says something wins, in the direction before both:
//          hgv > motor_vehicle > vehicle > access, and so on. access=* alone can close what is
//          open, and never opens what is closed by its kind: who tags access=yes on a footway
//          means those on foot. Several values ("agricultural;destination"): the widest.
//          What holds at times only (access:conditional) is not read.
// Threads  pure
// Source   OSM wiki: Key:access, Conditional restrictions, Key:emergency.
#pragma once

#include <array>
#include <cstdint>

#include "road/osm/objects.hpp"
#include "road/rules/profile.hpp"

namespace posthaste::road {

enum class Direction : std::uint8_t { forward, backward };

/// From the narrowest to the widest.
enum class Access : std::uint8_t {
    unsaid,
    closed,
    emergency,    ///< closed to all without a blue light
    dismount,     ///< a bicycle may be walked
    permit,       ///< private and the like: those who are expected there
    destination,  ///< also customers, delivery: only to start or end
    open,
};

enum class AccessKey : std::uint8_t {
    access,
    vehicle,
    motor_vehicle,
    motorcar,
    goods,
    hgv,
    bicycle,
    foot,
    emergency,
};
constexpr std::size_t access_key_count = 9;

struct AccessSigns {
    std::array<Access, access_key_count> forward{};
    std::array<Access, access_key_count> backward{};
    std::uint8_t unread = 0;

    Access said(AccessKey key, Direction direction) const {
        auto const& side = direction == Direction::forward ? forward : backward;
        return side[static_cast<std::size_t>(key)];
    }
};

AccessSigns access_signs_of(Tags const& tags);

/// Never unsaid. A blue light obeys emergency=* only, but where its kind is closed to it, it may go
/// where some vehicle may.
Access permission_of(
    AccessSigns const& signs, Profile profile, Direction direction, Access by_default
);

/// Something is said to motor vehicles by name, in either direction.
bool speaks_of_motor_vehicles(AccessSigns const& signs);

}  // namespace posthaste::road
