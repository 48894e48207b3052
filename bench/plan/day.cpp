#include "bench/plan/day.hpp"

#include <cmath>
#include <fstream>
#include <mutex>
#include <sstream>

#include "bench/plan/ground.hpp"
#include "bench/plan/side_by_side.hpp"
#include "day/run_day.hpp"
#include "road/journey.hpp"

namespace posthaste::bench {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t morning_steps = 100'000;
constexpr std::uint64_t replan_steps = 5000;  // some 100 ms
constexpr std::uint64_t first_day = 101;      // others than those that weights were chosen by

/// Requests for help in Manhattan, each within some 50 m of where it was.
Result<std::vector<model::Position>> requested_places(fs::path const& file) {
    std::ifstream lines{file};
    std::vector<model::Position> places;
    for (std::string line; std::getline(lines, line);) {
        std::vector<std::string> fields;
        std::stringstream rest{line};
        for (std::string field; std::getline(rest, field, ',');)
            fields.push_back(field);
        if (fields.size() != 7 || fields[4] != "MANHATTAN") continue;
        auto const degrees = [](std::string const& text) {
            return static_cast<std::int32_t>(std::lround(std::atof(text.c_str()) * 1e7));
        };
        places.push_back({degrees(fields[6]), degrees(fields[5])});
    }
    if (places.empty()) return Error{Errc::io_failed, "no requests in " + file.string()};
    return places;
}

class Streets final : public day::Ground {
public:
    Streets(std::shared_ptr<road::Roads const> roads, std::vector<model::Position> places)
        : roads_{std::move(roads)},
          places_{std::move(places)},
          query_{roads_->network(), roads_->lower()} {}

    model::Position place(Prng& prng) const override {
        auto const near = [&](std::int32_t at) {
            return at + static_cast<std::int32_t>(prng.between(-4000, 4000));
        };
        auto const& at = places_[prng.below(places_.size())];
        auto const lat = near(at.lat);
        return {lat, near(at.lon)};
    }

    match::MakeTravel travel() const override {
        return node::travel_on(std::make_shared<node::RoadTimes>(road::Conditions::free_flow(roads_)
        ));
    }

    day::Drive drive(model::Position from, model::Position to) const override {
        auto const journey = road::Journey::plan(*roads_, query_, road::Profile::car, from, to);
        if (!journey) return beside_->drive(from, to);
        auto const at = [way = *journey](std::int64_t per_mille) {
            return way.at(Millis{way.time().count() * per_mille / 1000});
        };
        return {at, Metres{journey->length_mm(journey->time()) / 1000}};
    }

private:
    std::shared_ptr<road::Roads const> roads_;
    std::vector<model::Position> places_;
    mutable road::Query query_;
    std::unique_ptr<day::Ground> beside_ = day::make_plane();
};

/// Grounds for as many threads as ask.
using MakeGround = std::function<std::unique_ptr<day::Ground>()>;

Result<MakeGround> ground_in(fs::path const& data) {
    auto const file = data / "roads/manhattan_roads.geojson";
    if (!fs::exists(file)) {
        std::fprintf(stderr, "  day: %s is absent: on a plane instead\n", file.c_str());
        return MakeGround{day::make_plane};
    }
    auto const roads = TRY(open_ground(file));
    auto const places = TRY(requested_places(data / "field/nyc_311_animals_2025.csv"));
    return MakeGround{[=] { return std::make_unique<Streets>(roads, places); }};
}

struct Way {
    std::string_view name;
    day::Dispatch dispatch{};
};
constexpr std::array ways{
    Way{"none", day::Dispatch::none},
    Way{"greedy", day::Dispatch::greedy},
    Way{"helping", day::Dispatch::helping},
    Way{"ours", day::Dispatch::replanned}};
using Outcomes = std::array<day::DayOutcome, ways.size()>;

day::DayOutcome run_one(
    day::ServiceDay const& today,
    day::Ground const& ground,
    day::Lists const& lists,
    day::Dispatch way
) {
    day::DayOptions options{.way = way, .steps = replan_steps};
    options.policy.replan_after = Millis{30'000};
    return day::run_day(today, ground, lists, options);
}

Outcomes run_ways(day::Ground const& ground, std::uint64_t number) {
    auto const today = day::draw_day({}, ground, number);
    auto const lists = day::plan_morning(today, ground, morning_steps);
    Outcomes outcomes;
    for (std::size_t i = 0; i < ways.size(); ++i)
        outcomes[i] = run_one(today, ground, lists, ways[i].dispatch);
    return outcomes;
}

void tell(std::uint64_t number, std::string_view way, day::DayOutcome const& outcome) {
    std::fprintf(
        stderr,
        "  day %2llu %-7.*s %4lld min late (%2zu of %3zu)  %4lld km  %3zu of %3zu promises moved "
        "(%zu to others)"
        "  %llu plans of %llu\n",
        static_cast<unsigned long long>(number),
        static_cast<int>(way.size()),
        way.data(),
        static_cast<long long>(outcome.lateness.count() / 60'000),
        outcome.late,
        outcome.served,
        static_cast<long long>(outcome.driven.count() / 1000),
        outcome.moved,
        outcome.promises,
        outcome.given_away,
        static_cast<unsigned long long>(outcome.adopted),
        static_cast<unsigned long long>(outcome.searches)
    );
}

// All days together.
struct Sum {
    double lateness_min = 0;
    double kilometres = 0;
    double moved = 0;
    double promises = 0;
    ResultHash hash;

    void add(day::DayOutcome const& outcome) {
        lateness_min += static_cast<double>(outcome.lateness.count()) / 60'000;
        kilometres += static_cast<double>(outcome.driven.count()) / 1000;
        moved += static_cast<double>(outcome.moved);
        promises += static_cast<double>(outcome.promises);
        hash.add(outcome.hash);
    }
};

double below(double ours, double other) {
    return other == 0 ? 0 : 100 * (other - ours) / other;
}

void print_line(
    std::string const& metric, double value, std::string_view unit, Better better, Sum const& of
) {
    print(
        {.bench = "plan",
         .metric = metric,
         .value = value,
         .unit = unit,
         .better = better,
         .hash = of.hash.value()}
    );
}

void print_sums(std::array<Sum, ways.size()> const& sums) {
    auto const& ours = sums[3];
    for (std::size_t i = 0; i < ways.size(); ++i) {
        auto const name = "_" + std::string{ways[i].name};
        auto const& sum = sums[i];
        print_line("day_lateness" + name, sum.lateness_min, "min", Better::lower, sum);
        print_line("day_km" + name, sum.kilometres, "km", Better::lower, sum);
        auto const moved = 100 * sum.moved / sum.promises;
        print_line("day_moved_promises" + name, moved, "% of promises", Better::lower, sum);
    }
    for (std::size_t i : {1U, 2U}) {
        auto const name = "_vs_" + std::string{ways[i].name};
        auto const sooner = below(ours.lateness_min, sums[i].lateness_min);
        print_line("day_lateness" + name, sooner, "% less", Better::higher, ours);
        auto const shorter = below(ours.kilometres, sums[i].kilometres);
        print_line("day_km" + name, shorter, "% less", Better::higher, ours);
    }
}

}  // namespace

Status run_day_bench(fs::path const& data, Options const& options) {
    auto const make_ground = TRY(ground_in(data));
    std::vector<Outcomes> days(options.quick ? 4 : 10);
    std::mutex telling;
    side_by_side(days.size(), [&](std::size_t i) {
        auto const number = first_day + i;
        days[i] = run_ways(*make_ground(), number);
        std::scoped_lock const lock{telling};
        for (std::size_t way = 0; way < ways.size(); ++way)
            tell(number, ways[way].name, days[i][way]);
        return true;
    });
    std::array<Sum, ways.size()> sums;
    for (auto const& outcomes : days)
        for (std::size_t way = 0; way < ways.size(); ++way)
            sums[way].add(outcomes[way]);
    print_sums(sums);
    return Unit{};
}

}  // namespace posthaste::bench
