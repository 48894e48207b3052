#include "node/shard.hpp"

#include "base/plant.hpp"
#include "node/recover.hpp"
#include "node/shard_parts.hpp"

namespace posthaste::node {

Shard::Shard(
    log::Log& log, Clock const& clock, ShardOptions options, std::vector<Follower*> followers
)
    : log_{log}, clock_{clock}, options_{options}, followers_{std::move(followers)} {}

Shard::~Shard() = default;

Result<std::unique_ptr<Shard>> Shard::open(
    log::Log& log, Clock const& clock, ShardOptions options, std::vector<Follower*> followers
) {
    std::unique_ptr<Shard> shard{new Shard{log, clock, options, std::move(followers)}};
    TRY(shard->load_regions());
    return shard;
}

// The control region first: it names the others.
Status Shard::load_regions() {
    TRY(load(core::control_region));
    auto const& control = seats_.at(core::control_region)->region.state.control;
    for (auto const& [id, entry] : control.regions)
        TRY(load(id));
    for (auto const id : TRY(log_.regions())) {
        if (!seats_.contains(id)) TRY(load(id));
    }
    return Unit{};
}

Status Shard::load(RegionId id) {
    auto recovered = TRY(recover(log_, id));
    auto seat = std::make_unique<Seat>(std::move(recovered.state), options_.travel);
    seat->checksum = recovered.checksum;
    for (auto const& why : recovered.refused)
        warnings_.push_back(why + "; replayed from an older one, or from the first record");
    // Older positions are better than none, and none is safe: agents are asked once they are seen.
    auto const positions = log_.load_positions(id);
    if (positions.ok() && positions.value()) {
        auto const loaded =
            seat->region.field.load_checkpoint(seat->region.state, positions.value()->bytes);
        if (!loaded.ok())
            warnings_.push_back(loaded.error().detail + "; asked of the agents again");
    } else if (!positions.ok()) {
        warnings_.push_back(positions.error().detail + "; positions come with the next fixes");
    }
    std::lock_guard const lock{seats_mutex_};
    auto const found = seats_.find(id);
    if (found == seats_.end()) {
        seats_.emplace(id, std::move(seat));
    } else {
        // The inbox outlives the state: what was not decided yet still can be.
        auto& kept = *found->second;
        kept.region = std::move(seat->region);
        kept.checksum = seat->checksum;
        kept.new_term = true;
        kept.knows_travel = false;
    }
    auto const& region = seats_.at(id)->region;
    for (auto* const follower : followers_)
        follower->reset(region.state, region.field);
    return Unit{};
}

Shard::Seat* Shard::seat_of(RegionId id) const {
    std::lock_guard const lock{seats_mutex_};
    auto const found = seats_.find(id);
    return found == seats_.end() ? nullptr : found->second.get();
}

Status Shard::submit(RegionId region, Submission submission) {
    if (stopped_) return Error{Errc::io_failed, "the shard is stopped: its log failed"};
    auto* const seat = seat_of(region);
    if (seat == nullptr) return Error{Errc::not_found, "there is no such region"};
    TRY(seat->inbox.submit(std::move(submission)));
    rouse();
    return Unit{};
}

Status Shard::ask(RegionId region, Question question) {
    auto* const seat = seat_of(region);
    if (seat == nullptr) return Error{Errc::not_found, "there is no such region"};
    TRY(seat->inbox.ask(std::move(question)));
    rouse();
    return Unit{};
}

std::size_t Shard::add_fixes(RegionId region, std::vector<model::Fix> const& fixes) {
    auto* const seat = seat_of(region);
    if (stopped_ || seat == nullptr) return 0;
    auto const taken = seat->inbox.add(fixes);
    rouse();
    return taken;
}

void Shard::observe(NewTravel travel) {
    {
        std::lock_guard const lock{wake_mutex_};
        observed_ = std::move(travel);
    }
    rouse();
}

void Shard::rouse() {
    {
        std::lock_guard const lock{wake_mutex_};
        awake_ = true;
    }
    wake_.notify_one();
}

void Shard::wait(Millis most) {
    auto due = instant_max;
    for (auto const& [id, seat] : seats_) {
        auto const& state = seat->region.state;
        if (core::has_agenda(state) || !seat->inbox.empty() || seat->new_term) return;
        if (seat->region.field.has_to_retime()) return;
        if (!state.timers.empty()) due = std::min(due, state.timers.begin()->due);
        due = std::min(due, seat->region.field.overdue_due());
    }
    auto const until_due = due - clock_.now();
    auto const span = std::clamp(until_due.count(), std::int64_t{0}, most.count());
    std::unique_lock lock{wake_mutex_};
    wake_.wait_for(lock, std::chrono::milliseconds{span}, [&] { return awake_; });
    awake_ = false;
}

std::vector<RegionId> Shard::regions() const {
    std::lock_guard const lock{seats_mutex_};
    std::vector<RegionId> ids;
    for (auto const& [id, seat] : seats_)
        ids.push_back(id);
    return ids;
}

core::Region const& Shard::region(RegionId id) const {
    auto const* const seat = seat_of(id);
    ASSERT(seat != nullptr);
    return seat->region;
}

InboxCounts Shard::inbox_counts() const {
    std::lock_guard const lock{seats_mutex_};
    InboxCounts sum;
    for (auto const& [id, seat] : seats_) {
        auto const counts = seat->inbox.counts();
        sum.refused += counts.refused;
        sum.coalesced += counts.coalesced;
        sum.shed += counts.shed;
    }
    return sum;
}

// An append failed. What the log really holds is read again before anybody is told anything.
Status Shard::settle(std::vector<Work>& works, Error const& error) {
    if (planted(Plant::unknown_outcome_assumed)) {
        MAYBE(log_.reopen().ok());
        publish(works);
        answer(works);
        return Unit{};
    }
    auto const stored = was_stored(works);
    if (!stored.ok()) return stop(works, stored.error());
    if (stored.value()) {
        publish(works);
        answer(works);
        seat_new_regions(works);
        return Unit{};
    }
    for (auto& work : works) {
        for (auto& [reply_to, reply] : work.replies) {
            reply.answer = Error{error.code, "not stored, nothing happened: " + error.detail};
        }
    }
    auto const reloaded = load_regions();
    if (!reloaded.ok()) return stop(works, reloaded.error());
    warnings_.push_back("nothing of a turn could be stored: " + error.detail);
    answer(works);
    return Unit{};
}

// A batch is stored whole or not at all, so the first of its records tells.
Result<bool> Shard::was_stored(std::vector<Work> const& works) {
    TRY(log_.reopen());
    for (auto const& work : works) {
        if (work.entries.empty()) continue;
        auto const tail = TRY(log_.tail(work.header.region));
        return tail && tail->checksum == work.sealed.checksum;
    }
    return true;
}

Status Shard::stop(std::vector<Work>& works, Error const& error) {
    stopped_ = true;
    for (auto& work : works) {
        for (auto& [reply_to, reply] : work.replies) {
            reply.answer = Error{Errc::io_failed, "outcome unknown: " + error.detail};
        }
    }
    answer(works);
    for (auto const& [id, seat] : seats_) {
        auto const waiting_commands = seat->inbox.close();
        for (auto const& question : seat->inbox.take_questions(questions_max))
            question(nullptr, {});
        for (auto& waiting : waiting_commands) {
            if (waiting.reply_to) {
                waiting.reply_to({id, Error{Errc::io_failed, "not decided: " + error.detail}});
            }
        }
    }
    return error;
}

void Shard::seat_new_regions(std::vector<Work> const& works) {
    for (auto const& work : works) {
        if (!work.seat->made_region) continue;
        work.seat->made_region = false;
        for (auto const& [id, entry] : work.seat->region.state.control.regions) {
            if (seat_of(id) != nullptr) continue;
            auto const loaded = load(id);
            ASSERT(loaded.ok());  // a region without records needs nothing of the disk
        }
    }
}

void Shard::checkpoint_positions(Instant now) {
    if (now < checkpointed_ + options_.checkpoint_every && now >= checkpointed_) return;
    checkpointed_ = now;
    for (auto const& [id, seat] : seats_) {
        if (seat->region.state.agents.empty()) continue;
        // A lost checkpoint costs freshness, not safety; the log's next append will tell.
        auto const saved = log_.save_positions(id, {now, seat->region.field.checkpoint()});
        MAYBE(saved.ok());
    }
}

}  // namespace posthaste::node
