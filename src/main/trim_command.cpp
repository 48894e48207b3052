#include <fmt/format.h>

#include <cstdio>

#include "log/sqlite/sqlite_log.hpp"
#include "main/commands.hpp"
#include "main/snapshots.hpp"
#include "main/terminal.hpp"
#include "main/trim.hpp"
#include "node/clock.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste trim --data D --archive A --keep 30d     no server runs on D\n"
    "  posthaste serve --data D --archive A --keep 30d    the same, by the server, each day\n"
    "\nRecords older than --keep are checked, sealed into the archive, read back, and only then\n"
    "removed from the log. Keep the archive: it is the history before what the log begins with.";

struct TrimOptions {
    fs::path data = "data";
    fs::path archive;
    std::string keep = "30d";
};

Status run(TrimOptions const& options) {
    auto const keep = TRY(span_from(options.keep));
    auto const log = TRY(log::SqliteLog::open(options.data));
    auto const archive = TRY(log::Archive::open(options.archive));
    Snapshots snapshots{*log, {.events = 1}};
    TRY(snapshots.run_round(std::chrono::steady_clock::now()));
    for (auto const region : TRY(log->regions())) {
        auto const done = TRY(trim(*log, archive, region, node::SystemClock{}.now(), keep));
        auto const number = static_cast<unsigned>(region);
        if (done.below == 0) {
            fmt::print("region {}: has not been saved twice yet, so nothing can go\n", number);
        } else {
            fmt::print(
                "region {}: {} records moved; its log begins with event {}\n",
                number,
                done.records,
                done.below
            );
        }
    }
    return Unit{};
}

}  // namespace

void add_trim(CLI::App& app, Chosen& chosen) {
    auto* const command = app.add_subcommand("trim", "Move the log's oldest records to an archive");
    auto const options = std::make_shared<TrimOptions>();
    command->add_option("--data", options->data, "The server's folder")->capture_default_str();
    command->add_option("--archive", options->archive, "Where to; made when missing")->required();
    command->add_option("--keep", options->keep, "So long in the log, as 30d or 12h")
        ->capture_default_str();
    command->footer(examples);
    command->callback([options, &chosen] {
        chosen = [options] {
            auto const done = run(*options);
            return done.ok() ? exit_done : fail(done.error(), options->data);
        };
    });
}

}  // namespace posthaste::main
