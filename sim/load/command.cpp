#include "load/command.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <memory>

#include "load/city.hpp"
#include "load/report.hpp"

namespace posthaste::load {

namespace {

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste load --url http://127.0.0.1:8080 --key ph_1_... --agents 500 --rate 20\n"
    "  posthaste load --url ... --key ... --profile day --seconds 240\n"
    "  posthaste load --url ... --key ... --trips march.csv --speed 3 --json\n"
    "\nProfiles: baseline (10 jobs/s), 3.8M (44/s), day (a day with its 2 PM surge in --seconds),\n"
    "132, 1000. Ctrl-C ends the demand; the table is still made.";

constexpr int exit_well = 0;
constexpr int exit_bad = 1;
constexpr int exit_nothing = 2;

struct Given {
    LoadOptions options;
    std::string profile;
    std::vector<std::int64_t> mix;
    std::int64_t seconds = 0;
    std::int64_t rate = 0;
    std::int64_t fix_every = 4;
    double speed = 1;
    std::int32_t stack = 0;
    bool json = false;
};

Status use_profile(Given& given) {
    auto& options = given.options;
    if (!given.profile.empty()) {
        auto const profile = profile_named(given.profile);
        if (!profile) {
            return Error{
                Errc::malformed,
                "no such profile; there are baseline, 3.8M, day, 132 and 1000: " + given.profile};
        }
        options.name = given.profile;
        options.jobs_per_second = profile->jobs_per_second;
        options.curve = profile->curve;
        options.seconds = profile->seconds;
    }
    if (given.rate > 0) options.jobs_per_second = given.rate;
    if (given.seconds > 0) options.seconds = given.seconds;
    return Unit{};
}

Result<LoadOptions> options_of(Given given) {
    TRY(use_profile(given));
    auto options = std::move(given.options);
    options.fix_every = Millis{given.fix_every * 1000};
    options.speed = std::llround(given.speed * 1000);
    if (given.stack > 0) options.stack_max = given.stack;
    if (!given.mix.empty()) options.mix = {given.mix[0], given.mix[1], given.mix[2]};
    // Who works is who is asked for.
    options.fleet = options.mix;
    return options;
}

int run_command(Given const& given) {
    auto const options = options_of(given);
    auto const fail = [](Error const& error) {
        std::fprintf(stderr, "posthaste load: %s\n", error.detail.c_str());
        return exit_nothing;
    };
    if (!options.ok()) return fail(options.error());
    bool const is_terminal = isatty(STDERR_FILENO) == 1;
    auto const progress = [&](std::string const& line) {
        std::fprintf(stderr, is_terminal ? "\r\033[K  %s" : "  %s\n", line.c_str());
        std::fflush(stderr);
    };
    auto const report = run(options.value(), progress);
    if (is_terminal) std::fputs("\r\033[K", stderr);
    if (!report.ok()) return fail(report.error());
    auto const text = given.json ? json_lines_of(report.value()) : table_of(report.value());
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
    auto const& verdict = report.value().verdict;
    bool const is_well = verdict.missed == 0 && verdict.doubled == 0 && verdict.lost == 0 &&
                         verdict.unanswered == 0 && verdict.over_capacity == 0;
    return is_well ? exit_well : exit_bad;
}

}  // namespace

void add_command(CLI::App& app, std::function<int()>& chosen) {
    auto* const command =
        app.add_subcommand("load", "Drive a running server with a live fleet and its jobs");
    auto const given = std::make_shared<Given>();
    auto& options = given->options;
    command->add_option("--url", options.url, "http://HOST:PORT of the server")->required();
    command->add_option("--key", options.key, "An admin's key")->required();
    command->add_option(
        "--metrics-key",
        options.metrics_key,
        "The installation's: also says what the server measured"
    );
    command->add_option("--region", options.region, "Its number, where the tenant has many");
    command->add_option("--agents", options.agents, "In the fleet")
        ->check(CLI::Range(std::int64_t{1}, demand::agents_max))
        ->capture_default_str();
    command
        ->add_option(
            "--phones", options.phones, "Agents on a WebSocket of their own; the others use REST"
        )
        ->check(CLI::Range(std::size_t{0}, phones_max))
        ->capture_default_str();
    command->add_option("--seed", options.seed, "Of fleet, demand and personalities")
        ->capture_default_str();
    command
        ->add_option("--trips,--trace", options.trips, "Demand from a file: docs/formats/demand.md")
        ->check(CLI::ExistingFile);
    command
        ->add_option(
            "--roads", options.roads, "File of `posthaste import roads`: the fleet drives on them"
        )
        ->check(CLI::ExistingFile);
    command->add_option("--map", options.map, "GeoJSON of a city's roads, for made-up demand")
        ->check(CLI::ExistingFile);
    auto* const profile = command->add_option("--profile", given->profile, "A load by name");
    command->add_option("--rate", given->rate, "Jobs a second")
        ->check(CLI::Range(1, 1000))
        ->excludes(profile);
    command->add_option("--mix", given->mix, "Rides, parcels and repairs of a thousand jobs")
        ->expected(3)
        ->delimiter(',');
    command->add_option("--speed", given->speed, "How fast a trace runs")
        ->check(CLI::Range(0.001, 10'000.0))
        ->capture_default_str();
    command->add_option("--seconds", given->seconds, "Of demand; then it ends by itself")
        ->check(CLI::Range(1, 31 * 86'400));
    command->add_option("--fix-every", given->fix_every, "Seconds between an agent's fixes")
        ->check(CLI::Range(1, 60))
        ->capture_default_str();
    command->add_option("--stack", given->stack, "Jobs an agent may have at once: sets the policy")
        ->check(CLI::Range(std::size_t{1}, model::stack_limit));
    command->add_flag("--json", given->json, "JSON lines instead of the table");
    command->footer(examples);
    command->callback([given, &chosen] { chosen = [given] { return run_command(*given); }; });
}

}  // namespace posthaste::load
