// One turn: what came in is decided, made durable, and only then told. All stages meet here.
#include <chrono>

#include "base/plant.hpp"
#include "node/shard_parts.hpp"

namespace posthaste::node {

namespace {

using Stopwatch = std::chrono::steady_clock;

std::int64_t us_since(Stopwatch::time_point start) {
    auto const span = Stopwatch::now() - start;
    return std::chrono::duration_cast<std::chrono::microseconds>(span).count();
}

bool is_accept(core::Input const& input) {
    auto const* const command = std::get_if<core::CommandInput>(&input);
    return command != nullptr && std::holds_alternative<model::AcceptOffer>(command->command);
}

}  // namespace

Result<bool> Shard::turn() {
    if (stopped_) return Error{Errc::io_failed, "the shard is stopped: its log failed"};
    auto const begun = Stopwatch::now();
    Instant const clock_now = clock_.now();  // the only clock read of a turn
    times_ = {};
    take_travel();
    std::vector<Work> works;
    for (auto& [id, seat] : seats_) {
        auto const last = seat->region.state.last_at;
        Work work{*seat, planted(Plant::clock_runs_back) ? clock_now : std::max(clock_now, last)};
        for (auto const& question : seat->inbox.take_questions(options_.quotas.questions))
            question(&seat->region, work.now);
        decide_all(*seat, work);
        if (work.did_something()) works.push_back(std::move(work));
    }
    times_.decide_us = us_since(begun);
    if (planted(Plant::ack_before_commit)) answer(works);

    auto const decided = Stopwatch::now();
    auto const committed = commit(works);
    times_.commit_us = us_since(decided);
    if (!committed.ok()) {
        auto const settled = settle(works, committed.error());
        if (!settled.ok()) return settled.error();
        return true;
    }
    auto const durable = Stopwatch::now();
    publish(works);
    answer(works);
    seat_new_regions(works);
    checkpoint_positions(clock_now);
    times_.publish_us = us_since(durable);
    return !works.empty();
}

void Shard::take_travel() {
    std::optional<NewTravel> newer;
    {
        std::lock_guard const lock{wake_mutex_};
        newer.swap(observed_);
    }
    if (!newer) return;
    newer->adopt();
    travel_ = std::move(newer);
    for (auto& [id, seat] : seats_)
        seat->knows_travel = false;
}

void Shard::decide_all(Seat& seat, Work& work) {
    decide_travel(seat, work);
    if (seat.new_term) decide_term(seat, work);
    decide_timers(seat, work);
    auto batch = seat.inbox.take(options_.quotas);
    decide_commands(seat, work, batch);
    take_put_off(seat, work);
    decide_fixes(seat, work, batch);
    drain_agenda(seat, work);  // what a bound left over from the turn before
    retime(seat, work);
}

core::Answer Shard::decide_one(
    Seat& seat, Work& work, model::Envelope envelope, core::Input const& input
) {
    auto& state = seat.region.state;
    envelope.at = work.now;
    core::name_rules(state, input, envelope);
    if (options_.trace) options_.trace(state.region, envelope, input);
    auto decided = core::decide(seat.region, scratch_, envelope, input);
    ++times_.inputs;
    work.repeated = decided.repeated;
    if (decided.events.empty()) return decided.answer;
    if (planted(Plant::accept_doubled_in_batch) && is_accept(input)) {
        work.put_off.push_back({envelope, std::move(decided.events), {}});
        return decided.answer;
    }
    return take(seat, work, envelope, std::move(decided));
}

core::Answer Shard::take(
    Seat& seat, Work& work, model::Envelope const& envelope, core::Decided decided
) {
    auto& state = seat.region.state;
    times_.events += decided.events.size();
    model::Entry entry{envelope, std::move(decided.events), std::move(decided.decisions)};
    for (auto const& event : entry.events) {
        auto const touched = core::apply(state, envelope, event);  // the next input sees it
        seat.region.field.follow(state, event, touched);
        work.touch(touched);
    }
    decided.answer.number = state.last_event;
    work.add(std::move(entry));
    drain_agenda(seat, work);
    return decided.answer;
}

// Only a planted bug puts anything off.
void Shard::take_put_off(Seat& seat, Work& work) {
    for (auto& entry : work.put_off) {
        take(seat, work, entry.envelope, {.events = std::move(entry.events)});
    }
    work.put_off.clear();
}

void Shard::decide_travel(Seat& seat, Work& work) {
    if (seat.knows_travel || !travel_) return;
    seat.knows_travel = true;
    decide_one(seat, work, engine_envelope(), core::MetricInput{travel_->hash, travel_->source});
    seat.region.field.travel_changed(seat.region.state);
}

void Shard::retime(Seat& seat, Work& work) {
    if (!work.has_room()) return;
    for (auto const& input : seat.region.field.to_retime(options_.retimes_per_turn))
        decide_one(seat, work, engine_envelope(), input);
}

void Shard::decide_term(Seat& seat, Work& work) {
    auto const& state = seat.region.state;
    auto const outage = state.last_event == 0 ? Millis{} : work.now - state.last_at;
    seat.new_term = false;
    seat.region.field.hold_until(work.now + state.policy.report_idle);
    decide_one(seat, work, engine_envelope(), core::TermInput{outage});
}

void Shard::decide_timers(Seat& seat, Work& work) {
    auto const& timers = seat.region.state.timers;
    for (std::size_t i = 0; i < options_.timers_per_turn && work.has_room(); ++i) {
        if (timers.empty() || timers.begin()->due > work.now) break;
        decide_one(seat, work, engine_envelope(), core::TimerInput{*timers.begin()});
    }
    auto const overdue =
        seat.region.field.overdue(seat.region.state, work.now, options_.timers_per_turn);
    for (auto const& input : overdue)
        decide_one(seat, work, engine_envelope(), input);
}

void Shard::decide_commands(Seat& seat, Work& work, Batch& batch) {
    std::size_t done = 0;
    for (; done < batch.commands.size() && work.has_room(); ++done) {
        auto& submission = batch.commands[done];
        auto const body_hash = submission.body_hash != 0 ? submission.body_hash
                                                         : core::body_hash_of(submission.command);
        auto answer = decide_one(
            seat,
            work,
            submission.envelope,
            core::CommandInput{std::move(submission.command), body_hash}
        );
        work.replies.push_back(
            {std::move(submission.reply_to),
             {seat.region.state.region, std::move(answer), work.repeated}}
        );
    }
    batch.commands.erase(
        batch.commands.begin(), batch.commands.begin() + static_cast<std::ptrdiff_t>(done)
    );
}

void Shard::decide_fixes(Seat& seat, Work& work, Batch& batch) {
    std::size_t done = 0;
    for (; done < batch.fixes.size() && work.has_room(); ++done) {
        auto const& fix = batch.fixes[done];
        work.draining = true;  // who is woken by a fix is looked for where the fix says
        decide_one(seat, work, engine_envelope(), core::FixInput{fix});
        seat.region.field.observe(seat.region.state, fix);
        work.draining = false;
        drain_agenda(seat, work);
        work.fixes.push_back(fix);
        work.fixes.back().zone = core::zone_of(seat.region.state, fix.agent);
    }
    batch.fixes.erase(batch.fixes.begin(), batch.fixes.begin() + static_cast<std::ptrdiff_t>(done));
    seat.inbox.put_back(std::move(batch.commands), std::move(batch.fixes));
}

// Bounded by the turn: what is left stays in the state, and is the next turn's first work.
void Shard::drain_agenda(Seat& seat, Work& work) {
    if (work.draining) return;  // each item's own events come back here
    work.draining = true;
    auto const& state = seat.region.state;
    while (core::has_agenda(state) && work.agenda_done < options_.agenda_per_turn && work.has_room()
    ) {
        ++work.agenda_done;
        auto envelope = engine_envelope();
        envelope.cause = state.last_event;
        decide_one(seat, work, envelope, core::AgendaInput{});
    }
    work.draining = false;
}

Status Shard::commit(std::vector<Work>& works) {
    std::vector<log::Append> appends;
    for (auto& work : works) {
        if (work.entries.empty()) continue;
        work.seal();
        appends.push_back(log::append_of(work.header, work.sealed));
    }
    if (appends.empty()) return Unit{};
    return log_.append(appends);
}

void Shard::publish(std::vector<Work>& works) {
    for (auto& work : works) {
        auto& seat = *work.seat;
        if (!work.entries.empty()) seat.checksum = work.sealed.checksum;
        work.unique_touched();
        model::Record const record{work.header, std::move(work.entries)};
        work.entries.clear();
        Turned const turned{
            seat.region.state.region,
            seat.region.state,
            seat.region.field,
            record,
            work.sealed.bytes,
            work.touched,
            work.fixes};
        for (auto* const follower : followers_)
            follower->follow(turned);
        for (auto const& entry : record.entries) {
            for (auto const& event : entry.events) {
                bool const region = std::holds_alternative<model::RegionCreated>(event);
                seat.made_region = seat.made_region || region;
            }
        }
    }
}

void Shard::answer(std::vector<Work>& works) {
    for (auto& work : works) {
        for (auto& [reply_to, reply] : work.replies) {
            if (reply_to) reply_to(reply);
        }
        work.replies.clear();
    }
}

}  // namespace posthaste::node
