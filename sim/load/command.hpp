// `posthaste load`: the options on the command line, and what is printed.
#pragma once

#include <functional>

#include <CLI/CLI.hpp>

namespace posthaste::load {

/// `chosen` is set when the subcommand was; it runs the load and gives the exit code: 0 when no job
/// was missed, doubled or lost; 1 when one was; 2 when there was no load to speak of.
void add_command(CLI::App& app, std::function<int()>& chosen);

}  // namespace posthaste::load
