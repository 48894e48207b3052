#include "main/eta_report.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/apply.hpp"
#include "core/decide.hpp"
#include "model/record.hpp"

namespace posthaste::main {

namespace {

constexpr std::size_t read_bytes = std::size_t{4} << 20U;
constexpr std::int64_t minute_ms = 60'000;

class Collector {
public:
    Collector(log::Log const& log, RegionId region) : log_{log} { state_.region = region; }

    Result<std::vector<EtaSample>> run() {
        TRY(begin());
        for (;;) {
            auto const records = TRY(log_.read(state_.region, state_.last_event + 1, read_bytes));
            if (records.empty()) return std::move(samples_);
            for (auto const& stored : records)
                follow(TRY(model::unseal(stored.bytes)));
        }
    }

private:
    /// At the oldest snapshot, where what was before it was trimmed away.
    Status begin() {
        auto const first = log_.read(state_.region, 1, 1);
        if (first.ok() || first.error().code != Errc::not_found) return Unit{};
        auto below = std::numeric_limits<model::EventNumber>::max();
        for (std::size_t i = 0; i < log::snapshots_kept; ++i) {
            auto const loaded = TRY(log_.load_snapshot(state_.region, below));
            if (!loaded.snapshot || loaded.snapshot->event == 0) break;
            state_ = TRY(core::restore(loaded.snapshot->bytes));
            below = loaded.snapshot->event - 1;
        }
        return Unit{};
    }

    void follow(model::Record const& record) {
        std::vector<model::AgentId> touched;
        for (auto const& entry : record.entries) {
            for (auto const& event : entry.events) {
                if (auto const* const reached = std::get_if<model::StopReached>(&event))
                    arrive(*reached);
                auto const changed = core::apply(state_, entry.envelope, event);
                touched.insert(touched.end(), changed.agents.begin(), changed.agents.end());
            }
        }
        for (auto const id : touched)
            set_out(id);
        std::erase_if(told_, [&](auto const& told) {
            return !state_.assignments.contains(told.first);
        });
    }

    void set_out(model::AgentId id) {
        auto const* const agent = state_.agents.find(id);
        if (agent == nullptr || agent->route.empty()) return;
        auto const& next = agent->route.front();
        auto const& assignment = state_.assignments.at(next.assignment);
        bool const drives = state_.phase_of(assignment) == model::Phase::en_route &&
                            !assignment.stops[next.stop].arrived;
        auto const known = told_.find(next.assignment);
        if (!drives || (known != told_.end() && known->second.stop == next.stop)) return;
        told_.insert_or_assign(
            next.assignment,
            Told{
                next.stop,
                {.told = state_.last_at,
                 .ahead = next.arrival - state_.last_at,
                 .spread = next.arrival_p90 - next.arrival,
                 .source = next.source,
                 .agent = id}}
        );
    }

    void arrive(model::StopReached const& reached) {
        auto const known = told_.find(reached.assignment);
        if (known == told_.end() || known->second.stop != reached.stop) return;
        auto sample = known->second.sample;
        sample.late = reached.at - (sample.told + sample.ahead);
        sample.zone = core::zone_of(state_, sample.agent);
        samples_.push_back(sample);
        told_.erase(known);
    }

    struct Told {
        std::uint8_t stop = 0;
        EtaSample sample;
    };

    log::Log const& log_;
    core::State state_;
    std::map<model::AssignmentId, Told> told_;  ///< to those who are under way
    std::vector<EtaSample> samples_;
};

template <class KeyOf>
auto grouped(std::vector<EtaSample> const& samples, KeyOf const& key_of) {
    std::map<decltype(key_of(samples.front())), std::vector<EtaSample>> groups;
    for (auto const& sample : samples)
        groups[key_of(sample)].push_back(sample);
    std::map<decltype(key_of(samples.front())), EtaFigures> figures;
    for (auto const& [key, group] : groups)
        figures.emplace(key, judge(group));
    return figures;
}

}  // namespace

Result<std::vector<EtaSample>> eta_samples(log::Log const& log, RegionId region) {
    return Collector{log, region}.run();
}

EtaFigures judge(std::vector<EtaSample> const& samples) {
    EtaFigures figures{.drives = samples.size()};
    if (samples.empty()) return figures;
    auto const count = static_cast<std::int64_t>(samples.size());
    std::vector<Millis> late;
    std::int64_t error = 0;
    std::int64_t spread = 0;
    for (auto const& sample : samples) {
        late.push_back(sample.late);
        error += std::abs(sample.late.count());
        spread += sample.spread.count();
        if (sample.late <= Millis{}) ++figures.within_p50;
        if (sample.late <= sample.spread) ++figures.within_p90;
    }
    std::ranges::sort(late);
    figures.mean_error = Millis{error / count};
    figures.bias = late[late.size() / 2];
    figures.within_p50 = figures.within_p50 * 1000 / count;
    figures.within_p90 = figures.within_p90 * 1000 / count;
    figures.spread = Millis{spread / count};
    return figures;
}

std::map<std::int64_t, EtaFigures> by_hour(std::vector<EtaSample> const& samples) {
    constexpr std::int64_t hour_ms = 60 * minute_ms;
    return grouped(samples, [](EtaSample const& sample) {
        return sample.told.millis() / hour_ms % 24;
    });
}

std::map<std::int64_t, EtaFigures> by_minutes_ahead(std::vector<EtaSample> const& samples) {
    return grouped(samples, [](EtaSample const& sample) -> std::int64_t {
        for (std::int64_t const minutes : {40, 20, 10, 5})
            if (sample.ahead >= Millis{minutes * minute_ms}) return minutes;
        return 0;
    });
}

std::map<model::TravelSource, EtaFigures> by_source(std::vector<EtaSample> const& samples) {
    return grouped(samples, [](EtaSample const& sample) { return sample.source; });
}

std::map<model::ZoneId, EtaFigures> by_zone(std::vector<EtaSample> const& samples) {
    return grouped(samples, [](EtaSample const& sample) { return sample.zone; });
}

std::map<model::AgentId, EtaFigures> by_agent(std::vector<EtaSample> const& samples) {
    return grouped(samples, [](EtaSample const& sample) { return sample.agent; });
}

}  // namespace posthaste::main
