#include "road/rules/size.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "road/rules/values.hpp"

namespace posthaste::road {

namespace {

struct DimensionKey {
    std::string_view name;
    std::size_t dimension = 0;
    bool is_weight = false;
};

constexpr auto dimension_keys = std::to_array<DimensionKey>({
    {"maxheight", 0, false},
    {"maxlength", 1, false},
    {"maxwidth", 2, false},
    {"maxweight", 3, true},
    {"maxweightrated", 3, true},
});

// Height, length, width, weight; 0: never too large.
constexpr Dimensions car_size{16, 48, 18, 22};
constexpr Dimensions van_size{26, 60, 20, 35};
constexpr Dimensions emergency_size{28, 0, 21, 0};

/// For whom a sign holds, by what follows its key.
struct Scope {
    bool forward = true;
    bool backward = true;
    bool only_trucks = false;
};

/// Nothing: it holds at times, or for somebody else, or is not known.
std::optional<Scope> scope_of(std::string_view suffixes) {
    Scope scope;
    while (!suffixes.empty()) {
        auto const suffix = take_part(suffixes, ':');
        if (suffix == "forward") {
            scope.backward = false;
        } else if (suffix == "backward") {
            scope.forward = false;
        } else if (suffix == "hgv") {
            scope.only_trucks = true;
        } else if (suffix != "physical" && suffix != "legal" && suffix != "signed") {
            return std::nullopt;
        }
    }
    return scope;
}

void lower(std::int32_t& limit, std::int32_t value) {
    if (value != 0 && (limit == 0 || value < limit)) limit = value;
}

void read(SizeSigns& signs, DimensionKey const& key, Scope scope, std::string_view text) {
    auto const value = key.is_weight ? hundred_kg_of(text) : decimetres_of(text);
    if (!value) {
        if (signs.unread < UINT8_MAX) ++signs.unread;
        return;
    }
    auto& limits = scope.only_trucks ? signs.truck : signs.any;
    if (scope.forward) lower(limits[0][key.dimension], *value);
    if (scope.backward) lower(limits[1][key.dimension], *value);
}

bool fits(Dimensions const& size, Dimensions const& limits) {
    for (std::size_t i = 0; i < dimension_count; ++i) {
        if (limits[i] != 0 && size[i] > limits[i]) return false;
    }
    return true;
}

}  // namespace

SizeSigns size_signs_of(Tags const& tags) {
    SizeSigns signs;
    for (auto const& tag : tags.all()) {
        std::string_view suffixes = tag.key;
        auto const name = take_part(suffixes, ':');
        for (auto const& key : dimension_keys) {
            if (key.name != name) continue;
            if (auto const scope = scope_of(suffixes)) read(signs, key, *scope, tag.value);
        }
    }
    return signs;
}

ProfileMask kept_out_of(SizeSigns const& signs, TruckSize const& truck, Direction direction) {
    auto const side = static_cast<std::size_t>(direction);
    Dimensions const truck_size{
        truck.height_dm, truck.length_dm, truck.width_dm, truck.weight_100kg};
    ProfileMask mask = 0;
    if (!fits(car_size, signs.any[side])) mask |= bit_of(Profile::car);
    if (!fits(van_size, signs.any[side])) mask |= bit_of(Profile::van);
    if (!fits(emergency_size, signs.any[side])) mask |= bit_of(Profile::emergency);
    bool const truck_fits =
        fits(truck_size, signs.any[side]) && fits(truck_size, signs.truck[side]);
    if (!truck_fits) mask |= bit_of(Profile::truck);
    return mask;
}

}  // namespace posthaste::road
