// A live server with the durable log under whole cities: hub parcels and moving couriers, over
// HTTP.
//
// Server and load share this machine and its cores. Couriers carry 30 parcels and more, live for
// the region's whole map (a grid of 3,600 corners) and send a fix every 4 s; each profile has a
// server and a folder of its own. success counts feasible jobs only, by the load tool's own
// checker (sim/load/ledger.hpp); latencies are from when a job was due to when the event stream
// shows an agent's offer or assignment to the client. The rival's figures are those SwiftRoute
// publishes for 3.8 million jobs a day; it runs nowhere we can measure.
#include <array>
#include <cstdio>
#include <filesystem>

#include "bench/serve/child.hpp"
#include "bench/support/bench.hpp"
#include "load/load.hpp"
#include "load/pace.hpp"

namespace {

namespace bench = posthaste::bench;
namespace load = posthaste::load;

struct Setting {
    char const* profile;
    std::int64_t agents;
    std::int64_t quick_agents;  ///< 0: not with --quick
};
constexpr std::array settings{
    Setting{"baseline", 14'500, 1000},
    Setting{"3.8M", 14'500, 0},
    Setting{"day", 20'300, 0},
    Setting{"132", 20'300, 1500},
    Setting{"1000", 20'300, 3000}};
constexpr std::int64_t quick_seconds = 10;
constexpr std::int32_t stack = 30;
constexpr char const* rival = "SwiftRoute, published";

load::LoadOptions options_for(Setting const& setting, bool quick, bench::Child const& child) {
    auto const profile = load::profile_named(setting.profile);
    load::LoadOptions options;
    options.url = child.url();
    options.key = child.key();
    options.metrics_key = child.installation_key();
    options.name = setting.profile;
    options.agents = quick ? setting.quick_agents : setting.agents;
    options.seed = bench::seed;
    options.jobs_per_second = profile->jobs_per_second;
    options.curve = profile->curve;
    options.seconds = quick ? quick_seconds : profile->seconds;
    options.mix = {.rides = 0, .parcels = 1000, .repairs = 0};
    options.fleet = options.mix;
    options.stack_max = stack;
    return options;
}

struct Printer {
    load::Report const& report;
    bench::Options const& options;

    void print(
        std::string const& name,
        double value,
        std::string_view unit,
        bench::Better better = bench::Better::lower,
        double rival_value = 0
    ) const {
        auto const metric = name + "_" + report.name;
        if (!options.wants(metric) && !options.wants(name)) return;
        auto const& verdict = report.verdict;
        bench::ResultHash hash;
        hash.add(verdict.doubled);
        hash.add(verdict.lost);
        hash.add(verdict.over_capacity);
        bench::print(
            {.bench = "serve",
             .metric = metric,
             .value = value,
             .unit = unit,
             .better = better,
             .rival = rival_value > 0 ? rival : "",
             .rival_value = rival_value,
             .hash = hash.value()}
        );
    }
};

double ms(std::int64_t micros) {
    return static_cast<double>(micros) / 1000;
}
double percent(std::int64_t per_million) {
    return static_cast<double>(per_million) / 10'000;
}

void print(load::Report const& report, bench::Options const& options) {
    Printer const out{report, options};
    auto const& told = report.office.told;
    auto const& verdict = report.verdict;
    out.print("success", percent(verdict.success()), "%", bench::Better::higher, 99.985);
    out.print("p50_ms", ms(told.percentile(5000)), "ms");
    out.print("p95_ms", ms(told.percentile(9500)), "ms", bench::Better::lower, 520);
    out.print("p99_ms", ms(told.percentile(9900)), "ms", bench::Better::lower, 1140);
    out.print("p999_ms", ms(told.percentile(9990)), "ms");
    out.print("samples", static_cast<double>(told.count()), "jobs", bench::Better::higher);
    out.print("infeasible", static_cast<double>(verdict.infeasible), "jobs");
    out.print("doubled", static_cast<double>(verdict.doubled), "jobs");
    out.print("lost", static_cast<double>(verdict.lost), "jobs");
    out.print("unanswered", static_cast<double>(verdict.unanswered), "jobs");
    out.print("over_capacity", static_cast<double>(verdict.over_capacity), "agents");
    out.print("retries", percent(report.retries_per_million()), "%");
    out.print("fixes_failed", static_cast<double>(report.fleet.fixes_failed), "fixes");
    out.print("snapshot_p95_ms", ms(report.snapshots.percentile(9500)), "ms");
    out.print("visible_p99_ms", ms(report.office.visible.percentile(9900)), "ms");
    if (auto const gap = report.clock_gap()) {
        out.print("sent_p99_ms", ms(report.office.told_sent.percentile(9900)), "ms");
        out.print("server_p99_ms", ms(report.server_seen->percentile(9900)), "ms");
        out.print("clock_gap_percent", percent(*gap), "%");
    }
}

}  // namespace

int main(int argc, char** argv) {
    auto const options = bench::read_options(argc, argv);
    // Beside this program: build/<preset>/benches/serve and build/<preset>/src/main/posthaste.
    auto const here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    auto const program = here.parent_path() / "src" / "main" / "posthaste";
    auto const progress = [](std::string const& line) {
        std::fprintf(stderr, "  %s\n", line.c_str());
    };
    for (auto const& setting : settings) {
        if (options.quick && setting.quick_agents == 0) continue;
        auto const child = bench::Child::start(program);
        if (!child.ok()) {
            std::fprintf(stderr, "%s\n", child.error().detail.c_str());
            return 1;
        }
        auto const report = load::run(options_for(setting, options.quick, child.value()), progress);
        if (!report.ok()) {
            std::fprintf(stderr, "%s\n", report.error().detail.c_str());
            return 1;
        }
        print(report.value(), options);
    }
    return 0;
}
