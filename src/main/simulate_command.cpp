#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "demand/beginning.hpp"
#include "demand/generate.hpp"
#include "main/commands.hpp"
#include "main/simulation.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

constexpr Instant monday{1'780'293'600'000};  // 2026-06-01 06:00 UTC

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste simulate --agents 200 --jobs 2000 --hours 8      a made-up city\n"
    "  posthaste simulate --seed 7 --json                         the same every time, for "
    "scripts\n"
    "  posthaste simulate --demand trips.csv --fleet fleet.csv    yours; docs/formats/demand.md\n"
    "  posthaste simulate --demand trips.csv --agents 300         a fleet that fits the trips\n"
    "  posthaste simulate --roads city.roads                      on the roads of that city\n"
    "\nThe node decides as it would in earnest; only the clock, the agents and the customers are\n"
    "made up, and agents do as they are asked.";

struct SimulateOptions {
    SimulationOptions simulation;
    std::int64_t agents = 200;
    std::int64_t jobs = 2000;
    std::int64_t hours = 8;
    std::string demand;
    std::string fleet;
    std::string roads;
    bool json = false;
};

double share(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}
double seconds(Millis span) {
    return static_cast<double>(span.count()) / 1000.0;
}
double per_second(std::int64_t count, std::int64_t wall_ms) {
    return 1000.0 * static_cast<double>(count) /
           static_cast<double>(std::max<std::int64_t>(wall_ms, 1));
}

void print_table(Kpis const& kpis) {
    auto const row = [](char const* name, std::string const& value) {
        fmt::print("  {:<38} {:>14}\n", name, value);
    };
    fmt::print("\nThe city, after {:.1f} h\n", seconds(kpis.span) / 3600.0);
    row("jobs asked for", fmt::format("{}", kpis.trips));
    row("  refused", fmt::format("{}", kpis.refused));
    row("  assigned", fmt::format("{:.1f} %", share(kpis.assigned, kpis.trips)));
    row("  done (service rate)", fmt::format("{:.1f} %", share(kpis.done, kpis.trips)));
    row("wait until assigned, p50", fmt::format("{:.0f} s", seconds(kpis.wait_p50)));
    row("wait until assigned, p90", fmt::format("{:.0f} s", seconds(kpis.wait_p90)));
    row("wait until somebody is there, p50", fmt::format("{:.0f} s", seconds(kpis.arrival_p50)));
    row("wait until somebody is there, p90", fmt::format("{:.0f} s", seconds(kpis.arrival_p90)));
    row("agents", fmt::format("{}", kpis.agents));
    row("  jobs done each",
        fmt::format("{:.1f}", share(kpis.done, std::max<std::int64_t>(kpis.agents, 1)) / 100.0));
    row("  idle", fmt::format("{:.1f} %", share(kpis.idle_ms, kpis.duty_ms)));
    row("  driven empty", fmt::format("{:.1f} %", share(kpis.empty_mm, kpis.driven_mm)));
    row("decisions", fmt::format("{}", kpis.decisions));
    row("  a second of wall time", fmt::format("{:.0f}", per_second(kpis.decisions, kpis.wall_ms)));
    row("result", kpis.hash.substr(0, 16));
}

void print_json(Kpis const& kpis) {
    fmt::print(
        "{{\"jobs\":{},\"refused\":{},\"assigned\":{},\"done\":{},"
        "\"wait_p50_ms\":{},\"wait_p90_ms\":{},\"arrival_p50_ms\":{},\"arrival_p90_ms\":{},"
        "\"agents\":{},\"idle_percent\":{:.2f},\"empty_percent\":{:.2f},"
        "\"decisions\":{},\"events\":{},\"span_ms\":{},\"wall_ms\":{},\"hash\":\"{}\"}}\n",
        kpis.trips,
        kpis.refused,
        kpis.assigned,
        kpis.done,
        kpis.wait_p50.count(),
        kpis.wait_p90.count(),
        kpis.arrival_p50.count(),
        kpis.arrival_p90.count(),
        kpis.agents,
        share(kpis.idle_ms, kpis.duty_ms),
        share(kpis.empty_mm, kpis.driven_mm),
        kpis.decisions,
        kpis.events,
        kpis.span.count(),
        kpis.wall_ms,
        kpis.hash
    );
}

void print_progress(Millis span, std::int64_t trips) {
    if (isatty(STDERR_FILENO) == 0) return;
    fmt::print(stderr, "\r  {:.0f} h, {} jobs", seconds(span) / 3600.0, trips);
}

Result<std::unique_ptr<demand::Source>> open_demand(std::ifstream& in, std::string const& file) {
    in.open(file);
    if (!in) return Error{Errc::io_failed, "cannot read " + file};
    auto opened = demand::open_trips(in);
    if (!opened.ok()) return Error{opened.error().code, file + ": " + opened.error().detail};
    return opened;
}

Result<std::vector<demand::Member>> read_fleet(std::string const& file) {
    std::ifstream in{file};
    if (!in) return Error{Errc::io_failed, "cannot read " + file};
    auto read = demand::read_fleet(in);
    if (!read.ok()) return Error{read.error().code, file + ": " + read.error().detail};
    return read;
}

/// From its file, or made up to fit the trips.
Result<std::vector<demand::Member>> fleet_of(
    SimulateOptions const& options, demand::City const& city, demand::Places const& places
) {
    if (!options.fleet.empty()) return read_fleet(options.fleet);
    if (options.demand.empty()) return demand::make_fleet(city, places);
    std::ifstream in;
    auto const trips = TRY(open_demand(in, options.demand));
    auto const beginning = demand::beginning_of(*trips);
    if (!beginning.ok())
        return Error{beginning.error().code, options.demand + ": " + beginning.error().detail};
    return demand::make_fleet_for(beginning.value(), options.agents, options.simulation.seed);
}

/// The junctions of a network: where a made-up city lives.
demand::Places places_on(road::Roads const& roads) {
    demand::Places places;
    auto const& network = roads.network();
    for (road::EdgeId edge = 0; edge < network.edge_count(); ++edge)
        if (network.edge_traits[edge].connected != 0)
            places.nodes.push_back(network.places[network.edge_tail[edge]]);
    std::ranges::sort(places.nodes);
    places.nodes.erase(std::ranges::unique(places.nodes).begin(), places.nodes.end());
    places.south_west = places.north_east = places.nodes.front();
    for (auto const node : places.nodes) {
        auto& low = places.south_west;
        auto& high = places.north_east;
        low = {std::min(low.lat, node.lat), std::min(low.lon, node.lon)};
        high = {std::max(high.lat, node.lat), std::max(high.lon, node.lon)};
    }
    return places;
}

Status run(SimulateOptions options) {
    constexpr model::Position gothenburg{577'000'000, 119'700'000};
    constexpr std::int64_t day_hours = 24;
    demand::City city{.seed = options.simulation.seed, .start = monday};
    city.length = Millis{options.hours * 3'600'000};
    city.agents = options.agents;
    city.trips_per_day = std::max<std::int64_t>(options.jobs * day_hours / options.hours, 1);
    city.curve = demand::Curve::flat;
    TRY(demand::check(city));
    if (!options.roads.empty()) {
        auto opened = road::Roads::open(options.roads);
        if (!opened.ok())
            return Error{opened.error().code, options.roads + ": " + opened.error().detail};
        options.simulation.roads = std::move(opened).value();
    }
    auto const places = options.simulation.roads ? places_on(*options.simulation.roads)
                                                 : demand::grid_places(gothenburg, 100);
    std::ifstream file;
    auto const trips = options.demand.empty() ? demand::make_trips(city, places)
                                              : TRY(open_demand(file, options.demand));
    auto const fleet = TRY(fleet_of(options, city, places));
    auto const kpis = TRY(simulate(options.simulation, fleet, *trips, print_progress));
    if (isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r");
    if (options.json) {
        print_json(kpis);
    } else {
        print_table(kpis);
    }
    return Unit{};
}

}  // namespace

void add_simulate(CLI::App& app, Chosen& chosen) {
    auto* const command =
        app.add_subcommand("simulate", "Run a city in virtual time; print figures");
    auto const options = std::make_shared<SimulateOptions>();
    command->add_option("--seed", options->simulation.seed, "Of everything")->capture_default_str();
    command->add_option("--agents", options->agents, "Who work")
        ->check(CLI::Range(1, 1'000'000))
        ->capture_default_str();
    command->add_option("--jobs", options->jobs, "That are asked for, about")
        ->check(CLI::Range(1, 10'000'000))
        ->capture_default_str();
    command->add_option("--hours", options->hours, "Over which they are")
        ->check(CLI::Range(1, 8760))
        ->capture_default_str();
    auto* const demand = command->add_option("--demand", options->demand, "Trips from a file");
    demand->check(CLI::ExistingFile);
    command->add_option("--fleet", options->fleet, "Agents from a file")->check(CLI::ExistingFile);
    command
        ->add_option(
            "--roads",
            options->roads,
            "File of `posthaste import roads`: lived, decided and driven on"
        )
        ->check(CLI::ExistingFile);
    command->add_flag("--json", options->json, "One JSON object instead of the table");
    command->footer(examples);
    command->callback([options, &chosen] {
        chosen = [options] {
            auto const done = run(*options);
            return done.ok() ? exit_done : fail(done.error(), {});
        };
    });
}

}  // namespace posthaste::main
