// Who is near: the fleet index alone, against Redis GEO and against the limit of a flat dense grid.
//
//   bench_nearest [--quick] [--json]
//
// Agents are spread evenly over 40 x 40 km at latitude 57.7 and move up to 60 m a step; one in
// eight is eligible (on duty, the skill, the vehicle kind: each one in two). A query asks for the
// ten nearest eligible within 3 km, with those passed over; Redis cannot filter, and answers for
// any ten. Redis pays its socket, and its figure is the better of pipelined and one at a time.
// Seed 42. `hash` is of the answers, the same on every machine.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "bench/rivals/dense_grid.hpp"
#include "bench/rivals/redis_geo.hpp"
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

struct Options {
    bool is_quick = false;
    bool is_json = false;
};

struct Size {
    std::uint32_t agents = 0;
    std::string name;
    int grown_start_m = 0;        ///< where about five are expected
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
    explicit City(std::uint32_t agents) : prng_{42}, places_(agents) {
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

class Hash {
public:
    void add(std::uint64_t value) {
        value_ = (value_ ^ value) * 0x9e3779b97f4a7c15ULL;
        value_ ^= value_ >> 32U;
    }
    std::string text() const {
        char text[17];
        std::snprintf(text, sizeof text, "%016lx", value_);
        return text;
    }

private:
    std::uint64_t value_ = 42;
};

struct Line {
    std::string metric;
    double value = 0;
    std::string unit = "1/s";
    std::string rival;
    std::optional<double> rival_value;
    std::string hash;
};

void print(Options const& options, Line const& line) {
    bool const more_is_better = line.unit == "1/s";
    double const rival = line.rival_value.value_or(0);
    double const ratio = more_is_better ? line.value / rival : rival / line.value;
    if (options.is_json) {
        std::printf(
            R"({"bench":"nearest","metric":"%s","value":%.6g,"unit":"%s")",
            line.metric.c_str(),
            line.value,
            line.unit.c_str()
        );
        if (line.rival_value) {
            std::printf(
                R"(,"rival":"%s","rival_value":%.6g,"ratio":%.4g)", line.rival.c_str(), rival, ratio
            );
        }
        std::printf(
            R"(,"hash":"%s"})"
            "\n",
            line.hash.c_str()
        );
    } else if (line.rival_value) {
        std::printf(
            "%-22s %12.6g %-4s %8.4g x %s (%.6g)\n",
            line.metric.c_str(),
            line.value,
            line.unit.c_str(),
            ratio,
            line.rival.c_str(),
            rival
        );
    } else {
        std::printf("%-22s %12.6g %s\n", line.metric.c_str(), line.value, line.unit.c_str());
    }
    std::fflush(stdout);
}

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
        for (std::uint32_t i = 0; i < places.size(); ++i)
            index_.put(i, i, places[i].position(), city_.traits());
        steps_ = city_.steps(options.is_quick ? 1'000'000 : 6'000'000);
        questions_ = city_.questions(options.is_quick ? 60'000 : 300'000);
    }

    void run(std::optional<RedisGeo>& redis) {
        Rate const rival_updates = redis ? load(*redis) : Rate{};
        double const updates = best_rate(steps_, 3, [&](City::Step const& step) {
            index_.move(step.agent, step.position);
        });
        std::optional<double> const rival =
            redis ? std::optional{rival_updates.per_second} : std::nullopt;
        print(options_, {"updates_" + size_.name, updates, "1/s", "redis GEOADD", rival, hash({})});
        measure_queries(redis);
        measure_limit();
    }

private:
    Rate load(RedisGeo& redis) {
        redis.load(City{size_.agents}.positions());
        std::vector<RedisGeo::Move> moves;
        std::size_t const count =
            std::min<std::size_t>(steps_.size(), options_.is_quick ? 100'000 : 400'000);
        for (std::size_t i = 0; i < count; ++i)
            moves.push_back({steps_[i].agent, steps_[i].position});
        return redis.move(moves);
    }

    geo::Query query(City::Flat const& flat, Wanted const& want) const {
        return {flat.position(), 10, Metres{radius_m}, want};
    }

    // Of the answers to the first thousand questions.
    std::string hash(Wanted const& want) {
        Hash hash;
        for (std::size_t i = 0; i < 1000; ++i) {
            index_.nearest(query(questions_[i], want), found_);
            for (geo::Hit const& hit : found_.hits) {
                hash.add(hit.id);
                hash.add(static_cast<std::uint64_t>(hit.distance.count()));
            }
            for (geo::Hit const& hit : found_.passed_over)
                hash.add(hit.id);
        }
        return hash.text();
    }

    void measure_queries(std::optional<RedisGeo>& redis) {
        std::vector<geo::Query> queries;
        for (City::Flat const& flat : questions_)
            queries.push_back(query(flat, wanted));
        auto const ask = [&](geo::Query const& one) { index_.nearest(one, found_); };
        double const rate = best_rate(queries, 3, ask);
        auto const spans = spans_us(queries, ask);
        std::string const answers = hash(wanted);
        std::optional<Rate> fixed;
        std::optional<Rate> grown;
        if (redis) {
            std::vector<Position> places;
            for (std::size_t i = 0; i < size_.rival_count; ++i)
                places.push_back(questions_[i].position());
            fixed = redis->search(places, radius_m);
            grown = redis->search_growing(places, size_.grown_start_m);
        }
        report("queries_", "redis GEOSEARCH 3 km", rate, spans, fixed, answers);
        report("grown_", "redis GEOSEARCH growing", rate, spans, grown, answers);
    }

    void report(
        std::string const& metric,
        std::string const& rival,
        double rate,
        std::vector<double> const& spans,
        std::optional<Rate> const& other,
        std::string const& answers
    ) {
        auto const value = [&](double Rate::*part) {
            return other ? std::optional{*other.*part} : std::nullopt;
        };
        std::string const name = metric + size_.name;
        double const p50 = spans[spans.size() / 2];
        double const p99 = spans[spans.size() * 99 / 100];
        print(options_, {name, rate, "1/s", rival, value(&Rate::per_second), answers});
        print(options_, {name + "_p50", p50, "us", rival, value(&Rate::p50_us), answers});
        print(options_, {name + "_p99", p99, "us", rival, value(&Rate::p99_us), answers});
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
        print(
            options_, {"unfiltered_" + size_.name, rate, "1/s", "dense grid limit", limit, hash({})}
        );
    }

    Options options_;
    Size size_;
    City city_;
    geo::FleetIndex index_;
    Found found_;
    std::vector<City::Step> steps_;
    std::vector<City::Flat> questions_;
};

int run(Options const& options) {
    auto redis = RedisGeo::start();
    if (!redis) {
        std::fprintf(
            stderr,
            "nearest: no redis-server here (apt install redis-server): measured without it\n"
        );
    }
    std::size_t const few = options.is_quick ? 100 : 500;
    Bench{options, {50'000, "50k", 250, 400, options.is_quick ? 1000UL : 5000UL}}.run(redis);
    Bench{options, {1'000'000, "1m", 60, 100, few}}.run(redis);
    return 0;
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    posthaste::bench::Options options;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--quick") == 0) {
            options.is_quick = true;
        } else if (std::strcmp(argv[i], "--json") == 0) {
            options.is_json = true;
        } else {
            std::fprintf(stderr, "usage: bench_nearest [--quick] [--json]\n");
            return 2;
        }
    }
    return posthaste::bench::run(options);
}
