#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "log/sqlite/sqlite_log.hpp"
#include "main/commands.hpp"
#include "main/eta_report.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste eta-report --data D                     how good the arrivals were\n"
    "  posthaste eta-report --data D --plot eta.svg      the same as a picture\n"
    "  posthaste eta-report --data D --region 1 --json   for scripts\n"
    "\nOf each drive to a stop that was reached: what was foreseen when it began, against when it\n"
    "ended. Half of the drives should end by p50, nine of ten by p90; bias is how late the middle\n"
    "one is. Also while a server runs on the folder.";

constexpr std::size_t worst_agents = 5;
constexpr std::size_t drives_to_tell = 10;  ///< of an agent, before their bias says something

struct EtaReportOptions {
    fs::path data = "data";
    fs::path plot;
    unsigned region = 1;
    bool json = false;
};

void print_row(std::string_view group, std::string const& name, EtaFigures const& figures) {
    auto const seconds = [](Millis span) { return static_cast<double>(span.count()) / 1000; };
    fmt::print(
        "{:<9} {:<22} {:>7} {:>9.1f} {:>+9.1f} {:>8.1f} {:>8.1f} {:>9.1f}\n",
        group,
        name,
        figures.drives,
        seconds(figures.mean_error),
        seconds(figures.bias),
        static_cast<double>(figures.within_p50) / 10,
        static_cast<double>(figures.within_p90) / 10,
        seconds(figures.spread)
    );
}

void print_line(std::string_view group, std::string const& name, EtaFigures const& figures) {
    fmt::print(
        R"({{"group":"{}","name":"{}","drives":{},"mean_error_ms":{},"bias_ms":{},)"
        R"("within_p50":{},"within_p90":{},"spread_ms":{}}})"
        "\n",
        group,
        name,
        figures.drives,
        figures.mean_error.count(),
        figures.bias.count(),
        figures.within_p50,
        figures.within_p90,
        figures.spread.count()
    );
}

/// Those with the largest bias, of whom enough is known.
std::vector<std::pair<model::AgentId, EtaFigures>> worst_of(std::vector<EtaSample> const& samples) {
    std::vector<std::pair<model::AgentId, EtaFigures>> worst;
    for (auto const& [agent, figures] : by_agent(samples))
        if (figures.drives >= drives_to_tell) worst.emplace_back(agent, figures);
    std::ranges::stable_sort(worst, std::greater{}, [](auto const& each) {
        return std::abs(each.second.bias.count());
    });
    worst.resize(std::min(worst.size(), worst_agents));
    return worst;
}

template <class Print>
void tell(std::vector<EtaSample> const& samples, Print const& print) {
    print("all", "", judge(samples));
    for (auto const& [source, figures] : by_source(samples))
        print("source", std::string{name_of(source)}, figures);
    for (auto const& [minutes, figures] : by_minutes_ahead(samples))
        print("ahead", fmt::format("{} min and more", minutes), figures);
    for (auto const& [hour, figures] : by_hour(samples))
        print("hour", fmt::format("{:02}:00 UTC", hour), figures);
    for (auto const& [zone, figures] : by_zone(samples))
        print("zone", raw(zone) == 0 ? "none" : std::to_string(raw(zone)), figures);
    for (auto const& [agent, figures] : worst_of(samples))
        print("agent", std::to_string(raw(agent)), figures);
}

Status run(EtaReportOptions const& options) {
    auto const log = TRY(log::SqliteLog::open_to_read(options.data));
    auto const region = static_cast<RegionId>(options.region);
    auto const regions = TRY(log->regions());
    if (std::ranges::count(regions, region) == 0)
        return Error{Errc::not_found, fmt::format("there is no region {}", options.region)};
    auto const samples = TRY(eta_samples(*log, region));
    if (options.json) {
        tell(samples, print_line);
    } else {
        fmt::print(
            "{:<9} {:<22} {:>7} {:>9} {:>9} {:>8} {:>8} {:>9}\n",
            "group",
            "",
            "drives",
            "error s",
            "bias s",
            "by p50 %",
            "by p90 %",
            "spread s"
        );
        tell(samples, print_row);
    }
    if (options.plot.empty()) return Unit{};
    std::ofstream out{options.plot};
    out << plot(samples);
    out.close();
    if (!out) return Error{Errc::io_failed, "cannot write " + options.plot.string()};
    return Unit{};
}

}  // namespace

void add_eta_report(CLI::App& app, Chosen& chosen) {
    auto* const command =
        app.add_subcommand("eta-report", "Tell how good the foreseen arrivals were");
    auto const options = std::make_shared<EtaReportOptions>();
    command->add_option("--data", options->data, "The server's folder")->capture_default_str();
    command->add_option("--region", options->region, "Its number")
        ->check(CLI::Range(1, 65'535))
        ->capture_default_str();
    command->add_option("--plot", options->plot, "SVG file to write");
    command->add_flag("--json", options->json, "One JSON object a line instead of the table");
    command->footer(examples);
    command->callback([options, &chosen] {
        chosen = [options] {
            auto const done = run(*options);
            return done.ok() ? exit_done : fail(done.error(), options->data);
        };
    });
}

}  // namespace posthaste::main
