#include <fmt/format.h>

#include <cstdio>

#include "log/sqlite/backup.hpp"
#include "log/sqlite/examine.hpp"
#include "main/commands.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* backup_examples =
    "\nExamples:\n"
    "  posthaste backup --data D --to /backups/monday    while the server runs, or not\n"
    "\nThe copy is a data folder of its own. It holds people's data and the keys to it (people/):\n"
    "keep it as safe as the server.";
constexpr char const* restore_examples =
    "\nExamples:\n"
    "  posthaste restore --from /backups/monday --data D    D is new, or empty\n"
    "\nThe copy is checked before and after; nothing that is there is overwritten.";

Status copy_if_there(fs::path const& from, fs::path const& to, char const* name) {
    std::error_code failed;
    if (!fs::exists(from / name, failed)) return Unit{};
    fs::create_directories((to / name).parent_path(), failed);
    return log::copy_database(from / name, to / name);
}

Status copy_blobs(fs::path const& from, fs::path const& to) {
    std::error_code failed;
    if (!fs::exists(from / "blobs", failed)) return Unit{};
    fs::copy(from / "blobs", to / "blobs", fs::copy_options::recursive, failed);
    if (!failed) return Unit{};
    return Error{
        Errc::io_failed, fmt::format("copying {}/blobs: {}", from.string(), failed.message())};
}

// The log before what it refers to: whoever it names is then in the copy too. The subjects before
// their keys, which are never made later than they are.
Result<log::Position> copy_all(fs::path const& from, fs::path const& to) {
    auto const records = TRY(log::backup(from, to));
    TRY(copy_if_there(from, to, "people/subjects.db"));
    TRY(copy_if_there(from, to, "people/subject_keys.db"));
    TRY(copy_if_there(from, to, "history.db"));
    TRY(copy_blobs(from, to));
    return records;
}

Status check_whole(fs::path const& folder) {
    auto const examined = TRY(log::examine(folder));
    if (examined.findings.empty()) return Unit{};
    return examined.findings.front().code == Errc::too_new
               ? Error{Errc::too_new, examined.findings.front().what}
               : Error{Errc::corrupt, examined.findings.front().what};
}

Status back_up(fs::path const& data, fs::path const& to) {
    auto const last = TRY(copy_all(data, to));
    TRY(check_whole(to));
    fmt::print("{} holds the log up to record {}, and is whole.\n", to.string(), last);
    return Unit{};
}

Status restore(fs::path const& from, fs::path const& data) {
    TRY(check_whole(from));
    auto const last = TRY(copy_all(from, data));
    TRY(check_whole(data));
    fmt::print("{} is restored up to record {}. Start it:\n", data.string(), last);
    fmt::print("  posthaste serve --data {}\n", data.string());
    return Unit{};
}

using Copy = Status (*)(fs::path const&, fs::path const&);

struct Names {
    char const* from;
    char const* to;
};

void add_copy(CLI::App& command, Names names, Copy copy, Chosen& chosen) {
    auto const from = std::make_shared<fs::path>();
    auto const to = std::make_shared<fs::path>();
    command.add_option(names.from, *from, "What is copied: a data folder")->required();
    command.add_option(names.to, *to, "Where to: a folder that is not there, or empty")->required();
    command.callback([from, to, copy, &chosen] {
        chosen = [from, to, copy] {
            auto const done = copy(*from, *to);
            if (done.ok()) return exit_done;
            bool const is_target = done.error().code == Errc::in_use;  // it holds something
            return fail(
                {is_target ? Errc::malformed : done.error().code, done.error().detail}, *from
            );
        };
    });
}

}  // namespace

void add_backup(CLI::App& app, Chosen& chosen) {
    auto* const saving =
        app.add_subcommand("backup", "Copy a data folder, also of a running server");
    saving->footer(backup_examples);
    add_copy(*saving, {"--data", "--to"}, back_up, chosen);
    auto* const restoring = app.add_subcommand("restore", "Make a data folder from a backup");
    restoring->footer(restore_examples);
    add_copy(*restoring, {"--from", "--data"}, restore, chosen);
}

}  // namespace posthaste::main
