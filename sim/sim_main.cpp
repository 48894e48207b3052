// sim: runs seeds, says how many held, and for one that did not the line that runs it again.
#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "world/world.hpp"

namespace {

using posthaste::sim::Outcome;

Outcome run(std::uint64_t seed) {
    posthaste::sim::World world{posthaste::sim::options_for(seed)};
    return world.run();
}

bool report(std::uint64_t seed, Outcome const& outcome) {
    if (!outcome.wrong) return true;
    std::printf(
        "FAILED: %s\n  again: sim --seed %llu\n",
        outcome.wrong->c_str(),
        static_cast<unsigned long long>(seed)
    );
    return false;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"The whole node in virtual time, with faults, from a seed."};
    std::uint64_t seed = 1;
    std::uint64_t seeds = 1;
    bool twice = false;
    app.add_option("--seed", seed, "the first seed")->capture_default_str();
    app.add_option("--seeds", seeds, "how many, counting up")->capture_default_str();
    app.add_flag("--twice", twice, "each seed twice: both runs must have the same log");
    CLI11_PARSE(app, argc, argv);

    std::uint64_t passed = 0;
    std::uint64_t events = 0;
    std::uint64_t crashes = 0;
    for (std::uint64_t each = seed; each < seed + seeds; ++each) {
        auto outcome = run(each);
        if (twice && !outcome.wrong && !(run(each).logs == outcome.logs)) {
            outcome.wrong = "two runs of one seed differ";
        }
        if (report(each, outcome)) ++passed;
        events += outcome.events;
        crashes += outcome.crashes;
        if (seeds == 1) {
            std::printf(
                "seed %llu: %llu events, %llu turns, %llu crashes, log %s\n",
                static_cast<unsigned long long>(each),
                static_cast<unsigned long long>(outcome.events),
                static_cast<unsigned long long>(outcome.turns),
                static_cast<unsigned long long>(outcome.crashes),
                outcome.logs.hex().substr(0, 16).c_str()
            );
        }
    }
    std::printf(
        "%llu events, %llu crashes\n",
        static_cast<unsigned long long>(events),
        static_cast<unsigned long long>(crashes)
    );
    std::printf(
        "%llu passed, %llu failed\n",
        static_cast<unsigned long long>(passed),
        static_cast<unsigned long long>(seeds - passed)
    );
    return passed == seeds ? 0 : 1;
}
