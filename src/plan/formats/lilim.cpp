#include "plan/formats/lilim.hpp"

#include <algorithm>

#include "plan/formats/parts.hpp"

namespace posthaste::plan {

namespace {

constexpr std::int64_t scale = 100'000;

// A row, and the rows it is paired with; 0: none.
struct Half {
    Row row;
    std::size_t pickup = 0;
    std::size_t delivery = 0;
    std::size_t line = 0;
};

Result<Half> half_of(Scanner const& scanner, std::size_t number) {
    auto const words = scanner.words();
    if (words.size() != 9) {
        return unexpected(
            scanner.whole_line(),
            "number, x, y, demand, ready time, due date, service time, pickup and delivery"
        );
    }
    Half half;
    half.row = TRY(row_of(words, number, {-amount_max, amount_max}));
    constexpr auto most = std::int64_t{places_max} - 1;
    half.pickup = static_cast<std::size_t>(TRY(whole(words[7], "a pickup's number", {0, most})));
    half.delivery =
        static_cast<std::size_t>(TRY(whole(words[8], "a delivery's number", {0, most})));
    half.line = scanner.number();
    return half;
}

Visit visit_of(Half const& half, std::size_t place) {
    Visit visit;
    visit.place = static_cast<std::uint32_t>(place);
    visit.windows = {{half.row.window.earliest * scale, half.row.window.latest * scale}};
    visit.service = half.row.service * scale;
    auto const demand = half.row.demand;
    (demand < 0 ? visit.dropoff : visit.pickup)[0] = std::max(demand, -demand);
    return visit;
}

Status add_pair(NamedProblem& read, std::vector<Half> const& halves, std::size_t number) {
    auto const& half = halves[number];
    auto const line = half.line;
    if ((half.pickup == 0) == (half.delivery == 0)) {
        return unexpected({std::to_string(number), line}, "a pickup or a delivery, one of both");
    }
    if (half.delivery == 0) return Unit{};  // its pickup adds the pair
    auto const sibling = half.delivery;
    bool const agree = sibling < halves.size() && halves[sibling].pickup == number &&
                       halves[sibling].row.demand == -half.row.demand && half.row.demand >= 0;
    if (!agree) {
        return unexpected(
            {std::to_string(sibling), line},
            "the delivery of " + std::to_string(number) + ", which names it and drops its demand"
        );
    }
    Job job;
    job.visits = {visit_of(half, number), visit_of(halves[sibling], sibling)};
    read.problem.jobs.push_back(std::move(job));
    read.jobs.push_back(std::to_string(number) + "/" + std::to_string(sibling));
    return Unit{};
}

// More than the distance of any plan: no leg is driven more often than there are visits and
// vehicles.
Cost above_all_distance(Problem const& problem, std::size_t vehicle_count) {
    std::int32_t longest = 0;
    for (auto const& leg : problem.profiles[0].legs)
        longest = std::max(longest, leg.distance);
    auto const drives = 2 * problem.jobs.size() + vehicle_count;
    return std::int64_t{longest} * static_cast<std::int64_t>(drives) + 1;
}

}  // namespace

Result<NamedProblem> read_lilim(std::string_view text) {
    Scanner scanner{text};
    NamedProblem read;
    read.format = Format::lilim;
    read.scale = scale;
    auto const first = TRY(words_of_next(scanner, 3, "vehicles, their capacity and speed"));
    Limits const counts{1, std::int64_t{vehicles_max}};
    auto const count = static_cast<std::size_t>(TRY(whole(first[0], "vehicles", counts)));
    Vehicle vehicle;
    vehicle.start = vehicle.end = 0;
    vehicle.capacity[0] =
        static_cast<std::int32_t>(TRY(whole(first[1], "the capacity", {0, amount_max})));
    (void)TRY(whole(first[2], "the speed as 0 or 1", {0, 1}));  // both mean time is distance
    std::vector<Half> halves;
    std::vector<Point> points;
    while (scanner.next()) {
        if (halves.size() == places_max) {
            return unexpected(scanner.whole_line(), "at most 12000 rows");
        }
        halves.push_back(TRY(half_of(scanner, halves.size())));
        points.push_back(halves.back().row.point);
    }
    if (halves.empty()) return unexpected({"the end", scanner.number()}, "the depot, number 0");
    auto const& shift = halves[0].row.window;
    vehicle.shift = {shift.earliest * scale, shift.latest * scale};
    for (std::size_t i = 1; i < halves.size(); ++i)
        (void)TRY(add_pair(read, halves, i));
    read.problem.place_count = static_cast<std::uint32_t>(points.size());
    read.problem.profiles.push_back({TRY(straight_legs(points, scale, Rounding::up)), {}});
    vehicle.fixed = above_all_distance(read.problem, count);
    add_fleet(read, count, vehicle);
    return read;
}

}  // namespace posthaste::plan
