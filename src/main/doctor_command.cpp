#include <fmt/format.h>

#include <cstdio>

#include "log/sqlite/sqlite_log.hpp"
#include "main/commands.hpp"
#include "main/doctor.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste doctor --data D       0: all is well; 1: something is wrong, and what to do\n"
    "\nEvery record's bytes and their chain are checked, also while a server runs on the folder. "
    "With\n"
    "the server stopped everything is also replayed: each job's transitions, each decision, each\n"
    "snapshot. Nothing is changed.";

void tell(std::vector<log::Finding> const& findings) {
    for (auto const& finding : findings)
        fmt::print("\nWRONG    {}\n  do     {}\n", finding.what, finding.way_out);
}

void tell(Replay const& replay) {
    fmt::print(
        "region {}: {} events replayed, {} transitions and {} decisions made again, {} snapshots "
        "compared; {} jobs and {} agents now\n",
        static_cast<unsigned>(replay.region),
        replay.events,
        replay.transitions,
        replay.decisions,
        replay.snapshots,
        replay.jobs,
        replay.agents
    );
    tell(replay.findings);
}

/// How many things are wrong.
Result<std::size_t> replay_all(fs::path const& data) {
    auto const log = TRY(log::SqliteLog::open(data));
    std::size_t wrong = 0;
    for (auto const region : TRY(log->regions())) {
        auto const done = TRY(replay(*log, region));
        tell(done);
        wrong += done.findings.size();
    }
    return wrong;
}

Result<std::size_t> examine(fs::path const& data) {
    auto const examined = TRY(log::examine(data));
    fmt::print(
        "{}: {} records with {} events in {} regions read\n",
        data.string(),
        examined.record_count,
        examined.event_count,
        examined.regions.size()
    );
    tell(examined.findings);
    if (!examined.findings.empty()) {
        fmt::print("\nThe bytes are wrong, so nothing was replayed.\n");
        return examined.findings.size();
    }
    auto const replayed = replay_all(data);
    if (replayed.ok() || replayed.error().code != Errc::in_use) return replayed;
    fmt::print(
        "{}: only its bytes were checked; stop it to replay them.\n", replayed.error().detail
    );
    return std::size_t{0};
}

}  // namespace

void add_doctor(CLI::App& app, Chosen& chosen) {
    auto* const command = app.add_subcommand("doctor", "Check a data folder, and say what to do");
    auto const data = std::make_shared<fs::path>("data");
    command->add_option("--data", *data, "The server's folder")->capture_default_str();
    command->footer(examples);
    command->callback([data, &chosen] {
        chosen = [data] {
            auto const wrong = examine(*data);
            if (!wrong.ok()) return fail(wrong.error(), *data);
            if (wrong.value() > 0) return exit_wrong;
            fmt::print("All is well.\n");
            return exit_done;
        };
    });
}

}  // namespace posthaste::main
