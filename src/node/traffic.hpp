// What a fleet says of the roads it drives on: its fixes become speeds, its drives arrivals, and
// both conditions that regions decide with.
//
// Takes    follow(): what the shard saw and decided, in its turn; work(): time to learn, now and
//          then, in another thread.
// Gives    work(): newer travel times for the shard to observe, every renew_every where something
//          was learned, the hour changed, or at once after a report on a road; watch(): those of
//          empty roads, when work() gave none for too long. conditions(): the newest, for whoever
//          asks for ways and times.
//          Closed and slow roads of all regions hold for all that drive on these roads.
//          save(), load(): what was learned, in a folder; written whole or not at all.
// Errors   load: what the file says (corrupt, too_new, malformed: of another map), as a warning:
//          learning begins again. save: io_failed.
// Threads  follow, reset, watch: the writer's. work, save: one other. conditions, counts: any.
// Limits   taken_max of what is followed waits for work(); more is dropped and counted. Of
//          underway_max drives at once the oldest are forgotten.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "node/road_travel.hpp"
#include "node/shard.hpp"
#include "road/traffic/eta_model.hpp"
#include "road/traffic/matcher.hpp"
#include "road/traffic/speed_book.hpp"

namespace posthaste::node {

constexpr std::size_t taken_max = 200'000;
constexpr std::size_t underway_max = 100'000;

struct TrafficOptions {
    Millis renew_every{30'000};
    Millis stale_after{300'000};  ///< without newer conditions the roads count as empty
    unsigned threads = 1;         ///< of a customisation
};

struct TrafficCounts {
    road::MatchCounts matched;
    std::uint64_t dropped = 0;  ///< waited for work() in vain
    std::uint64_t drives = 0;   ///< learned of
    std::uint64_t renewals = 0;
    std::uint64_t reports = 0;          ///< that hold now
    std::uint64_t reports_nowhere = 0;  ///< of them at no road
    std::int64_t renewed_ms = 0;        ///< how long the last renewal took
    std::uint64_t edges_live = 0;       ///< with evidence of their own just now
};

class Traffic final : public views::Follower {
public:
    explicit Traffic(std::shared_ptr<road::Roads const> roads, TrafficOptions options = {});
    ~Traffic() override;

    void follow(views::Turned const& turned) override;
    void reset(core::State const& state, core::Field const& field) override;

    std::optional<NewTravel> work(Instant now);
    std::optional<NewTravel> watch(Instant now);

    /// For the shard's options.
    match::MakeTravel travel() const { return travel_on(times_); }
    std::shared_ptr<road::Conditions const> conditions() const;
    TrafficCounts counts() const;
    AnswerCounts answered() const { return times_->answered(); }

    /// Requires: nobody works or follows.
    Status load(std::filesystem::path const& folder);
    Status save(std::filesystem::path const& folder) const;

private:
    /// A drive to a stop, from when it was begun.
    struct Underway {
        road::Drive drive;
        std::uint8_t stop = 0;
    };
    struct Begun {
        model::AssignmentId assignment{};
        road::Profile profile{};
        road::Drive drive;  ///< nothing foreseen yet
    };
    struct Ended {
        model::AssignmentId assignment{};
        Instant at;
        bool arrived = false;  ///< else it came to nothing
    };
    struct Seen {
        model::Fix fix;
        road::Profile profile{};
    };
    using Taken = std::variant<Seen, Begun, Ended>;

    void give(std::vector<Taken> taken);
    void note_drives(views::Turned const& turned, std::vector<Taken>& taken);
    void note_reports(core::State const& state);
    void learn(Seen const& seen);
    void learn(Begun const& begun);
    void learn(Ended const& ended);
    bool is_due(Instant now) const;
    std::vector<model::RoadReport> reports_at(Instant now) const;
    std::shared_ptr<road::Conditions const> make_conditions(Instant now);
    NewTravel adopting(std::shared_ptr<road::Conditions const> conditions);

    std::shared_ptr<road::Roads const> roads_;
    TrafficOptions options_;
    std::shared_ptr<road::Conditions const> empty_roads_;
    std::shared_ptr<RoadTimes> times_;

    // The writer's.
    std::map<model::AssignmentId, std::uint8_t> driving_;  ///< to which stop

    // Between the two.
    mutable std::mutex mutex_;
    std::vector<Taken> taken_;
    std::map<RegionId, std::vector<model::RoadReport>> reports_;
    std::shared_ptr<road::Conditions const> conditions_;
    TrafficCounts counts_;

    // Who works.
    road::Query query_;
    std::map<road::Profile, road::Matcher> matchers_;
    road::SpeedBook speeds_;
    road::EtaBook drives_;
    std::map<model::AssignmentId, road::Drive> underway_;
    std::set<model::RoadReportId> applied_;  ///< reports
    std::uint64_t learned_ = 0;              ///< since conditions were last made
    Instant renewed_;
};

}  // namespace posthaste::node
