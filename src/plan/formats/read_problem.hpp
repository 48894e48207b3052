// The text formats of routing benchmarks as problems: Solomon and Homberger, Li and Lim, VRPLIB.
//
// Takes    the whole text of one file, any line ends.
// Gives    a Problem without a fault, and what the file calls its jobs. Places are numbered as the
//          file's rows are, from 0. Every job has to be served: each weighs 1.
// Units    one unit of time and of distance is 1 / scale of the file's; costs are distance.
// Errors   malformed: what was expected, and in which line; limit_exceeded: too many or too far.
// Order    jobs as in the file; pairs by their pickup.
// Threads  pure
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "plan/problem.hpp"

namespace posthaste::plan {

enum class Format : std::uint8_t { solomon, lilim, vrplib };

struct NamedProblem {
    Format format{};
    std::string name;
    std::int64_t scale = 1;
    Problem problem;
    std::vector<std::string> jobs;      ///< by index; a pair is "pickup/delivery"
    std::vector<std::string> vehicles;  ///< by index
};

/// Recognises the format by the first lines.
Result<NamedProblem> read_problem(std::string_view text);

}  // namespace posthaste::plan
