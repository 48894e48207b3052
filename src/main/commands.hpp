// The subcommands: each adds itself, with its options and the examples of its help.
//
// Gives    what was chosen by the command line runs after parsing, and says the exit code.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace posthaste::main {

/// Set by the subcommand that was chosen.
using Chosen = std::function<int()>;

void add_serve(CLI::App& app, Chosen& chosen);
void add_keys(CLI::App& app, Chosen& chosen);
void add_doctor(CLI::App& app, Chosen& chosen);
void add_trim(CLI::App& app, Chosen& chosen);
void add_backup(CLI::App& app, Chosen& chosen);  // and restore
void add_import(CLI::App& app, Chosen& chosen);  // roads
void add_eta_report(CLI::App& app, Chosen& chosen);
void add_plan(CLI::App& app, Chosen& chosen);
void add_simulate(CLI::App& app, Chosen& chosen);

}  // namespace posthaste::main
