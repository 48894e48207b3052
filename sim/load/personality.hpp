// How one agent behaves: whether they say yes, how long they think, how fast they drive.
//
// Gives    the same agent for the same seed and number, whoever else there is.
// Units    per mille of offers; Millis; speed in mm/s.
// Threads  pure
#pragma once

#include <cstdint>

#include "base/prng.hpp"
#include "base/quantity.hpp"
#include "model/place.hpp"

namespace posthaste::load {

enum class Response : std::uint8_t { accept, decline, ignore };

constexpr std::int64_t usual_speed_mm_s = 10'000;

struct Personality {
    std::uint64_t accepts = 1000;  ///< of a thousand offers
    std::uint64_t ignores = 0;     ///< of those not accepted: without an answer
    Millis think_min{300};
    Millis think_max{2500};
    std::int64_t speed_mm_s = usual_speed_mm_s;  ///< or this much of what the roads let

    bool operator==(Personality const&) const = default;
};

/// Most are eager, some choosy, few careless: declines come to about 5 % of offers.
Personality draw_personality(std::uint64_t seed, std::uint64_t number);

Response draw_response(Personality const& who, Prng& prng);
Millis draw_thinking(Personality const& who, Prng& prng);

/// From `from` towards `to`, straight on; `to` itself when it is reached within `span`.
model::Position drive(
    model::Position from, model::Position to, std::int64_t speed_mm_s, Millis span
);

}  // namespace posthaste::load
