#include "plan/formats/solomon.hpp"

#include "plan/formats/parts.hpp"

namespace posthaste::plan {

namespace {

constexpr std::int64_t scale = 10;

Status expect_line(Scanner& scanner, std::string const& start) {
    if (!scanner.next() || !scanner.line().starts_with(start)) {
        return unexpected(scanner.whole_line(), "a line that starts with " + start);
    }
    return Unit{};
}

struct Fleet {
    std::size_t count = 0;
    Vehicle vehicle;
};

Result<Fleet> fleet_of(Scanner& scanner) {
    (void)TRY(expect_line(scanner, "VEHICLE"));
    (void)TRY(expect_line(scanner, "NUMBER"));
    auto const words = TRY(words_of_next(scanner, 2, "the number of vehicles and their capacity"));
    Fleet fleet;
    fleet.count = static_cast<std::size_t>(
        TRY(whole(words[0], "the number of vehicles", {1, std::int64_t{vehicles_max}}))
    );
    auto const capacity = TRY(whole(words[1], "the capacity", {0, amount_max}));
    fleet.vehicle.capacity[0] = static_cast<std::int32_t>(capacity);
    fleet.vehicle.start = fleet.vehicle.end = 0;
    return fleet;
}

Job job_of(Row const& row, std::size_t place) {
    Visit visit;
    visit.place = static_cast<std::uint32_t>(place);
    visit.windows = {{row.window.earliest * scale, row.window.latest * scale}};
    visit.service = row.service * scale;
    visit.dropoff[0] = row.demand;
    Job job;
    job.visits = {std::move(visit)};
    return job;
}

}  // namespace

Result<NamedProblem> read_solomon(std::string_view text) {
    Scanner scanner{text};
    scanner.next();
    NamedProblem read;
    read.format = Format::solomon;
    read.name = std::string{scanner.line()};
    read.scale = scale;
    auto fleet = TRY(fleet_of(scanner));
    (void)TRY(expect_line(scanner, "CUSTOMER"));
    (void)TRY(expect_line(scanner, "CUST"));
    std::vector<Point> points;
    while (scanner.next()) {
        auto const words = scanner.words();
        if (words.size() != 7 || points.size() == places_max) {
            return unexpected(
                scanner.whole_line(),
                "number, x, y, demand, ready time, due date and service time of at most 12000"
            );
        }
        auto const row = TRY(row_of(words, points.size(), {0, amount_max}));
        if (points.empty()) {
            fleet.vehicle.shift = {row.window.earliest * scale, row.window.latest * scale};
        } else {
            read.problem.jobs.push_back(job_of(row, points.size()));
            read.jobs.push_back(std::to_string(points.size()));
        }
        points.push_back(row.point);
    }
    if (points.empty()) return unexpected({"the end", scanner.number()}, "the depot, number 0");
    read.problem.place_count = static_cast<std::uint32_t>(points.size());
    read.problem.profiles.push_back({TRY(straight_legs(points, scale, Rounding::down)), {}});
    add_fleet(read, fleet.count, fleet.vehicle);
    return read;
}

}  // namespace posthaste::plan
