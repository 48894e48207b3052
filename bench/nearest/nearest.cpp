// Who is near: the fleet index alone, against Redis GEO and against the limit of a flat dense grid.
//
// Agents are spread evenly over 40 x 40 km at latitude 57.7 and move up to 60 m a step; one in
// eight is eligible (on duty, the skill, the vehicle kind: each one in two). A query asks for the
// ten nearest eligible within 3 km; `explained` asks for those passed over and why as well, as a
// decision does. Redis cannot filter: at 3 km it answers for any ten. Growing, it answers for any
// ten (`grown_any`), or for ten eligible (`grown`), of whom its client knows for nothing who they
// are. Redis pays its socket, and its figure is the better of pipelined and one at a time. Seed 42.
// `hash` is of the answers, the same on every machine.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "bench/rivals/dense_grid.hpp"
#include "bench/rivals/redis_geo.hpp"
#include "bench/support/bench.hpp"
#include "geo/fleet_index.hpp"

namespace posthaste::bench {

namespace {

using Clock = std::chrono::steady_clock;
using geo::Found;
using geo::Traits;
using geo::Wanted;
using model::Position;

constexpr double side_m = 40'000;
constexpr double metres_per_unit = 0.011119508;  // of latitude
constexpr std::int32_t south = 575'000'000;
constexpr std::int32_t west = 116'000'000;
constexpr int radius_m = 3000;
constexpr Wanted wanted{.skills = 1, .kinds = 1, .flags = 1};

struct Size {
    std::uint32_t agents = 0;
    std::string name;
    int grown_start_m = 0;        ///< where about five eligible are expected
    int any_start_m = 0;          ///< where about five are expected
    double dense_cell_m = 0;      ///< the grid's best
    std::size_t rival_count = 0;  ///< of queries
};

double lon_metres() {
    return metres_per_unit * std::cos(57.68 * std::acos(-1.0) / 180);
}

Position at_metres(double x, double y) {
    return {
        south + static_cast<std::int32_t>(y / metres_per_unit),
        west + static_cast<std::int32_t>(x / lon_metres())};
}

/// Agents in metres, where they are moved; and their steps, drawn before any clock runs.
class City {
public:
    explicit City(std::uint32_t agents) : prng_{seed}, places_(agents) {
        for (Flat& place : places_)
            place = {draw(), draw()};
    }

    struct Flat {
        double x = 0;
        double y = 0;
        Position position() const { return at_metres(x, y); }
    };
    struct Step {
        std::uint32_t agent = 0;
        Flat flat;
        Position position;
    };

    std::vector<Flat> const& places() const { return places_; }
    std::vector<Position> positions() const {
        std::vector<Position> all;
        for (Flat const& place : places_)
            all.push_back(place.position());
        return all;
    }
    std::vector<Step> steps(std::size_t count) {
        std::vector<Step> all;
        all.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            auto const agent = static_cast<std::uint32_t>(prng_.below(places_.size()));
            Flat& place = places_[agent];
            place.x = std::clamp(place.x + wobble(), 0.0, side_m - 1);
            place.y = std::clamp(place.y + wobble(), 0.0, side_m - 1);
            all.push_back({agent, place, place.position()});
        }
        return all;
    }
    std::vector<Flat> questions(std::size_t count) {
        std::vector<Flat> all;
        for (std::size_t i = 0; i < count; ++i)
            all.push_back({draw(), draw()});
        return all;
    }
    Traits traits() {
        auto const bits = prng_.next();
        return {
            .skills = bits & 1U,
            .kinds = static_cast<std::uint16_t>(1U << ((bits >> 1U) & 1U)),
            .flags = static_cast<std::uint16_t>((bits >> 2U) & 1U)};
    }

private:
    double draw() { return static_cast<double>(prng_.below(40'000'000)) / 1000 * 0.9999; }
    double wobble() { return static_cast<double>(prng_.between(-60'000, 60'000)) / 1000; }

    Prng prng_;
    std::vector<Flat> places_;
};

/// Runs `work` over `items` in `rounds` parts and gives the best rate of them.
template <class T>
double best_rate(std::vector<T> const& items, std::size_t rounds, auto&& work) {
    double best = 0;
    std::size_t const part = items.size() / rounds;
    for (std::size_t round = 0; round < rounds; ++round) {
        auto const start = Clock::now();
        for (std::size_t i = round * part; i < (round + 1) * part; ++i)
            work(items[i]);
        std::chrono::duration<double> const took = Clock::now() - start;
        best = std::max(best, static_cast<double>(part) / took.count());
    }
    return best;
}

/// Each item's span in microseconds, sorted.
template <class T>
std::vector<double> spans_us(std::vector<T> const& items, auto&& work) {
    std::vector<double> spans;
    spans.reserve(items.size());
    for (T const& item : items) {
        auto const start = Clock::now();
        work(item);
        spans.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
    }
    std::sort(spans.begin(), spans.end());
    return spans;
}

class Bench {
public:
    Bench(Options const& options, Size const& size)
        : options_{options}, size_{size}, city_{size.agents} {
        auto const& places = city_.places();
        for (std::uint32_t i = 0; i < places.size(); ++i) {
            auto const traits = city_.traits();
            index_.put(i, i, places[i].position(), traits);
            is_eligible_.push_back(geo::first_miss(traits, wanted) == geo::Miss::nothing);
        }
        steps_ = city_.steps(options.quick ? 1'000'000 : 6'000'000);
        questions_ = city_.questions(options.quick ? 60'000 : 300'000);
    }

    void run(std::optional<RedisGeo>& redis) {
        Rate const rival_updates = redis ? load(*redis) : Rate{};
        double const updates = best_rate(steps_, 3, [&](City::Step const& step) {
            index_.move(step.agent, step.position);
        });
        tell(
            "updates_" + size_.name,
            "",
            {updates, "1/s", rival_updates.per_second, "redis GEOADD"},
            hash({})
        );
        measure_queries(redis);
        measure_limit();
    }

private:
    Rate load(RedisGeo& redis) {
        redis.load(City{size_.agents}.positions());
        std::vector<RedisGeo::Move> moves;
        std::size_t const count =
            std::min<std::size_t>(steps_.size(), options_.quick ? 100'000 : 400'000);
        for (std::size_t i = 0; i < count; ++i)
            moves.push_back({steps_[i].agent, steps_[i].position});
        return redis.move(moves);
    }

    geo::Query query(City::Flat const& flat, Wanted const& want) const {
        return {flat.position(), 10, Metres{radius_m}, want};
    }

    struct Figure {
        double value = 0;
        std::string_view unit;
        double rival_value = 0;  ///< 0: there was no rival
        std::string_view rival;
    };

    /// Prints a metric, or a part of one, if the metric was asked for.
    void tell(
        std::string const& metric, std::string const& part, Figure const& figure, std::uint64_t hash
    ) const {
        if (!options_.wants(metric)) return;
        std::string const name = metric + part;
        print(
            {.bench = "nearest",
             .metric = name,
             .value = figure.value,
             .unit = figure.unit,
             .better = figure.unit == "us" ? Better::lower : Better::higher,
             .rival = figure.rival_value > 0 ? figure.rival : std::string_view{},
             .rival_value = figure.rival_value,
             .hash = hash}
        );
    }

    // Of the answers to the first thousand questions.
    std::uint64_t hash(Wanted const& want) {
        ResultHash hash;
        for (std::size_t i = 0; i < 1000; ++i) {
            index_.nearest(query(questions_[i], want), found_);
            for (geo::Hit const& hit : found_.hits) {
                hash.add(hit.id);
                hash.add(static_cast<std::uint64_t>(hit.distance.count()));
            }
            for (geo::Hit const& hit : found_.passed_over)
                hash.add(hit.id);
        }
        return hash.value();
    }

    struct Answered {
        double per_second = 0;
        std::vector<double> spans_us;
    };

    Answered answer(geo::Explain explain) {
        std::vector<geo::Query> queries;
        for (City::Flat const& flat : questions_) {
            queries.push_back(query(flat, wanted));
            queries.back().explain = explain;
        }
        auto const ask = [&](geo::Query const& one) { index_.nearest(one, found_); };
        double const rate = best_rate(queries, 3, ask);
        return {rate, spans_us(queries, ask)};
    }

    void measure_queries(std::optional<RedisGeo>& redis) {
        auto const plain = answer(geo::Explain::no);
        auto const explained = answer(geo::Explain::yes);
        std::uint64_t const answers = hash(wanted);
        Rate fixed;
        Rate grown;
        Rate any;
        if (redis) {
            std::vector<Position> places;
            for (std::size_t i = 0; i < size_.rival_count; ++i)
                places.push_back(questions_[i].position());
            fixed = redis->search(places, radius_m);
            grown = redis->search_growing(places, size_.grown_start_m, is_eligible_);
            any = redis->search_growing(places, size_.any_start_m);
        }
        report("queries_", "redis GEOSEARCH 3 km", plain, fixed, answers);
        report("explained_", "redis GEOSEARCH 3 km", explained, fixed, answers);
        report("grown_", "redis GEOSEARCH growing to 10 eligible", plain, grown, answers);
        report("grown_any_", "redis GEOSEARCH growing to any 10", plain, any, answers);
    }

    void report(
        std::string const& metric,
        std::string_view rival,
        Answered const& ours,
        Rate const& other,
        std::uint64_t answers
    ) {
        std::string const name = metric + size_.name;
        double const p50 = ours.spans_us[ours.spans_us.size() / 2];
        double const p99 = ours.spans_us[ours.spans_us.size() * 99 / 100];
        tell(name, "", {ours.per_second, "1/s", other.per_second, rival}, answers);
        tell(name, "_p50", {p50, "us", other.p50_us, rival}, answers);
        tell(name, "_p99", {p99, "us", other.p99_us, rival}, answers);
    }

    // The same points and the same questions, with nothing wanted.
    void measure_limit() {
        DenseGrid grid{
            size_.agents, static_cast<float>(side_m), static_cast<float>(size_.dense_cell_m)};
        auto const& places = city_.places();
        for (std::uint32_t i = 0; i < places.size(); ++i)
            grid.insert(i, static_cast<float>(places[i].x), static_cast<float>(places[i].y));
        std::size_t seen = 0;
        double const limit = best_rate(questions_, 3, [&](City::Flat const& flat) {
            float const x = static_cast<float>(flat.x);
            seen += grid.nearest(x, static_cast<float>(flat.y), radius_m).count;
        });
        std::vector<geo::Query> queries;
        for (City::Flat const& flat : questions_)
            queries.push_back(query(flat, {}));
        std::size_t ours = 0;
        double const rate = best_rate(queries, 3, [&](geo::Query const& one) {
            index_.nearest(one, found_);
            ours += found_.hits.size();
        });
        if (seen != ours)
            std::fprintf(stderr, "nearest: %zu hits, the dense grid %zu\n", ours, seen);
        tell("unfiltered_" + size_.name, "", {rate, "1/s", limit, "dense grid limit"}, hash({}));
    }

    Options options_;
    Size size_;
    City city_;
    geo::FleetIndex index_;
    Found found_;
    std::vector<City::Step> steps_;
    std::vector<City::Flat> questions_;
    std::vector<bool> is_eligible_;
};

int run(Options const& options) {
    auto redis = RedisGeo::start();
    if (!redis) {
        std::fprintf(
            stderr,
            "nearest: no redis-server here (apt install redis-server): measured without it\n"
        );
    }
    std::size_t const few = options.quick ? 100 : 500;
    Bench{options, {50'000, "50k", 700, 250, 400, options.quick ? 1000UL : 5000UL}}.run(redis);
    Bench{options, {1'000'000, "1m", 160, 60, 100, few}}.run(redis);
    return 0;
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    return posthaste::bench::run(posthaste::bench::read_options(argc, argv));
}
