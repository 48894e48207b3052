// sim_prove: the simulator proves itself. Each planted bug must be found within its seeds.
//
// A run is a child process, because a bug may well end in a failed ASSERT, and that counts as
// found.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include <CLI/CLI.hpp>

#include "base/plant.hpp"
#include "world/world.hpp"

namespace {

using posthaste::Plant;

constexpr std::uint64_t seeds_max = 60;

// Whether the run of this seed went wrong, said so or died.
bool goes_wrong(Plant plant, std::uint64_t seed, bool quiet) {
    std::fflush(stdout);
    pid_t const child = fork();
    if (child == 0) {
        if (quiet) std::freopen("/dev/null", "w", stderr);
        posthaste::planted_bug = plant;
        posthaste::sim::World world{posthaste::sim::options_for(seed)};
        auto const outcome = world.run();
        if (outcome.wrong && !quiet) std::printf("  seed %lu: %s\n", seed, outcome.wrong->c_str());
        std::fflush(stdout);
        _exit(outcome.wrong ? 1 : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

std::uint64_t first_seed_that_finds(Plant plant) {
    for (std::uint64_t seed = 1; seed <= seeds_max; ++seed) {
        if (goes_wrong(plant, seed, true)) return seed;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Plants each known bug and shows that the simulator finds it."};
    std::string only;
    app.add_option("--plant", only, "one bug by name, with what its first finder says");
    CLI11_PARSE(app, argc, argv);

    int passed = 0;
    int failed = 0;
    auto const note = [&](bool good) { ++(good ? passed : failed); };
    auto const names = names_of(Plant::none);
    for (std::size_t i = 1; i < names.size(); ++i) {
        if (!only.empty() && names[i] != only) continue;
        auto const plant = static_cast<Plant>(i);
        auto const seed = first_seed_that_finds(plant);
        // A seed that also fails without the bug has found another, and proves nothing.
        bool const clean = seed != 0 && !goes_wrong(Plant::none, seed, true);
        note(clean);
        if (clean) {
            std::printf("found     %-27s by seed %lu\n", std::string{names[i]}.c_str(), seed);
            if (!only.empty()) goes_wrong(plant, seed, false);
        } else {
            std::printf("NOT FOUND %-27s in %lu seeds\n", std::string{names[i]}.c_str(), seeds_max);
        }
    }
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
