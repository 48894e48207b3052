#include "plan/formats/parts.hpp"

namespace posthaste::plan {

void add_fleet(NamedProblem& read, std::size_t count, Vehicle const& vehicle) {
    read.problem.vehicles.assign(count, vehicle);
    for (std::size_t i = 1; i <= count; ++i)
        read.vehicles.push_back(std::to_string(i));
}

Result<Words> words_of_next(Scanner& scanner, std::size_t count, std::string const& what) {
    if (!scanner.next()) return unexpected({"the end", scanner.number()}, what);
    auto words = scanner.words();
    if (words.size() != count) return unexpected(scanner.whole_line(), what);
    return words;
}

Result<Row> row_of(Words const& words, std::size_t number, Limits demands) {
    ASSERT(words.size() >= 7);
    auto const last = static_cast<std::int64_t>(number);
    (void)TRY(whole(words[0], "a row's number", {last, last}));
    Row row;
    row.point.x = TRY(thousandths(words[1], "x", coordinates));
    row.point.y = TRY(thousandths(words[2], "y", coordinates));
    row.demand = static_cast<std::int32_t>(TRY(whole(words[3], "a demand", demands)));
    row.window.earliest = TRY(whole(words[4], "a ready time", {0, time_unit_max}));
    Limits const after{row.window.earliest, time_unit_max};
    row.window.latest = TRY(whole(words[5], "a due date not before the ready time", after));
    row.service = TRY(whole(words[6], "a service time", {0, time_unit_max}));
    return row;
}

}  // namespace posthaste::plan
