#include "world/options.hpp"

namespace posthaste::sim {

Options options_for(std::uint64_t seed) {
    Prng prng{seed};
    auto const maybe = [&](std::int64_t low, std::int64_t high) {
        auto const rate = static_cast<std::uint64_t>(prng.between(low, high));
        return prng.chance(700) ? rate : 0;
    };
    Options options;
    options.seed = seed;
    options.agents = prng.between(2, 10);
    options.jobs = prng.between(10, 50);
    options.lost = maybe(10, 200);
    options.doubled = maybe(50, 400);
    options.late = maybe(50, 400);
    options.crash = maybe(1, 12);
    options.bad_append = maybe(1, 12);
    options.clock_jump = maybe(1, 6);
    options.snapshot = maybe(5, 40);
    options.rude = maybe(50, 350);
    options.meddling = maybe(50, 400);
    return options;
}

}  // namespace posthaste::sim
