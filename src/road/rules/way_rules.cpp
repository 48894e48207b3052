#include "road/rules/way_rules.hpp"

#include <algorithm>

#include "road/rules/access.hpp"
#include "road/rules/oneway.hpp"
#include "road/rules/road_kind.hpp"
#include "road/rules/size.hpp"
#include "road/rules/speed.hpp"
#include "road/rules/values.hpp"

namespace posthaste::road {

namespace {

constexpr std::uint8_t walked_bicycle_kmh = 5;
/// A blue light against a one-way street.
constexpr std::uint8_t against_kmh = 15;

struct Way {
    Tags const& tags;
    TruckSize const& truck;
    RoadKind const& kind;
    AccessSigns access;
    SpeedSigns speed;
    SizeSigns size;
    OneWay one_way;
    ProfileMask open = 0;  ///< by its kind
};

/// Those for whom the kind of way is open before any sign of access.
ProfileMask open_by_kind(Tags const& tags, RoadKind const& kind, AccessSigns const& signs) {
    constexpr ProfileMask unmotored = bit_of(Profile::bicycle) | bit_of(Profile::foot);
    ProfileMask open = kind.open;
    if (tags["motorroad"] == "yes") open &= static_cast<ProfileMask>(~unmotored);
    if (tags["service"] == "emergency_access") open &= static_cast<ProfileMask>(~lorries_and_cars);
    if (kind.road_class == RoadClass::ferry && !speaks_of_motor_vehicles(signs)) {
        // Who says that a ferry takes people and bicycles, and no word of cars, means just that.
        bool const takes_people =
            signs.said(AccessKey::foot, Direction::forward) == Access::open ||
            signs.said(AccessKey::bicycle, Direction::forward) == Access::open;
        if (takes_people) open &= static_cast<ProfileMask>(~motor_profiles);
    }
    return open;
}

Access default_of(Way const& way, Profile profile) {
    auto const bit = bit_of(profile);
    if ((way.open & bit) == 0) return Access::closed;
    if (profile == Profile::bicycle && is_walked_by_bicycle(way.kind)) return Access::dismount;
    bool const is_field_road = way.kind.road_class == RoadClass::track;
    return is_field_road && (bit & lorries_and_cars) != 0 ? Access::destination : Access::open;
}

Flow flow_of(OneWay const& one_way, Profile profile) {
    if (profile == Profile::bicycle) return one_way.bicycle;
    return profile == Profile::foot ? one_way.foot : one_way.motor;
}

/// Small streets only: elsewhere nobody expects it, and a carriageway may be one of two.
bool may_be_driven_against(Way const& way) {
    if (way.one_way.motor == Flow::none || is_roundabout(way.tags)) return false;
    auto const road_class = way.kind.road_class;
    return road_class == RoadClass::unclassified || road_class == RoadClass::residential ||
           road_class == RoadClass::living_street || road_class == RoadClass::service;
}

/// Fills one direction of the use.
void travel(Way const& way, Direction direction, WayUse& use) {
    auto& speeds = direction == Direction::forward ? use.forward : use.backward;
    auto const kept_out = kept_out_of(way.size, way.truck, direction);
    auto const possible = speeds_of(way.speed, way.kind, direction);
    for (std::size_t i = 0; i < profile_count; ++i) {
        auto const profile = static_cast<Profile>(i);
        auto const bit = bit_of(profile);
        auto kmh = possible[i];
        if (!allows(flow_of(way.one_way, profile), direction)) {
            if (profile != Profile::emergency || !may_be_driven_against(way)) continue;
            kmh = std::min(kmh, against_kmh);
        }
        auto const access = permission_of(way.access, profile, direction, default_of(way, profile));
        if (access == Access::closed || (kept_out & bit) != 0 || kmh == 0) continue;
        if (access == Access::dismount) kmh = std::min(kmh, walked_bicycle_kmh);
        speeds[i] = kmh;
        if (access == Access::permit || access == Access::destination) use.destination_only |= bit;
    }
}

std::uint8_t sum_of_unread(Way const& way) {
    int const sum = way.access.unread + way.speed.unread + way.size.unread + way.one_way.unread;
    return static_cast<std::uint8_t>(std::min(sum, UINT8_MAX));
}

}  // namespace

std::optional<WayUse> use_of(Tags const& tags, TruckSize const& truck) {
    auto const* const kind = kind_of(tags);
    if (kind == nullptr) return std::nullopt;
    Way way{
        .tags = tags,
        .truck = truck,
        .kind = *kind,
        .access = access_signs_of(tags),
        .speed = speed_signs_of(tags),
        .size = size_signs_of(tags),
        .one_way = one_way_of(tags, *kind),
    };
    way.open = open_by_kind(tags, *kind, way.access);

    WayUse use;
    travel(way, Direction::forward, use);
    travel(way, Direction::backward, use);
    if (use.forward == Speeds{} && use.backward == Speeds{}) return std::nullopt;
    use.road_class = kind->road_class;
    use.is_link = kind->is_link;
    use.is_roundabout = is_roundabout(tags);
    use.unread = sum_of_unread(way);
    if (auto const text = tags["duration"]; kind->road_class == RoadClass::ferry && !text.empty()) {
        auto const duration = duration_of(text);
        use.duration = duration.value_or(Millis{});
        if (!duration && use.unread < UINT8_MAX) ++use.unread;
    }
    return use;
}

}  // namespace posthaste::road
