#include "plan/problem.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace posthaste::plan {

namespace {

// Sums of up to this many of this size stay far below the limits of an int64.
constexpr std::int64_t number_max = std::int64_t{1} << 40U;
constexpr std::int32_t amount_max = 1'000'000;

class Inspector {
public:
    explicit Inspector(Problem const& problem) : problem_{problem} {}

    std::string inspect() {
        sizes();
        profiles();
        for (std::size_t i = 0; i < problem_.vehicles.size() && fault_.empty(); ++i)
            vehicle(i);
        for (std::size_t i = 0; i < problem_.jobs.size() && fault_.empty(); ++i)
            job(i);
        relations();
        routes();
        return std::move(fault_);
    }

private:
    void expect(bool holds, std::string const& field, char const* wanted) {
        if (!holds && fault_.empty()) fault_ = field + ": " + wanted;
    }

    void sizes() {
        expect(problem_.place_count <= places_max, "places", "at most 12000");
        expect(problem_.jobs.size() <= jobs_max, "jobs", "at most 20000");
        expect(problem_.vehicles.size() <= vehicles_max, "vehicles", "at most 5000");
        expect(!problem_.vehicles.empty(), "vehicles", "at least one");
    }

    void profiles() {
        auto const legs = std::size_t{problem_.place_count} * problem_.place_count;
        for (std::size_t i = 0; i < problem_.profiles.size() && fault_.empty(); ++i) {
            auto const& profile = problem_.profiles[i];
            auto const field = "profiles[" + std::to_string(i) + "]";
            expect(profile.legs.size() == legs, field + ".legs", "places x places");
            bool const positive = std::ranges::all_of(profile.legs, [](Leg const& leg) {
                return leg.time >= 0 && leg.distance >= 0;
            });
            expect(positive, field + ".legs", "no leg is negative");
            Time last = -time_max;
            for (auto const& traffic : profile.traffic) {
                expect(traffic.from > last, field + ".traffic", "ascending");
                bool const sane = traffic.per_mille >= 100 && traffic.per_mille <= 10'000;
                expect(sane, field + ".traffic.per_mille", "100 to 10000");
                last = traffic.from;
            }
        }
    }

    void windows(std::vector<Window> const& windows, std::string const& field) {
        expect(windows.size() <= windows_max, field, "at most 16");
        Time last = -time_max;
        for (auto const& window : windows) {
            bool const sane = window.earliest <= window.latest && window.latest <= time_max;
            expect(sane && window.earliest > last, field, "sorted, apart, each begins first");
            last = window.latest;
        }
    }

    void place(std::uint32_t place, std::string const& field) {
        expect(place < problem_.place_count, field, "no such place");
    }

    void span(std::int64_t value, std::string const& field) {
        expect(value >= 0 && value <= number_max, field, "0 to 2^40");
    }

    void vehicle(std::size_t index) {
        auto const& vehicle = problem_.vehicles[index];
        auto const field = "vehicles[" + std::to_string(index) + "]";
        expect(vehicle.profile < problem_.profiles.size(), field + ".profile", "no such profile");
        if (vehicle.start) place(*vehicle.start, field + ".start");
        if (vehicle.end) place(*vehicle.end, field + ".end");
        windows({vehicle.shift}, field + ".shift");
        amounts(vehicle.capacity, field + ".capacity");
        span(vehicle.fixed, field + ".fixed");
        expect(
            vehicle.per_distance >= 0 && vehicle.per_distance <= 1'000'000,
            field + ".per_distance",
            "0 to 1000000"
        );
        expect(
            vehicle.per_time >= 0 && vehicle.per_time <= 1'000'000,
            field + ".per_time",
            "0 to 1000000"
        );
        expect(vehicle.breaks.size() <= breaks_max, field + ".breaks", "at most 4");
        for (auto const& pause : vehicle.breaks) {
            windows(pause.windows, field + ".breaks.windows");
            span(pause.duration, field + ".breaks.duration");
        }
        expect(vehicle.driving_before_rest > 0, field + ".driving_before_rest", "above 0");
        span(vehicle.rest, field + ".rest");
        expect(vehicle.locked <= vehicle.route.size(), field + ".locked", "no more than the route");
    }

    void amounts(Amounts const& amounts, std::string const& field) {
        bool const sane = std::ranges::all_of(amounts, [](std::int32_t amount) {
            return amount >= 0 && amount <= amount_max;
        });
        expect(sane, field, "0 to 1000000");
    }

    void visit(Visit const& visit, std::string const& field) {
        place(visit.place, field + ".place");
        windows(visit.windows, field + ".windows");
        span(visit.service, field + ".service");
        for (auto const service : visit.service_by_class)
            span(service, field + ".service_by_class");
        amounts(visit.pickup, field + ".pickup");
        amounts(visit.dropoff, field + ".dropoff");
    }

    void job(std::size_t index) {
        auto const& job = problem_.jobs[index];
        auto const field = "jobs[" + std::to_string(index) + "]";
        expect(
            !job.visits.empty() && job.visits.size() <= visits_per_job_max,
            field + ".visits",
            "1 to 16"
        );
        for (std::size_t i = 0; i < job.visits.size() && fault_.empty(); ++i)
            visit(job.visits[i], field + ".visits[" + std::to_string(i) + "]");
        span(job.weight, field + ".weight");
        span(job.prize, field + ".prize");
        expect(job.load_kind < load_kinds_max, field + ".load_kind", "0 to 31");
        span(job.promise ? job.promise->price : 0, field + ".promise.price");
        expect(
            job.pinned_to == nobody || job.pinned_to < problem_.vehicles.size(),
            field + ".pinned_to",
            "no such vehicle"
        );
    }

    void known(std::uint32_t job, std::string const& field) {
        expect(job < problem_.jobs.size(), field, "no such job");
    }

    void relations() {
        bool const sane = problem_.per_lateness >= 0 && problem_.per_lateness <= 10'000;
        expect(sane, "per_lateness", "0 to 10000");
        for (auto const& group : problem_.together) {
            for (auto const job : group.jobs)
                known(job, "together.jobs");
        }
        for (auto const& precedence : problem_.precedences) {
            known(precedence.earlier, "precedences.earlier");
            known(precedence.later, "precedences.later");
            expect(precedence.earlier != precedence.later, "precedences", "two different jobs");
        }
        for (std::size_t k = 0; k < load_kinds_max; ++k) {
            for (std::size_t j = 0; j < load_kinds_max; ++j) {
                bool const there = ((problem_.incompatible[j] >> k) & 1U) != 0;
                bool const back = ((problem_.incompatible[k] >> j) & 1U) != 0;
                expect(
                    there == back && !(there && j == k), "incompatible", "symmetric, not itself"
                );
            }
        }
    }

    void routes() {
        std::set<Stop> seen;
        for (std::size_t i = 0; i < problem_.vehicles.size() && fault_.empty(); ++i)
            route(problem_.vehicles[i], "vehicles[" + std::to_string(i) + "].route", seen);
    }

    // Every job whole and in order, on one route.
    void route(Vehicle const& vehicle, std::string const& field, std::set<Stop>& seen) {
        std::map<std::uint32_t, std::uint32_t> made;
        for (auto const stop : vehicle.route) {
            known(stop.job, field);
            if (!fault_.empty()) return;
            expect(stop.visit == made[stop.job]++, field, "a job's visits in their order");
            expect(seen.insert(stop).second, field, "a visit stands twice");
        }
        for (auto const& [job, count] : made)
            expect(count == problem_.jobs[job].visits.size(), field, "all visits of a job");
    }

    Problem const& problem_;
    std::string fault_;
};

}  // namespace

std::string fault_in(Problem const& problem) {
    return Inspector{problem}.inspect();
}

}  // namespace posthaste::plan
