#include "road/rules/access.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "base/assert.hpp"
#include "road/rules/values.hpp"

namespace posthaste::road {

namespace {

/// In the order of AccessKey.
constexpr std::array<std::string_view, access_key_count> key_names{
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "goods",
    "hgv",
    "bicycle",
    "foot",
    "emergency",
};

struct AccessValue {
    std::string_view name;
    Access access{};
};

constexpr auto access_values = std::to_array<AccessValue>({
    {"yes", Access::open},
    {"designated", Access::open},
    {"permissive", Access::open},
    {"official", Access::open},
    {"public", Access::open},
    {"discouraged", Access::open},
    {"optional_sidepath", Access::open},
    {"destination", Access::destination},
    {"customers", Access::destination},
    {"delivery", Access::destination},
    {"private", Access::permit},
    {"permit", Access::permit},
    {"residents", Access::permit},
    {"employees", Access::permit},
    {"dismount", Access::dismount},
    {"emergency", Access::emergency},
    {"no", Access::closed},
    {"agricultural", Access::closed},
    {"forestry", Access::closed},
    {"psv", Access::closed},
    {"bus", Access::closed},
    {"taxi", Access::closed},
    {"hov", Access::closed},
    {"military", Access::closed},
    {"restricted", Access::closed},
    {"use_sidepath", Access::closed},
    {"unknown", Access::unsaid},
    {"variable", Access::unsaid},
});

/// The widest of "agricultural;destination"; nothing: not one of them can be read.
std::optional<Access> access_of(std::string_view text) {
    std::optional<Access> widest;
    do {
        auto const part = take_part(text, ';');
        for (auto const& value : access_values) {
            if (value.name == part) widest = std::max(widest.value_or(value.access), value.access);
        }
    } while (!text.empty());
    return widest;
}

std::optional<std::size_t> key_index_of(std::string_view name) {
    auto const found = std::find(key_names.begin(), key_names.end(), name);
    if (found == key_names.end()) return std::nullopt;
    return static_cast<std::size_t>(found - key_names.begin());
}

/// The most specific first.
constexpr auto car_chain = std::to_array(
    {AccessKey::motorcar, AccessKey::motor_vehicle, AccessKey::vehicle, AccessKey::access}
);
constexpr auto van_chain = std::to_array(
    {AccessKey::goods,
     AccessKey::motorcar,
     AccessKey::motor_vehicle,
     AccessKey::vehicle,
     AccessKey::access}
);
constexpr auto truck_chain =
    std::to_array({AccessKey::hgv, AccessKey::motor_vehicle, AccessKey::vehicle, AccessKey::access}
    );
constexpr auto bicycle_chain =
    std::to_array({AccessKey::bicycle, AccessKey::vehicle, AccessKey::access});
constexpr auto foot_chain = std::to_array({AccessKey::foot, AccessKey::access});

std::span<AccessKey const> chain_of(Profile profile) {
    switch (profile) {
        case Profile::van:
            return van_chain;
        case Profile::truck:
            return truck_chain;
        case Profile::bicycle:
            return bicycle_chain;
        case Profile::foot:
            return foot_chain;
        case Profile::car:
        case Profile::emergency:
            break;
    }
    return car_chain;
}

struct Saying {
    AccessKey key = AccessKey::access;
    Access access = Access::unsaid;
};

Saying saying_to(AccessSigns const& signs, Profile profile, Direction direction) {
    for (auto const key : chain_of(profile)) {
        auto const access = signs.said(key, direction);
        if (access != Access::unsaid) return {key, access};
    }
    return {};
}

Access blue_light_permission(AccessSigns const& signs, Direction direction, Access by_default) {
    auto const own = signs.said(AccessKey::emergency, direction);
    if (own != Access::unsaid) return own == Access::closed ? Access::closed : Access::open;
    if (by_default == Access::open) return Access::open;
    auto const [key, access] = saying_to(signs, Profile::emergency, direction);
    bool const is_let_in =
        access == Access::emergency || (key != AccessKey::access && access >= Access::permit);
    return is_let_in ? Access::open : Access::closed;
}

}  // namespace

AccessSigns access_signs_of(Tags const& tags) {
    AccessSigns signs;
    AccessSigns directed;
    for (auto const& tag : tags.all()) {
        std::string_view suffix = tag.key;
        auto const index = key_index_of(take_part(suffix, ':'));
        if (!index) continue;
        bool const is_forward = suffix == "forward";
        if (!suffix.empty() && !is_forward && suffix != "backward") continue;
        auto const access = access_of(tag.value);
        if (!access) {
            // emergency=fire_hydrant, emergency=phone: another thing under the same key.
            bool const is_another = key_names[*index] == "emergency";
            if (!is_another && signs.unread < UINT8_MAX) ++signs.unread;
        } else if (suffix.empty()) {
            signs.forward[*index] = signs.backward[*index] = *access;
        } else {
            (is_forward ? directed.forward : directed.backward)[*index] = *access;
        }
    }
    for (std::size_t i = 0; i < access_key_count; ++i) {
        if (directed.forward[i] != Access::unsaid) signs.forward[i] = directed.forward[i];
        if (directed.backward[i] != Access::unsaid) signs.backward[i] = directed.backward[i];
    }
    return signs;
}

Access permission_of(
    AccessSigns const& signs, Profile profile, Direction direction, Access by_default
) {
    ASSERT(by_default != Access::unsaid);
    if (profile == Profile::emergency) return blue_light_permission(signs, direction, by_default);
    auto const [key, access] = saying_to(signs, profile, direction);
    if (access == Access::unsaid) return by_default;
    auto const permission = key == AccessKey::access ? std::min(access, by_default) : access;
    if (permission == Access::emergency) return Access::closed;
    if (permission == Access::dismount && profile != Profile::bicycle) return Access::closed;
    return permission;
}

bool speaks_of_motor_vehicles(AccessSigns const& signs) {
    for (auto const key :
         {AccessKey::motor_vehicle, AccessKey::motorcar, AccessKey::goods, AccessKey::hgv}) {
        if (signs.said(key, Direction::forward) != Access::unsaid) return true;
        if (signs.said(key, Direction::backward) != Access::unsaid) return true;
    }
    return false;
}

}  // namespace posthaste::road
