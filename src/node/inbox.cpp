#include "node/inbox.hpp"

namespace posthaste::node {

namespace {

// From here on a fix that stands in line makes way for the agent's newer one.
constexpr std::size_t coalesce_from = 1024;

template <class... Ts>
bool is_one_of(model::Command const& command) {
    return (std::holds_alternative<Ts>(command) || ...);
}

}  // namespace

Lane lane_of(model::Command const& command) {
    if (is_one_of<model::AdoptPlan>(command)) return Lane::plan;
    if (is_one_of<
            model::TransitionJob,
            model::FinishStop,
            model::AssignJob,
            model::ReleaseAssignment,
            model::ReceiveOffer,
            model::AcceptOffer,
            model::DeclineOffer,
            model::SetAvailability,
            model::SetBusy,
            model::HoldBooking,
            model::ReleaseBooking>(command)) {
        return Lane::status;
    }
    bool const config = is_one_of<
        model::SetPolicy,
        model::SetWorkflow,
        model::SetZone,
        model::RemoveZone,
        model::PostRoadReport,
        model::LiftRoadReport,
        model::CreateTenant,
        model::CreateRegion,
        model::CreateKey,
        model::RevokeKey>(command);
    return config ? Lane::control : Lane::job;
}

Status Inbox::submit(Submission submission) {
    std::lock_guard const lock{mutex_};
    if (closed_) return Error{Errc::io_failed, "the shard is stopped: its log failed"};
    auto& lane = lanes_[static_cast<std::size_t>(lane_of(submission.command))];
    if (lane.size() >= lane_max) {
        ++counts_.refused;
        return Error{Errc::limit_exceeded, "the region's inbox is full"};
    }
    lane.push_back(std::move(submission));
    return Unit{};
}

Status Inbox::ask(Question question) {
    std::lock_guard const lock{mutex_};
    if (closed_) return Error{Errc::io_failed, "the shard is stopped: its log failed"};
    if (questions_.size() >= questions_max) {
        ++counts_.refused;
        return Error{Errc::limit_exceeded, "too many questions wait"};
    }
    questions_.push_back(std::move(question));
    return Unit{};
}

std::vector<Question> Inbox::take_questions(std::size_t most) {
    std::lock_guard const lock{mutex_};
    auto const end =
        questions_.begin() + static_cast<std::ptrdiff_t>(std::min(most, questions_.size()));
    std::vector<Question> taken{
        std::make_move_iterator(questions_.begin()), std::make_move_iterator(end)};
    questions_.erase(questions_.begin(), end);
    return taken;
}

bool Inbox::add_one(model::Fix const& fix) {
    auto const agent = raw(fix.agent);
    if (fixes_.size() >= coalesce_from) {
        auto const older = newest_.find(agent);
        if (older != newest_.end() && older->second >= first_fix_) {
            auto& waiting = fixes_[older->second - first_fix_];
            if (waiting.time <= fix.time) waiting = fix;
            ++counts_.coalesced;
            return true;
        }
    }
    if (fixes_.size() >= fixes_max) {
        ++counts_.shed;
        return false;
    }
    newest_.insert_or_assign(agent, first_fix_ + fixes_.size());
    fixes_.push_back(fix);
    return true;
}

std::size_t Inbox::add(std::vector<model::Fix> const& fixes) {
    std::lock_guard const lock{mutex_};
    std::size_t taken = 0;
    for (auto const& fix : fixes)
        taken += add_one(fix) ? 1U : 0U;
    return taken;
}

Batch Inbox::take(Quotas const& quotas) {
    std::lock_guard const lock{mutex_};
    Batch batch;
    for (std::size_t i = 0; i < lane_count; ++i) {
        auto const count = std::min(lanes_[i].size(), quotas.commands[i]);
        for (std::size_t taken = 0; taken < count; ++taken) {
            batch.commands.push_back(std::move(lanes_[i].front()));
            lanes_[i].pop_front();
        }
    }
    auto const count = std::min(fixes_.size(), quotas.fixes);
    batch.fixes.assign(fixes_.begin(), fixes_.begin() + static_cast<std::ptrdiff_t>(count));
    fixes_.erase(fixes_.begin(), fixes_.begin() + static_cast<std::ptrdiff_t>(count));
    first_fix_ += count;
    if (fixes_.empty()) newest_.clear();
    return batch;
}

void Inbox::put_back(std::vector<Submission> commands, std::vector<model::Fix> fixes) {
    std::lock_guard const lock{mutex_};
    for (auto each = commands.rbegin(); each != commands.rend(); ++each) {
        lanes_[static_cast<std::size_t>(lane_of(each->command))].push_front(std::move(*each));
    }
    ASSERT(first_fix_ >= fixes.size());  // they were taken from here
    first_fix_ -= fixes.size();
    fixes_.insert(fixes_.begin(), fixes.begin(), fixes.end());
}

std::vector<Submission> Inbox::close() {
    std::lock_guard const lock{mutex_};
    closed_ = true;
    std::vector<Submission> waiting;
    for (auto& lane : lanes_) {
        for (auto& each : lane)
            waiting.push_back(std::move(each));
        lane.clear();
    }
    return waiting;
}

bool Inbox::empty() const {
    std::lock_guard const lock{mutex_};
    for (auto const& lane : lanes_) {
        if (!lane.empty()) return false;
    }
    return fixes_.empty() && questions_.empty();
}

InboxCounts Inbox::counts() const {
    std::lock_guard const lock{mutex_};
    return counts_;
}

}  // namespace posthaste::node
