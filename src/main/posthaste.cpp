// The entry: what the command line asks for.
#include <sys/resource.h>

#include "load/command.hpp"
#include "main/built_in.hpp"
#include "main/commands.hpp"
#include "main/terminal.hpp"

namespace {

constexpr char const* introduction =
    "Posthaste decides in real time who does what, where and in which order.\n"
    "\n"
    "  posthaste keys create --data D --role admin    makes the first key and prints it\n"
    "  posthaste serve --data D --port 8080           serves the folder D until Ctrl-C\n"
    "  posthaste simulate --agents 200 --jobs 2000    a day of a made-up city, in seconds\n";

// A shell's soft limit is 1,024 files; a fleet of phones is as many sockets.
void allow_many_sockets() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int main(int argc, char** argv) {
    allow_many_sockets();
    CLI::App app{introduction, "posthaste"};
    app.set_version_flag("--version", "posthaste " + std::string{posthaste::main::version()});
    app.require_subcommand(1);
    posthaste::main::Chosen chosen;
    posthaste::main::add_serve(app, chosen);
    posthaste::main::add_keys(app, chosen);
    posthaste::main::add_doctor(app, chosen);
    posthaste::main::add_trim(app, chosen);
    posthaste::main::add_backup(app, chosen);
    posthaste::main::add_import(app, chosen);
    posthaste::load::add_command(app, chosen);
    posthaste::main::add_eta_report(app, chosen);
    posthaste::main::add_plan(app, chosen);
    posthaste::main::add_simulate(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (CLI::ParseError const& said) {  // --help too, with 0
        return app.exit(said) == 0 ? posthaste::main::exit_done : posthaste::main::exit_input;
    }
    return chosen();
}
