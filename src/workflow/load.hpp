// A workflow file -> a verified Machine, or the lines that are wrong with it and why.
//
// Takes    the TOML text (docs/formats/workflow.md) and a name for it in messages.
// Gives    a Machine in which the engine can do all that it must (give a job to an agent, take it
//          back, finish and cancel it) and every state can be reached and be left towards done. The
//          same text always gives the same answer.
// Errors   any bytes are fine: what is wrong comes back as problems, never as an exception.
// Order    problems by line, then reason.
// Cost     O(bytes + states x transitions); field-service.toml takes about 50 us.
// Threads  pure
// Limits   model::workflow_bytes_max, states_max, transitions_max; beyond: a problem. At most
//          problems_max problems are told.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/machine.hpp"

namespace posthaste::workflow {

constexpr std::size_t problems_max = 32;

struct Problem {
    std::uint32_t line = 0;  ///< from 1; 1 when something is missing from the file as a whole
    std::string reason;      ///< what is wrong, and what would be right; printable ASCII

    auto operator<=>(Problem const&) const = default;
};

struct Loaded {
    std::string file_name;
    std::optional<Machine> machine;  ///< there exactly when there are no problems
    std::vector<Problem> problems;

    bool ok() const { return machine.has_value(); }
};

Loaded load(std::string_view toml, std::string_view file_name);

/// `file:line: reason`, a line for each problem; empty when there are none.
std::string text_of(Loaded const& loaded);

}  // namespace posthaste::workflow
