#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "log/sqlite/sqlite_log.hpp"
#include "main/commands.hpp"
#include "main/doctor.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste doctor --data D                  0: all is well; 1: something is wrong, and what\n"
    "                                             to do\n"
    "  posthaste doctor --data D --archive A      what was trimmed away too\n"
    "\nEvery record's bytes and their chain are checked, and everything is replayed: each job's\n"
    "transitions, each decision, each snapshot; also while a server runs on the folder. Nothing\n"
    "that is stored is changed.";

struct DoctorOptions {
    fs::path data = "data";
    fs::path archive;
};

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
    if (replay.first_event > 1) {
        fmt::print(
            "  its events before {} were trimmed away; --archive checks them too\n",
            replay.first_event
        );
    }
    tell(replay.findings);
}

/// How many things are wrong.
Result<std::size_t> replay_all(DoctorOptions const& options) {
    auto const log = TRY(log::SqliteLog::open_to_read(options.data));
    std::optional<log::Archive> archive;
    if (!options.archive.empty()) archive = log::Archive::at(options.archive);
    std::size_t wrong = 0;
    for (auto const region : TRY(log->regions())) {
        if (archive) TRY(archive->check(region));
        auto const done = TRY(replay(*log, region, archive ? &*archive : nullptr));
        tell(done);
        wrong += done.findings.size();
    }
    return wrong;
}

Result<std::size_t> examine(DoctorOptions const& options) {
    auto const examined = TRY(log::examine(options.data));
    fmt::print(
        "{}: {} records with {} events in {} regions read\n",
        options.data.string(),
        examined.record_count,
        examined.event_count,
        examined.regions.size()
    );
    tell(examined.findings);
    bool const is_whole = std::ranges::none_of(examined.findings, [](auto const& finding) {
        return finding.code == Errc::corrupt || finding.code == Errc::too_new;
    });
    if (!is_whole) {
        fmt::print("\nThe bytes are wrong, so nothing was replayed.\n");
        return examined.findings.size();
    }
    return examined.findings.size() + TRY(replay_all(options));
}

}  // namespace

void add_doctor(CLI::App& app, Chosen& chosen) {
    auto* const command = app.add_subcommand("doctor", "Check a data folder, and say what to do");
    auto const options = std::make_shared<DoctorOptions>();
    command->add_option("--data", options->data, "The server's folder")->capture_default_str();
    command->add_option("--archive", options->archive, "Where trimmed records are")
        ->check(CLI::ExistingDirectory);
    command->footer(examples);
    command->callback([options, &chosen] {
        chosen = [options] {
            auto const wrong = examine(*options);
            if (!wrong.ok()) return fail(wrong.error(), options->data);
            if (wrong.value() > 0) return exit_wrong;
            fmt::print("All is well.\n");
            return exit_done;
        };
    });
}

}  // namespace posthaste::main
