#include <algorithm>
#include <array>
#include <string_view>

#include "road/rules/access.hpp"
#include "road/rules/road_kind.hpp"
#include "road/rules/size.hpp"
#include "road/rules/way_rules.hpp"

namespace posthaste::road {

namespace {

constexpr ProfileMask nobody = 0;
constexpr ProfileMask all_but_foot =
    all_profiles & static_cast<ProfileMask>(~bit_of(Profile::foot));

struct Barrier {
    std::string_view name;
    ProfileMask bars = 0;  ///< as long as no tag of access says otherwise
};

constexpr auto barriers = std::to_array<Barrier>({
    {"no", nobody},
    {"arch", nobody},
    {"border_control", nobody},
    {"bump_gate", nobody},
    {"cattle_grid", nobody},
    {"checkpoint", nobody},
    {"coupure", nobody},
    {"entrance", nobody},
    {"gate", nobody},
    {"hampshire_gate", nobody},
    {"height_restrictor", nobody},
    {"kerb", nobody},
    {"lift_gate", nobody},
    {"sally_port", nobody},
    {"sliding_gate", nobody},
    {"swing_gate", nobody},
    {"toll_booth", nobody},
    {"block", motor_profiles},
    {"bollard", motor_profiles},
    {"bus_trap", motor_profiles},
    {"chain", motor_profiles},
    {"cycle_barrier", motor_profiles},
    {"jersey_barrier", motor_profiles},
    {"sump_buster", motor_profiles},
    {"full-height_turnstile", all_but_foot},
    {"horse_stile", all_but_foot},
    {"kissing_gate", all_but_foot},
    {"stile", all_but_foot},
    {"turnstile", all_but_foot},
    {"city_wall", all_profiles},
    {"fence", all_profiles},
    {"hedge", all_profiles},
    {"retaining_wall", all_profiles},
    {"wall", all_profiles},
});

/// What a fire engine's crew opens with its key.
constexpr auto openable_bollards =
    std::to_array<std::string_view>({"removable", "rising", "retractable", "foldable"});

ProfileMask barred_by_kind(Tags const& tags) {
    auto const value = tags["barrier"];
    auto const found = std::find_if(barriers.begin(), barriers.end(), [&](Barrier const& barrier) {
        return barrier.name == value;
    });
    // A kind that is not known stops what is wide: motor vehicles.
    auto bars = found == barriers.end() ? motor_profiles : found->bars;
    bool const is_openable =
        std::find(openable_bollards.begin(), openable_bollards.end(), tags["bollard"]) !=
        openable_bollards.end();
    if (is_openable) bars &= static_cast<ProfileMask>(~bit_of(Profile::emergency));
    return bars;
}

}  // namespace

NodeUse node_use_of(Tags const& tags, TruckSize const& truck) {
    NodeUse use;
    use.has_signal = tags["highway"] == "traffic_signals";
    if (!tags.has("barrier")) return use;  // bicycle=no on a crossing is not about the road

    auto const signs = access_signs_of(tags);
    auto const bars = barred_by_kind(tags);
    for (std::size_t i = 0; i < profile_count; ++i) {
        auto const bit = bit_of(static_cast<Profile>(i));
        auto const by_default = (bars & bit) != 0 ? Access::closed : Access::open;
        auto const access =
            permission_of(signs, static_cast<Profile>(i), Direction::forward, by_default);
        // Behind a private gate nobody is let in without a key.
        if (access == Access::closed || access == Access::permit) use.barred |= bit;
    }
    use.barred |= kept_out_of(size_signs_of(tags), truck, Direction::forward);
    return use;
}

}  // namespace posthaste::road
