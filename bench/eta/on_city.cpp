// A simulated city: its fleet drives for some days, the last of which are the test.
//
// Every ten minutes a new metric follows from the fixes sent by then. Each drive is foreseen before
// it begins, by the metric and the model of that moment; it is learned from when it has ended.
#include <algorithm>
#include <cmath>

#include "bench/eta/eta.hpp"
#include "bench/eta/simulated_city.hpp"
#include "road/hierarchy.hpp"
#include "road/import.hpp"
#include "road/traffic/matcher.hpp"
#include "road/traffic/speed_book.hpp"

namespace posthaste::bench {

namespace {

using road::Profile;

constexpr Instant monday{1'779'667'200'000};  // 25 May 2026, 0:00 UTC
constexpr Millis day{86'400'000};
constexpr Millis work_begins{6 * 3'600'000};
constexpr Millis work_ends{20 * 3'600'000};
constexpr Millis step{600'000};

struct Effort {
    int training_days = 0;
    int test_days = 0;
    std::size_t vehicles = 0;
};

class Learner {
public:
    Learner(
        road::Network const& network,
        road::Lower const& lower,
        road::SnapIndex const& index,
        road::Metric const& free
    )
        : network_{network},
          lower_{lower},
          free_{free},
          query_{network, lower},
          matcher_{network, index, free},
          speeds_{network, {}},
          metric_{free} {}

    /// What is known at `now` becomes the metric, and the model.
    void learn_until(Instant now) {
        std::ranges::sort(fixes_, {}, [](model::Fix const& fix) {
            return std::pair{fix.time, fix.agent};
        });
        std::size_t used = 0;
        Stopwatch const watch;
        for (; used < fixes_.size() && fixes_[used].time < now; ++used)
            for (auto const& passage : matcher_.take(fixes_[used]))
                speeds_.learn(passage, Profile::car);
        matching_ns_ += watch.nanos();
        fixes_.erase(fixes_.begin(), fixes_.begin() + static_cast<std::ptrdiff_t>(used));
        for (auto const& [drive, took] : under_way_)
            if (drive.begun + took < now) drives_.learn(drive, took);
        std::erase_if(under_way_, [&](auto const& one) {
            return one.first.begun + one.second < now;
        });
        auto const traffic = speeds_.factors(now);
        metric_ = road::customize(
            network_,
            lower_,
            Profile::car,
            road::edge_times(network_, Profile::car, traffic.factors)
        );
        model_ = drives_.model();
    }

    road::Drive foresee(SimulatedDrive const& drive) {
        return {
            Millis{query_.time(metric_, drive.source, drive.target)},
            drive.begun,
            drive.from,
            drive.to,
            model::AgentId{drive.vehicle + 1}};
    }
    Millis free(SimulatedDrive const& drive) {
        return Millis{query_.time(free_, drive.source, drive.target)};
    }
    road::EtaBand band(road::Drive const& drive) const { return model_.band(drive); }
    void watch(SimulatedDrive drive, road::Drive const& foreseen) {
        fixes_.insert(fixes_.end(), drive.fixes.begin(), drive.fixes.end());
        under_way_.emplace_back(foreseen, drive.took);
    }

    road::MatchCounts const& counts() const { return matcher_.counts(); }
    std::int64_t matching_ns() const { return matching_ns_; }

private:
    road::Network const& network_;
    road::Lower const& lower_;
    road::Metric const& free_;
    road::Query query_;
    road::Matcher matcher_;
    road::SpeedBook speeds_;
    road::EtaBook drives_;
    road::EtaModel model_;
    road::Metric metric_;
    std::vector<model::Fix> fixes_;  ///< sent, not yet taken
    std::vector<std::pair<road::Drive, Millis>> under_way_;
    std::int64_t matching_ns_ = 0;
};

}  // namespace

void run_city(std::filesystem::path const& data, Options const& options) {
    Effort const effort = options.quick ? Effort{2, 1, 60} : Effort{4, 3, 100};
    road::ImportReport report;
    auto imported = road::import_network(data / "roads/columbus_oh.osm.pbf", {}, report);
    ASSERT(imported.ok());
    auto const columns = std::move(imported).value();
    auto const network = road::network_of(columns);
    auto const lower = road::lower_of(network);
    auto const free =
        road::customize(network, lower, Profile::car, road::edge_times(network, Profile::car));
    road::SnapIndex const index{network};
    SimulatedCity city{network, lower, index, free, seed, effort.vehicles};
    Learner learner{network, lower, index, free};
    std::vector<Outcome> training;
    Score score;
    double constant = 1;
    for (int today = 0; today < effort.training_days + effort.test_days; ++today) {
        bool const is_test = today >= effort.training_days;
        if (today == effort.training_days) constant = best_constant(training);
        auto const midnight = monday + day * today;
        city.begin_day(midnight + work_begins);
        for (auto now = midnight + work_begins; now < midnight + work_ends; now = now + step) {
            learner.learn_until(now);
            for (auto& drive : city.drives(now, now + step)) {
                auto const foreseen = learner.foresee(drive);
                Outcome const outcome{learner.free(drive), drive.took};
                if (foreseen.foreseen.count() >= road::never) continue;
                if (is_test) score.add(outcome, constant, learner.band(foreseen));
                if (!is_test) training.push_back(outcome);
                learner.watch(std::move(drive), foreseen);
            }
        }
    }
    print_score("city", score);
    print(
        {.bench = "eta",
         .metric = "city_fixes_matched",
         .value = static_cast<double>(learner.counts().used + learner.counts().too_near) * 1e9 /
                  static_cast<double>(learner.matching_ns()),
         .unit = "fixes/s",
         .hash = learner.counts().passages}
    );
}

}  // namespace posthaste::bench
