// Where travel times come from: the rungs of the ladder, the worst first.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace posthaste::model {

enum class TravelSource : std::uint8_t {
    great_circle,  ///< no roads are known: the distance over the policy's speed
    outside,       ///< another routing server's, fetched and kept
    free_flow,     ///< the roads when they are empty
    historical,    ///< as the fleet drove them at this time of the week
    live,          ///< as the fleet drives them now
};
constexpr auto names_of(TravelSource) {
    return std::to_array<std::string_view>(
        {"great_circle", "outside", "free_flow", "historical", "live"}
    );
}

}  // namespace posthaste::model
