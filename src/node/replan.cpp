#include "node/replan.hpp"

#include <chrono>

#include "plan/search.hpp"

namespace posthaste::node {

namespace {

std::int64_t steady_micros() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

struct Trouble {
    bool calls = false;
    std::optional<model::Position> place;
};

std::optional<model::Position> place_of(core::State const& state, model::JobId id) {
    auto const* const job = state.jobs.find(id);
    if (job == nullptr || job->stops.empty()) return std::nullopt;
    return job->stops.front().place;
}

Trouble trouble_in(core::State const& state, model::Event const& event) {
    if (auto const* const slip = std::get_if<model::SlipPredicted>(&event)) {
        if (slip->late <= Millis{}) return {};
        auto const* const assignment = state.assignments.find(slip->assignment);
        if (assignment == nullptr) return {true, {}};
        return {true, place_of(state, assignment->job)};
    }
    if (auto const* const made = std::get_if<model::AssignmentMade>(&event))
        return {true, place_of(state, made->assignment.job)};
    if (auto const* const ended = std::get_if<model::AssignmentEnded>(&event))
        return {ended->how != model::AssignmentEnd::done, {}};
    if (auto const* const road = std::get_if<model::RoadReportPosted>(&event)) {
        if (road->report.line.empty()) return {true, {}};
        return {true, road->report.line.front()};
    }
    return {
        std::holds_alternative<model::AvailabilityChanged>(event) ||
            std::holds_alternative<model::ShiftTurned>(event) ||
            std::holds_alternative<model::RoadReportLifted>(event),
        {}};
}

// Where those are whom the turn touched: for what has no place of its own.
void add_touched(views::Turned const& turned, std::vector<model::Position>& places) {
    for (auto const id : turned.touched.agents) {
        if (places.size() >= troubles_max) return;
        auto const* const agent = turned.state.agents.find(id);
        if (agent == nullptr) continue;
        auto const seen = turned.field.seen(id);
        places.push_back(seen ? seen->place : agent->profile.home);
    }
}

}  // namespace

Replan::Replan(match::MakeTravel travel, ReplanOptions options)
    : travel_{std::move(travel)}, options_{std::move(options)} {
    if (!options_.micros) options_.micros = steady_micros;
}

Replan::~Replan() = default;

// --- in the writer's turn ---

void Replan::follow(views::Turned const& turned) {
    auto const after = turned.state.policy.replan_after;
    if (after <= Millis{}) return;
    model::EventNumber cause = 0;
    auto number = turned.record.header.first_event;
    std::vector<model::Position> places;
    for (auto const& entry : turned.record.entries) {
        for (auto const& event : entry.events) {
            auto const trouble = trouble_in(turned.state, event);
            if (trouble.calls && cause == 0) cause = number;
            if (trouble.place && places.size() < troubles_max) places.push_back(*trouble.place);
            ++number;
        }
    }
    if (cause == 0) return;
    if (places.empty()) add_touched(turned, places);
    std::lock_guard const lock{mutex_};
    auto& called = called_[turned.region];
    called.again_after = after;
    if (!called.due) {
        called.due = turned.state.last_at + after;
        called.cause = cause;
        called.places.clear();
    }
    for (auto const& place : places)
        if (called.places.size() < troubles_max) called.places.push_back(place);
}

// What was asked of the state before is stale as a whole, and would be refused as that.
void Replan::reset(core::State const& state, core::Field const& /*field*/) {
    std::lock_guard const lock{mutex_};
    called_.erase(state.region);
}

// --- in the worker ---

bool Replan::work(Shard& shard, Instant now) {
    std::vector<RegionId> due;
    {
        std::lock_guard const lock{mutex_};
        now_ = now;
        for (auto const& [region, called] : called_) {
            bool const is_free = !called.is_asked && !called.question;
            if (is_free && called.due && *called.due <= now) due.push_back(region);
        }
    }
    for (auto const region : due)
        ask(shard, region);
    model::EventNumber cause = 0;
    auto taken = take_question(cause);
    if (!taken) return false;
    auto adopt = plan(std::move(taken->second));
    std::lock_guard const lock{mutex_};
    if (!adopt) {
        ++counts_.nothing_better;
        return false;
    }
    ++counts_.proposed;
    Submission submission;
    submission.envelope = {.role = model::Role::engine, .cause = cause};
    submission.command = std::move(*adopt);
    submission.reply_to = [this, region = taken->first](Reply const& reply) {
        note(region, reply);
    };
    if (!shard.submit(taken->first, std::move(submission)).ok()) ++counts_.failed;
    return true;
}

void Replan::ask(Shard& shard, RegionId region) {
    std::vector<model::Position> places;
    {
        std::lock_guard const lock{mutex_};
        auto& called = called_[region];
        called.is_asked = true;
        called.due.reset();
        called.cause_of_question = called.cause;
        places = std::move(called.places);
        called.places.clear();
        ++counts_.asked;
    }
    auto const answer = [this, region, places](core::Region const* of, Instant now) {
        auto question = of == nullptr ? std::nullopt : core::plan_question(*of, now, places);
        std::lock_guard const lock{mutex_};
        auto& called = called_[region];
        called.is_asked = false;
        if (!question) ++counts_.nothing_better;
        called.question = std::move(question);
    };
    if (shard.ask(region, answer).ok()) return;
    std::lock_guard const lock{mutex_};
    called_[region].is_asked = false;
    ++counts_.failed;
}

std::optional<std::pair<RegionId, core::PlanQuestion>> Replan::take_question(
    model::EventNumber& cause
) {
    std::lock_guard const lock{mutex_};
    for (auto& [region, called] : called_) {
        if (!called.question) continue;
        cause = called.cause_of_question;
        std::pair taken{region, std::move(*called.question)};
        called.question.reset();
        return taken;
    }
    return std::nullopt;
}

std::optional<model::AdoptPlan> Replan::plan(core::PlanQuestion question) {
    auto const travel = travel_(question.policy, question.kinds);
    if (!core::complete(question, *travel)) return std::nullopt;
    plan::Budget budget;
    budget.steps = options_.steps;
    if (budget.steps == 0) {
        budget.micros = question.policy.replan_deadline.count() * 1000;
        budget.clock = [begun = options_.micros(), this] { return options_.micros() - begun; };
    }
    auto const answer = plan::solve(question.problem, budget, {});
    return core::proposal(question, answer.routes);
}

void Replan::note(RegionId region, Reply const& reply) {
    std::lock_guard const lock{mutex_};
    if (!reply.answer.ok()) {
        ++counts_.failed;
        counts_.last = reply.answer.error().detail;
        return;
    }
    auto const& answer = reply.answer.value();
    counts_.last = answer.detail;
    if (answer.rejection == model::Rejection::none) {
        ++counts_.adopted;
    } else if (answer.rejection == model::Rejection::plan_stale) {
        ++counts_.stale;
    } else {
        ++counts_.refused;
        return;
    }
    auto& called = called_[region];
    if (!called.due) called.due = now_ + called.again_after;
}

ReplanCounts Replan::counts() const {
    std::lock_guard const lock{mutex_};
    return counts_;
}

}  // namespace posthaste::node
