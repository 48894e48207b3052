// Five-fold over the taxi trips of New York that lie on Manhattan's roads.
#include <cstdio>
#include <optional>

#include "base/prng.hpp"
#include "bench/eta/eta.hpp"
#include "bench/eta/trips.hpp"
#include "road/hierarchy.hpp"
#include "road/import.hpp"
#include "road/metric.hpp"
#include "road/query.hpp"
#include "road/snap.hpp"
#include "road/traffic/matcher.hpp"
#include "road/traffic/speed_book.hpp"

namespace posthaste::bench {

namespace {

using road::Profile;

constexpr std::size_t folds = 5;
constexpr std::size_t splits = 10;  // into folds: one split alone is luck
constexpr Metres reach{50};
// The file has seconds only: a Thursday, 19:00.
constexpr Instant begin{1'421'348'400'000};

struct Trip {
    road::Place source;
    road::Place target;
    road::Drive drive;  ///< `foreseen`: in free flow
    Millis took;
    std::vector<road::Passage> passages;
};

class Manhattan {
public:
    explicit Manhattan(road::OwnedColumns the_columns) : columns_{std::move(the_columns)} {}

    std::vector<Trip> matched(std::vector<TripFixes> const& all) {
        std::vector<Trip> trips;
        road::Matcher matcher{network_, index_, free_};
        for (auto const& fixes : all) {
            auto trip = placed(fixes);
            if (!trip) continue;
            for (auto const& fix : fixes)
                for (auto const& passage : matcher.take(fix))
                    trip->passages.push_back(passage);
            for (auto const& passage : matcher.end(fixes[0].agent))
                trip->passages.push_back(passage);
            trips.push_back(*std::move(trip));
        }
        return trips;
    }

    /// The metric that follows from some trips.
    road::Metric learned(std::vector<Trip const*> const& trips) const {
        road::SpeedBook book{network_, {}};
        for (auto const* trip : trips)
            for (auto const& passage : trip->passages)
                book.learn(passage, Profile::car);
        // Long after: what is different just now is over.
        auto const traffic = book.factors(begin + Millis{7 * 86'400'000LL + 1'800'000});
        auto times = road::edge_times(network_, Profile::car, traffic.factors);
        return road::customize(network_, lower_, Profile::car, std::move(times));
    }
    road::Drive foreseen(Trip const& trip, road::Metric const& metric) {
        auto drive = trip.drive;
        drive.foreseen = Millis{query_.time(metric, trip.source, trip.target)};
        return drive;
    }

private:
    std::optional<Trip> placed(TripFixes const& fixes) {
        auto const source = index_.snap(fixes.front().place, Profile::car, {.reach = reach});
        auto const target = index_.snap(fixes.back().place, Profile::car, {.reach = reach});
        if (!source || !target) return std::nullopt;
        Trip trip{
            .source = source->place,
            .target = target->place,
            .drive =
                {.foreseen = Millis{query_.time(free_, source->place, target->place)},
                 .begun = fixes.front().time,
                 .from = fixes.front().place,
                 .to = fixes.back().place},
            .took = fixes.back().time - fixes.front().time,
            .passages = {}};
        if (trip.drive.foreseen.count() >= road::never) return std::nullopt;
        return trip;
    }

    road::OwnedColumns columns_;
    road::Network network_ = road::network_of(columns_);
    road::Lower lower_ = road::lower_of(network_);
    road::Metric free_ =
        road::customize(network_, lower_, Profile::car, road::edge_times(network_, Profile::car));
    road::SnapIndex index_{network_};
    road::Query query_{network_, lower_};
};

/// In `folds` parts by chance.
std::vector<std::vector<Trip const*>> parts_of(
    std::vector<Trip const*> trips, Prng& prng, std::size_t count
) {
    for (auto i = trips.size(); i > 1; --i)
        std::swap(trips[i - 1], trips[prng.below(i)]);
    std::vector<std::vector<Trip const*>> parts(count);
    for (std::size_t i = 0; i < trips.size(); ++i)
        parts[i % count].push_back(trips[i]);
    return parts;
}

std::vector<Trip const*> all_but(
    std::vector<std::vector<Trip const*>> const& parts, std::size_t out
) {
    std::vector<Trip const*> all;
    for (std::size_t i = 0; i < parts.size(); ++i)
        if (i != out) all.insert(all.end(), parts[i].begin(), parts[i].end());
    return all;
}

void score_fold(
    Manhattan& city,
    std::vector<Trip const*> const& training,
    std::vector<Trip const*> const& tests,
    Prng& prng,
    Score& score
) {
    // What the model learns from was foreseen as the tests are: without the drive itself.
    road::EtaBook book;
    auto const inner = parts_of(training, prng, folds);
    for (std::size_t i = 0; i < inner.size(); ++i) {
        auto const metric = city.learned(all_but(inner, i));
        for (auto const* trip : inner[i])
            book.learn(city.foreseen(*trip, metric), trip->took);
    }
    std::vector<Outcome> outcomes;
    for (auto const* trip : training)
        outcomes.push_back({trip->drive.foreseen, trip->took});
    auto const constant = best_constant(outcomes);
    auto const model = book.model();
    auto const metric = city.learned(training);
    for (auto const* trip : tests)
        score.add(
            {trip->drive.foreseen, trip->took}, constant, model.band(city.foreseen(*trip, metric))
        );
}

}  // namespace

void run_trips(std::filesystem::path const& data, Options const& options) {
    road::ImportReport report;
    auto columns = road::import_network(data / "roads/manhattan_roads.geojson", {}, report);
    auto const all = read_trips(data / "demand/nyc_trips_v7.json", begin);
    ASSERT(columns.ok());
    ASSERT(all.ok());
    Manhattan city{std::move(columns).value()};
    auto const trips = city.matched(all.value());
    std::fprintf(stderr, "%zu of %zu trips lie on the network\n", trips.size(), all.value().size());
    std::vector<Trip const*> each;
    for (auto const& trip : trips)
        each.push_back(&trip);
    Prng prng{seed};
    Score score;
    for (std::size_t split = 0; split < (options.quick ? 1 : splits); ++split) {
        auto const parts = parts_of(each, prng, folds);
        for (std::size_t i = 0; i < folds; ++i)
            score_fold(city, all_but(parts, i), parts[i], prng, score);
    }
    print_score("trips", score);
}

}  // namespace posthaste::bench
