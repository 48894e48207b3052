// What the readers of the formats share: bounds of their numbers, and fleets of equal vehicles.
//
// Threads  pure
#pragma once

#include "plan/formats/euclid.hpp"
#include "plan/formats/read_problem.hpp"
#include "plan/formats/scanner.hpp"

namespace posthaste::plan {

constexpr std::int64_t amount_max = 1'000'000;
constexpr std::int64_t time_unit_max = 10'000'000;  ///< in the file's unit
constexpr Limits coordinates{-coordinate_max, coordinate_max};

/// Equal vehicles, called 1 to `count`.
void add_fleet(NamedProblem& read, std::size_t count, Vehicle const& vehicle);

/// The words of the next line, which are `count`. Errors: says `what` they are.
Result<Words> words_of_next(Scanner& scanner, std::size_t count, std::string const& what);

/// The place that a row stands for, as both Solomon's and Li and Lim's files have them.
struct Row {
    Point point;
    std::int32_t demand = 0;  ///< below 0: dropped
    Window window;            ///< as the file counts
    Time service = 0;         ///< as the file counts
};

/// Of "number x y demand ready due service ...". Requires: at least 7 words.
Result<Row> row_of(Words const& words, std::size_t number, Limits demands);

}  // namespace posthaste::plan
