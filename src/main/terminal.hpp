// How the commands speak: one line of what is wrong and one of the way out, on standard error; a
// result on standard output, so that scripts can take it.
//
// Shapes   exit codes: 0 done, 1 something is wrong (and was told), 2 the command line is, or a
//          file to import that it names.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "model/place.hpp"

namespace posthaste::main {

constexpr int exit_done = 0;
constexpr int exit_wrong = 1;
constexpr int exit_input = 2;

/// Tells the error, and the way out where the code has one. Gives exit_wrong.
int fail(Error const& error, std::filesystem::path const& data);

/// "57.7,11.97" in degrees. Errors: malformed.
Result<model::Position> position_from(std::string_view text);

/// "30s", "90m", "24h", "30d". Errors: malformed.
Result<Millis> span_from(std::string_view text);

/// Errors: io_failed, naming the file.
Result<std::string> read_text(std::filesystem::path const& file);

}  // namespace posthaste::main
