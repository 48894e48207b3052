#include "road/rules/profile.hpp"

#include <algorithm>

#include "base/fields.hpp"

namespace posthaste::road {

Profile profile_of(std::string_view vehicle_kind) {
    struct Alias {
        std::string_view name;
        Profile profile;
    };
    static constexpr std::array aliases{
        Alias{"bike", Profile::bicycle},
        Alias{"cargo_bike", Profile::bicycle},
        Alias{"walker", Profile::foot},
        Alias{"ambulance", Profile::emergency},
        Alias{"fire_engine", Profile::emergency},
        Alias{"police", Profile::emergency}};
    auto const* const alias = std::ranges::find(aliases, vehicle_kind, &Alias::name);
    if (alias != aliases.end()) return alias->profile;
    return from_name<Profile>(vehicle_kind).value_or(Profile::car);
}

}  // namespace posthaste::road
