#include "world/checker.hpp"

#include "core/integrity.hpp"
#include "match/check.hpp"

namespace posthaste::sim {

using model::Rejection;

CommandName name_of(model::Envelope const& envelope) {
    if (envelope.operation != 0) {
        return {raw(envelope.key), envelope.device, envelope.operation, {}};
    }
    return {0, {}, 0, envelope.command};
}

namespace {

Instant told_at(model::Envelope const& envelope) {
    bool const told = envelope.role == model::Role::agent && envelope.device_time != Instant{};
    return told ? std::min(envelope.device_time, envelope.at) : envelope.at;
}

using TakenByAgent = std::map<model::AgentId, std::deque<core::Taken>>;

// Before the event is applied: whose it was, and whether another took it.
void note_taken(
    core::State const& state,
    TakenByAgent& taken,
    model::Envelope const& envelope,
    model::Event const& event
) {
    auto const note = [&](model::AgentId agent, std::uint64_t id, model::JobId job) {
        if (envelope.role == model::Role::agent && envelope.agent == agent) return;
        auto& list = taken[agent];
        list.push_back({id, job, envelope.at});
        if (list.size() > core::taken_max) list.pop_front();
    };
    auto const note_assignment = [&](model::AssignmentId id) {
        auto const& assignment = state.assignments.at(id);
        note(assignment.agent, raw(id), assignment.job);
    };
    if (auto const* const closed = std::get_if<model::OfferClosed>(&event)) {
        auto const* const offer = state.offers.find(closed->offer);
        if (offer == nullptr || closed->how == model::OfferEnd::accepted) return;
        note(offer->agent, raw(offer->id), offer->job);
    } else if (auto const* const ended = std::get_if<model::AssignmentEnded>(&event)) {
        if (state.assignments.contains(ended->assignment)) note_assignment(ended->assignment);
    } else if (auto const* const moved = std::get_if<model::AssignmentMoved>(&event)) {
        note_assignment(moved->assignment);
    }
}

}  // namespace

void Checker::complain(std::string what) {
    if (!wrong_) wrong_ = std::move(what);
}

void Checker::reset(core::State const& state, core::Field const& field) {
    auto const known = mirrors_.find(state.region);
    if (known != mirrors_.end() && core::hash_of(known->second.state) != core::hash_of(state)) {
        return complain("after a restart the state is not what the records say");
    }
    mirrors_[state.region].state.region = state.region;
    if (auto const fault = core::fault_in(state, field)) complain("after a restart: " + *fault);
}

void Checker::follow(views::Turned const& turned) {
    auto& mirror = mirrors_[turned.region];
    if (!turned.record.entries.empty()) {
        auto const record = model::unseal(turned.bytes);
        if (!record.ok()) return complain("a record does not decode: " + record.error().detail);
        if (!(record.value() == turned.record)) return complain("a record decodes to another");
        if (record.value().header.at < mirror.state.last_at) {
            return complain("time ran back in the log");
        }
        for (auto const& entry : record.value().entries)
            check_entry(mirror, entry);
        ++mirror.records;
        if (mirror.records % 16 == 0 &&
            core::hash_of(mirror.state) != core::hash_of(turned.state)) {
            complain("the writer's state is not what the records say");
        }
    }
    check_board(turned);
    if (auto const fault = core::fault_in(turned.state)) complain(*fault);
    if (auto const fault = core::fault_in(turned.state, turned.field)) complain(*fault);
}

// What people read is what was decided, in the same turn.
void Checker::check_board(views::Turned const& turned) {
    for (auto const id : turned.touched.jobs) {
        auto const* const job = turned.state.jobs.find(id);
        auto const shown = board_.job(id);
        bool const same =
            (job == nullptr) == (shown == nullptr) && (job == nullptr || shown->job == *job);
        if (!same) complain("the board shows another job than the state has");
    }
}

void Checker::check_entry(Mirror& mirror, model::Entry const& entry) {
    for (auto const& decision : entry.decisions) {
        if (auto const complaint = match::complaint_of(decision)) {
            complain("a decision record: " + *complaint);
        }
    }
    for (auto const& event : entry.events) {
        before_event(mirror, entry, event);
        core::apply(mirror.state, entry.envelope, event);
        ++event_count_;
        after_event(mirror, event);
    }
    check_capacity(mirror, entry.envelope);
    check_conclusion(mirror, entry);
}

// Only somebody who is there may be asked or sent by the engine, but for what was booked of them.
void Checker::check_asked(
    Mirror const& mirror, model::AgentId id, model::Envelope const& envelope
) {
    auto const& agent = mirror.state.agents.at(id);
    if (envelope.role != model::Role::engine) return;
    bool const there = agent.availability == model::Availability::on_duty && agent.in_shift &&
                       agent.freshness == model::Freshness::fresh;
    if (!there) complain("the engine asked an agent who is not there");
}

void Checker::check_plan_route(
    Mirror const& mirror, model::Envelope const& envelope, model::RouteChanged const& changed
) {
    auto const plan = plans_.find(sim::name_of(envelope));
    if (plan == plans_.end()) return;
    auto const read = plan->second.find(changed.agent);
    if (read == plan->second.end()) return complain("a plan changed a route it did not name");
    // An assignment that came in the same plan does not count as moved since.
    if (mirror.state.agents.at(changed.agent).route_version > read->second) {
        complain("a plan was adopted that had read an older route");
    }
}

void Checker::before_event(Mirror& mirror, model::Entry const& entry, model::Event const& event) {
    note_taken(mirror.state, mirror.taken, entry.envelope, event);
    if (auto const* const step = std::get_if<model::JobTransitioned>(&event)) {
        mirror.stepped[step->assignment] = told_at(entry.envelope);
    }
    if (auto const* const offer = std::get_if<model::OfferMade>(&event)) {
        auto const& made = offer->offer;
        SlotName const slot{made.job, made.slot};
        check_asked(mirror, made.agent, entry.envelope);
        mirror.offers[made.id] = {slot, made.agent};
        if (mirror.refused[slot].contains(made.agent)) {
            complain("an agent was asked again who had declined");
        }
    } else if (auto const* const closed = std::get_if<model::OfferClosed>(&event)) {
        auto const open = mirror.offers.find(closed->offer);
        if (open == mirror.offers.end()) return complain("an offer was closed twice");
        auto const& [slot, agent] = open->second;
        if (closed->how == model::OfferEnd::declined) mirror.refused[slot].insert(agent);
        mirror.offers.erase(open);
    } else if (auto const* const assignment = std::get_if<model::AssignmentMade>(&event)) {
        auto const& given = assignment->assignment;
        auto const* const booking =
            mirror.state.bookings.find(mirror.state.jobs.at(given.job).booking);
        bool const promised = booking != nullptr && booking->agent == given.agent;
        if (!promised) check_asked(mirror, given.agent, entry.envelope);
        check_made(mirror, *assignment);
    } else if (auto const* const ended = std::get_if<model::AssignmentEnded>(&event)) {
        auto const slot = mirror.slots.find(ended->assignment);
        if (slot == mirror.slots.end()) return complain("an assignment ended twice");
        mirror.holders.erase(slot->second);
        mirror.slots.erase(slot);
    } else if (std::holds_alternative<model::TermBegan>(event)) {
        expiries_.clear();
        for (auto const id : mirror.state.offers.ids()) {
            expiries_.emplace(id, mirror.state.offers.at(id).expires);
        }
    } else if (auto const* const route = std::get_if<model::RouteChanged>(&event)) {
        check_plan_route(mirror, entry.envelope, *route);
    }
}

// Facts may overload a vehicle; nothing that is planned may.
void Checker::check_capacity(Mirror const& mirror, model::Envelope const& envelope) {
    for (auto const id : mirror.state.agents.ids()) {
        if (core::is_within_capacity(mirror.state, mirror.state.agents.at(id))) continue;
        complain(
            "agent " + std::to_string(raw(id) & id_counter_max) +
            " was given more than the vehicle holds, by " +
            std::string{posthaste::name_of(envelope.role)} + " at event " +
            std::to_string(mirror.state.last_event)
        );
    }
}

void Checker::check_made(Mirror& mirror, model::AssignmentMade const& made) {
    auto const& assignment = made.assignment;
    SlotName const slot{assignment.job, assignment.slot};
    if (mirror.holders.contains(slot)) complain("a slot was assigned twice");
    mirror.holders[slot] = assignment.id;
    mirror.slots[assignment.id] = slot;
    if (assignment.attempt == 0) return;  // a person gave it before the engine tried
    auto const& job = mirror.state.jobs.at(assignment.job);
    if (job.slots[assignment.slot].attempt != assignment.attempt) {
        complain("an earlier attempt's token allocated");
    }
    if (!mirror.spent.insert({slot, assignment.attempt}).second) {
        complain("an attempt allocated twice");
    }
}

void Checker::check_renewal(Mirror const& mirror, model::TermBegan const& began) {
    for (auto const& [id, before] : expiries_) {
        auto const* const offer = mirror.state.offers.find(id);
        if (offer == nullptr || offer->expires != before + began.outage) {
            complain("an offer's clock ran through an outage");
        }
    }
}

void Checker::after_event(Mirror& mirror, model::Event const& event) {
    if (auto const* const began = std::get_if<model::TermBegan>(&event)) {
        check_renewal(mirror, *began);
    }
}

void Checker::check_conclusion(Mirror& mirror, model::Entry const& entry) {
    model::CommandConcluded const* concluded = nullptr;
    for (auto const& event : entry.events) {
        if (auto const* const it = std::get_if<model::CommandConcluded>(&event)) concluded = it;
    }
    if (concluded == nullptr) return;
    auto const name = sim::name_of(entry.envelope);
    core::Answer const answer{
        .body_hash = concluded->body_hash,
        .rejection = concluded->rejection,
        .detail = concluded->detail,
        .subject = concluded->subject,
        .number = mirror.state.last_event};
    if (!concluded_.emplace(name, answer).second) complain("a command was executed twice");
    if (concluded->rejection != Rejection::none) check_late(mirror, entry);
}

void Checker::check_late(Mirror const& mirror, model::Entry const& entry) {
    auto const tap = taps_.find(sim::name_of(entry.envelope));
    if (tap == taps_.end()) return;
    bool const kept =
        std::any_of(entry.events.begin(), entry.events.end(), [](model::Event const& event) {
            return std::holds_alternative<model::ConflictRecorded>(event);
        });
    bool const late = is_late(mirror, entry.envelope, tap->second);
    if (late && !kept) complain("a late operation was dropped without a trace");
    if (kept && !late) complain("a wrong tap was kept as if it was late");
}

bool Checker::lacks_earlier(model::Envelope const& envelope) const {
    constexpr std::uint64_t window = 16;
    auto const first = envelope.operation <= window ? 1 : envelope.operation - window;
    for (auto number = first; number < envelope.operation; ++number) {
        auto earlier = envelope;
        earlier.operation = number;
        if (!concluded_.contains(sim::name_of(earlier))) return true;
    }
    return false;
}

// docs/semantics.md, "What is late", once more: over what the records said, of a refused tap.
bool Checker::is_late(
    Mirror const& mirror, model::Envelope const& envelope, model::Command const& command
) const {
    auto const tapped = told_at(envelope);
    auto const taken = [&](std::uint64_t id, std::string const& wanted) {
        auto const list = mirror.taken.find(envelope.agent);
        if (list == mirror.taken.end()) return false;
        return std::any_of(list->second.begin(), list->second.end(), [&](core::Taken const& it) {
            auto const* const job = mirror.state.jobs.find(it.job);
            if (it.id != id || tapped >= it.at || job == nullptr) return false;
            auto const& machine = mirror.state.machine_of(*job);
            return !model::is_over(machine.phase(job->state)) ||
                   machine.state(job->state).name != wanted;
        });
    };
    auto const overtaken = [&](model::AssignmentId id, workflow::StateIndex wanted) {
        auto const& assignment = mirror.state.assignments.at(id);
        auto const& machine = mirror.state.machine_of(mirror.state.jobs.at(assignment.job));
        auto const* const step = machine.find(assignment.state, wanted);
        bool const possible = step != nullptr && workflow::may(*step, model::Role::agent);
        bool const before = tapped < mirror.stepped.at(id) || lacks_earlier(envelope);
        return !possible && assignment.state != wanted && before;
    };
    auto const has = [&](model::AssignmentId id) {
        auto const* const assignment = mirror.state.assignments.find(id);
        return assignment != nullptr && assignment->agent == envelope.agent;
    };
    if (auto const* const step = std::get_if<model::TransitionJob>(&command)) {
        auto const* const job = mirror.state.jobs.find(step->job);
        if (job == nullptr) return false;
        auto const wanted = *mirror.state.machine_of(*job).state_named(step->to);
        return has(step->assignment) ? overtaken(step->assignment, wanted)
                                     : taken(raw(step->assignment), step->to);
    }
    if (auto const* const back = std::get_if<model::ReleaseAssignment>(&command)) {
        if (!has(back->assignment)) return false;
        auto const job = mirror.state.assignments.at(back->assignment).job;
        return overtaken(back->assignment, mirror.state.jobs.at(job).state);
    }
    if (auto const* const made = std::get_if<model::FinishStop>(&command))
        return !has(made->assignment) && taken(raw(made->assignment), {});
    auto const* const accept = std::get_if<model::AcceptOffer>(&command);
    return accept != nullptr && taken(raw(accept->offer), {});
}

void Checker::tapped(model::Envelope const& envelope, model::Command const& command) {
    taps_.insert_or_assign(sim::name_of(envelope), command);
}

void Checker::planned(model::Envelope const& envelope, model::AdoptPlan const& plan) {
    auto& routes = plans_[sim::name_of(envelope)];
    for (auto const& route : plan.routes)
        routes[route.agent] = route.route_version;
}

void Checker::acknowledged(
    RegionId region, model::Envelope const& envelope, node::Reply const& reply
) {
    static_cast<void>(region);
    if (!reply.answer.ok()) return;  // "not stored" promises nothing
    auto const& answer = reply.answer.value();
    auto const name = sim::name_of(envelope);
    bool const forgotten =
        answer.rejection == Rejection::id_expired ||
        (answer.rejection == Rejection::limit_reached && answer.detail.starts_with("operation:"));
    if (forgotten) {
        if (!concluded_.contains(name) && answer.rejection == Rejection::id_expired) {
            complain("an operation that was never executed was called expired");
        }
        return;
    }
    auto const [before, first] = answers_.emplace(name, answer);
    if (!first &&
        !(before->second.rejection == answer.rejection &&
          before->second.subject == answer.subject && before->second.number == answer.number)) {
        complain("a command was answered in two ways");
    }
}

// What was stored and not told before a crash counts from now on.
void Checker::catch_up(log::Log const& log, RegionId region) {
    auto const known = mirrors_.find(region);
    if (known == mirrors_.end()) return;
    auto& mirror = known->second;
    constexpr std::size_t whole = std::size_t{1} << 30U;
    auto const records = log.read(region, mirror.state.last_event + 1, whole);
    if (!records.ok()) return complain("the log cannot be read: " + records.error().detail);
    for (auto const& stored : records.value()) {
        auto const record = model::unseal(stored.bytes);
        if (!record.ok()) return complain("the log: " + record.error().detail);
        for (auto const& entry : record.value().entries)
            check_entry(mirror, entry);
    }
}

void Checker::check_log(log::Log const& log, RegionId region) {
    catch_up(log, region);
    core::State replayed;
    replayed.region = region;
    std::set<CommandName> logged;
    constexpr std::size_t chunk = std::size_t{1} << 20U;
    for (;;) {
        auto const records = log.read(region, replayed.last_event + 1, chunk);
        if (!records.ok()) return complain("the log cannot be read: " + records.error().detail);
        if (records.value().empty()) break;
        for (auto const& stored : records.value()) {
            auto const record = model::unseal(stored.bytes);
            if (!record.ok()) return complain("the log: " + record.error().detail);
            for (auto const& entry : record.value().entries) {
                for (auto const& event : entry.events) {
                    if (!std::holds_alternative<model::CommandConcluded>(event)) continue;
                    logged.insert(sim::name_of(entry.envelope));
                }
            }
            core::apply(replayed, record.value());
        }
    }
    auto const mirror = mirrors_.find(region);
    if (mirror != mirrors_.end() &&
        core::hash_of(mirror->second.state) != core::hash_of(replayed)) {
        complain("the log is not what was published");
    }
    if (region == core::control_region) return;
    for (auto const& [name, answer] : answers_) {
        if (logged.contains(name)) continue;
        return complain(
            "an acknowledged command is not in the log: " + std::get<1>(name) + " operation " +
            std::to_string(std::get<2>(name)) + ", answered " +
            std::string{posthaste::name_of(answer.rejection)} + " " + answer.detail + " at event " +
            std::to_string(answer.number) + " of " + std::to_string(replayed.last_event)
        );
    }
}

}  // namespace posthaste::sim
