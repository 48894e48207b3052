// Re-planning beside the regions: what happens calls for another plan, a worker looks for it, and
// it comes back as a command, checked against the region as it is by then.
//
// Takes    follow(): what the shard decided, in its turn. What may call for another plan: a slip
//          foreseen, work given or taken back, an agent come or gone, a road closed or opened.
//          work(): time to plan, now and then, in another thread.
// Gives    AdoptPlan, where a plan is better (core/plan_question.hpp), the policy's replan_after
//          after the first call for it; the event that called is its cause. What came meanwhile
//          waits for the next. Who is told that a part was stale, or that one was adopted, looks
//          once more, until nothing better is found.
// Order    regions by id.
// Errors   none: what came of the plans is counted.
// Threads  follow, reset: the writer's. work: one other. counts: any. Outlives the shard.
// Limits   one question a region at a time; troubles_max places of trouble, more are nowhere.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "core/plan_question.hpp"
#include "node/shard.hpp"

namespace posthaste::node {

constexpr std::size_t troubles_max = 64;

struct ReplanOptions {
    std::uint64_t steps = 0;  ///< of a search; 0: as many as the policy's deadline allows
    /// Microseconds from any zero.
    std::function<std::int64_t()> micros;
};

struct ReplanCounts {
    std::uint64_t asked = 0;
    std::uint64_t nothing_better = 0;
    std::uint64_t proposed = 0;
    std::uint64_t adopted = 0;  ///< some part or all of it
    std::uint64_t stale = 0;    ///< all of it
    std::uint64_t refused = 0;  ///< for a rule
    std::uint64_t failed = 0;   ///< not stored
    std::string last;           ///< what the region said to the last one
};

class Replan final : public views::Follower {
public:
    /// `travel` is called by work() alone.
    explicit Replan(match::MakeTravel travel, ReplanOptions options = {});
    ~Replan() override;

    void follow(views::Turned const& turned) override;
    void reset(core::State const& state, core::Field const& field) override;

    /// Whether a plan was proposed.
    bool work(Shard& shard, Instant now);
    ReplanCounts counts() const;

private:
    struct Called {
        std::optional<Instant> due;
        model::EventNumber cause = 0;
        std::vector<model::Position> places;
        Millis again_after;
        bool is_asked = false;
        std::optional<core::PlanQuestion> question;
        model::EventNumber cause_of_question = 0;
    };

    void ask(Shard& shard, RegionId region);
    std::optional<std::pair<RegionId, core::PlanQuestion>> take_question(model::EventNumber& cause);
    std::optional<model::AdoptPlan> plan(core::PlanQuestion question);
    void note(RegionId region, Reply const& reply);

    match::MakeTravel travel_;
    ReplanOptions options_;
    mutable std::mutex mutex_;
    std::map<RegionId, Called> called_;
    Instant now_;  ///< of the last work()
    ReplanCounts counts_;
};

}  // namespace posthaste::node
