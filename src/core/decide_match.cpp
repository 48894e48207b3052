// Who takes a slot.
#include "base/plant.hpp"
#include "core/draft.hpp"
#include "core/reach.hpp"
#include "core/route.hpp"
#include "match/eligible.hpp"

namespace posthaste::core {

using model::Agent;
using model::Job;
using model::Phase;
using model::Rejection;
using model::Rule;
using model::SlotStatus;

namespace {

constexpr std::size_t beyond_max = 4;     ///< agents beyond the radius that are looked at
constexpr std::int64_t beyond_times = 4;  ///< within so many times the radius

geo::Wanted wanted_of(model::Requirement const& need, std::uint16_t flags) {
    return {
        .skills = need.skills,
        .features = need.features,
        .kinds = static_cast<std::uint16_t>(need.kinds),
        .flags = flags};
}

template <class T>
void prefetch(T const* things, std::size_t count = 1) {
    constexpr std::size_t line_bytes = 64;
    auto const* const bytes = reinterpret_cast<char const*>(things);
    for (std::size_t at = 0; at < count * sizeof(T); at += line_bytes)
        __builtin_prefetch(bytes + at);
}

// Agents, their routes, the routes' jobs and stops lie all over the memory. They are asked for in
// passes before they are used, so that the waits for memory overlap: a third of a decision's time.
void gather(Draft& draft, std::size_t routed) {
    auto& agents = draft.scratch.agents;
    auto const& jobs = draft.state.jobs;
    agents.clear();
    auto const& found = draft.scratch.found;
    for (auto const* const hits : {&found.hits, &found.passed_over}) {
        for (auto const& hit : *hits) {
            agents.push_back(&draft.state.agents.at(model::AgentId{hit.id}));
            prefetch(agents.back());
        }
    }
    std::span const with_route{agents.data(), routed};
    for (auto const* const agent : with_route)
        prefetch(agent->route.data(), agent->route.size());
    for (auto const* const agent : with_route) {
        for (auto const& stop : agent->route)
            prefetch(&jobs.at(stop.job));
    }
    for (auto const* const agent : with_route) {
        for (auto const& stop : agent->route)
            prefetch(&jobs.at(stop.job).stops[stop.stop]);
    }
}

// Everybody the search found, those let through first, as the matcher asks them. The first `routed`
// have their route; of the others a route is only looked at when somebody must be helped to fit.
void ask(
    Draft& draft,
    model::Needs const& needs,
    Job const& job,
    model::JobSlot const& slot,
    std::size_t routed
) {
    auto& scratch = draft.scratch;
    auto const& found = scratch.found;
    gather(draft, routed);
    scratch.asked.clear();
    if (scratch.routes.size() < scratch.agents.size()) scratch.routes.resize(scratch.agents.size());
    auto const add = [&](geo::Hit const& hit) {
        auto const index = scratch.asked.size();
        auto const& agent = *scratch.agents[index];
        auto facts = match::facts_of(agent, needs, slot, hit.distance);
        // The index knows more than the state: an agent not seen since a restart has no position.
        if (hit.miss == geo::Miss::flag_2) facts.freshness = model::Freshness::unseen;
        auto& route = scratch.routes[index];
        route.clear();
        if (index < routed || match::first_failed(needs, facts) == Rule::none)
            see_route(draft, agent, job, route);
        scratch.asked.push_back(
            {.agent = agent.id,
             .facts = facts,
             .place = draft.region.field.agents().position(hit.slot),
             .aboard = agent.aboard,
             .capacity = agent.profile.vehicle.capacity,
             .route = route,
             .busy = agent.busy}
        );
    };
    for (auto const& hit : found.hits)
        add(hit);
    for (auto const& hit : found.passed_over)
        add(hit);
}

// The index counted all that it kept out; choose() counted the few of them it was shown.
void count_kept_out(model::Decision& decision, geo::Found const& found) {
    constexpr std::array rules{
        Rule::off_duty,
        Rule::out_of_shift,
        Rule::position_unknown,
        Rule::load_limit,
        Rule::vehicle_kind,
        Rule::vehicle_features,
        Rule::skills};
    static_assert(rules.size() == geo::miss_count);
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto& count = decision.failed_counts[static_cast<std::size_t>(rules[i])];
        count = std::max(count, found.failed_counts[i]);
    }
}

// Of those that the search found.
match::Choice choose_of_found(Draft& draft, Job const& job, std::uint8_t slot) {
    auto const& policy = draft.state.policy;
    auto const needs = match::needs_of(job, slot, policy, service_area_of(draft, job));
    auto& scratch = draft.scratch;
    visits_of(job, scratch.job);
    auto const choose_with_routes_of = [&](std::size_t routed) {
        ask(draft, needs, job, job.slots[slot], routed);
        return scratch.chooser.choose(
            {.now = draft.now,
             .needs = needs,
             .weights = policy.weights,
             .dispatch = draft.state.machine_of(job).dispatch,
             .job = scratch.job},
            scratch.asked,
            draft.region.field.travel()
        );
    };
    auto const& found = scratch.found;
    auto choice = choose_with_routes_of(found.hits.size());
    if (!choice.winner_index && !found.passed_over.empty()) {
        choice = choose_with_routes_of(found.hits.size() + found.passed_over.size());
    }
    count_kept_out(choice.decision, scratch.found);
    return choice;
}

match::Choice choose(Draft& draft, Job const& job, std::uint8_t slot, std::size_t count) {
    draft.region.field.agents().nearest(
        {.place = job.stops.front().place,
         .count = count,
         .radius = draft.state.policy.radius,
         .wanted = wanted_of(job.slots[slot].need, flags_dispatchable)},
        draft.scratch.found
    );
    return choose_of_found(draft, job, slot);
}

// Adds the nearest beyond the radius who lack nothing else, so that the record can say which
// radius would do. Not where agents near by only have too much to do: the answer is known then, and
// all those who are busy would be passed over.
bool look_beyond(Draft& draft, Job const& job, std::uint8_t slot, model::Decision const& decision) {
    bool const is_busy =
        std::any_of(decision.would_help.begin(), decision.would_help.end(), [](auto const& change) {
            return change.rule == Rule::load_limit;
        });
    auto& within = draft.scratch.found.hits;
    if (is_busy || within.size() >= model::candidates_limit) return false;
    auto const radius = draft.state.policy.radius;
    draft.region.field.agents().nearest(
        {.place = job.stops.front().place,
         .count = within.size() + beyond_max,
         .radius = radius * beyond_times,
         .wanted = wanted_of(job.slots[slot].need, flags_dispatchable),
         .explain = geo::Explain::no},
        draft.scratch.beyond
    );
    auto const known = within.size();
    for (auto const& hit : draft.scratch.beyond.hits) {
        if (hit.distance > radius) within.push_back(hit);
    }
    return within.size() > known;
}

// An agent who took an offer has said yes; one who was sent has not.
workflow::StateIndex first_state_for(Draft const& draft, Job const& job) {
    auto const& machine = draft.state.machine_of(job);
    auto const accepted = machine.first_state(Phase::accepted);
    bool const said_yes =
        draft.by_agent() && accepted && machine.find(job.state, *accepted) != nullptr;
    return said_yes ? *accepted : *machine.first_state(Phase::assigned);
}

void make_assignment(
    Draft& draft,
    Job const& job,
    std::uint8_t slot,
    Agent const& agent,
    std::vector<match::Planned> const& planned,
    std::string const& forced = {}
) {
    model::Assignment assignment{
        .id = draft.new_id<model::AssignmentId>(),
        .job = job.id,
        .slot = slot,
        .agent = agent.id,
        .state = first_state_for(draft, job),
        .attempt = job.slots[slot].attempt,
        .stops = std::vector<model::StopProgress>(job.stops.size()),
        .made = draft.now};
    auto route = route_with(agent, assignment.id, job.id, planned);
    draft.emit(model::AssignmentMade{assignment, std::move(route), forced});
    draft.transition(job, assignment.id, job.state, assignment.state, forced);
}

void make_offer(
    Draft& draft, Job const& job, std::uint8_t slot, model::AgentId agent, Instant arrival
) {
    auto const& policy = draft.state.policy;
    draft.emit(model::OfferMade{
        {.id = draft.new_id<model::OfferId>(),
         .job = job.id,
         .slot = slot,
         .agent = agent,
         .attempt = job.slots[slot].attempt,
         .made = draft.now,
         .expires = draft.now + policy.offer_expires,
         .receipt_due = draft.now + policy.offer_receipt,
         .arrival = arrival}});
}

// The rules a person may overrule are taken as met: distance, load limit, an old position, a
// refusal, a zone. Those that protect people and loads stay. Who is on duty later nobody knows.
Rule protecting_rule(Draft const& draft, Job const& job, std::uint8_t slot, Agent const& agent) {
    auto needs = match::needs_of(job, slot, draft.state.policy, {});
    auto facts = match::facts_of(agent, needs, job.slots[slot], Metres{});
    needs.stack_max = static_cast<std::int32_t>(model::stack_limit) + facts.stack;
    facts.freshness = model::Freshness::fresh;
    facts.declined = false;
    if (begins_later(job, draft.now)) {
        facts.availability = model::Availability::on_duty;
        facts.in_shift = true;
    }
    return match::first_failed(needs, facts);
}

// Nothing, and the draft rejected: a window or the shift is not kept. Else why it is done though
// one is not: empty when all are.
std::optional<std::string> in_time(
    Draft& draft, Job const& job, std::uint8_t slot, Agent const& agent, Giving const& giving
) {
    auto const reach =
        reach_of(draft.region, draft.scratch.inserter, {job, slot, agent, draft.now});
    if (reach.late() == nullptr) return std::string{};
    if (!giving.forced.empty()) return "forced: " + giving.forced;
    draft.reject(Rejection::slot_unreachable, late_text(draft.state, reach));
    return std::nullopt;
}

// To whom it was promised. Who cannot any more is compared with the others.
bool give_booked(Draft& draft, Job const& job, std::uint8_t slot) {
    auto const& booking = *booking_of(draft.state, job, slot);
    auto const& agent = draft.state.agents.at(booking.agent);
    auto const& declined = job.slots[slot].declined;
    if (std::binary_search(declined.begin(), declined.end(), agent.id)) return false;
    if (give_slot(draft, job, slot, agent, {})) return true;
    draft.out.answer = {};
    return false;
}

}  // namespace

void see_route(
    Draft& draft, Agent const& agent, Job const& job, std::vector<match::Visit>& visits
) {
    if (agent.bookings.empty()) return visits_of(draft.state, agent.route, draft.now, visits);
    auto const start = start_of(draft.region, agent, draft.now);
    visits = seen_route(draft.region, draft.scratch.inserter, start, agent, {job.id, {}}).visits;
}

model::ZoneId service_area_of(Draft const& draft, Job const& job) {
    for (auto const id : draft.region.field.fences().containing(job.stops.front().place)) {
        if (draft.state.zones.at(id).kind == model::ZoneKind::service_area) return id;
    }
    return {};
}

void match_slot(Draft& draft, Job const& job, std::uint8_t slot) {
    if (booking_of(draft.state, job, slot) != nullptr && give_booked(draft, job, slot)) return;
    auto const& policy = draft.state.policy;
    auto const count = static_cast<std::size_t>(policy.candidates_max);
    auto choice = choose(draft, job, slot, count);
    bool const more = draft.scratch.found.hits.size() == count && count < model::candidates_limit;
    if (!choice.winner_index && more) {
        choice = choose(draft, job, slot, model::candidates_limit);
    }
    if (!choice.winner_index && look_beyond(draft, job, slot, choice.decision)) {
        choice = choose_of_found(draft, job, slot);
        ASSERT(!choice.winner_index);
    }
    auto& decision = choice.decision;
    decision.job = job.id;
    decision.slot = slot;
    decision.attempt = job.slots[slot].attempt;
    decision.state_number = draft.state.last_event;
    decision.policy_hash = draft.state.policy_hash;
    if (!choice.winner_index) {
        draft.emit(model::SlotWaited{job.id, slot});
    } else if (decision.verdict == model::Verdict::offered) {
        make_offer(draft, job, slot, decision.winner, choice.insertion.arrival);
    } else {
        make_assignment(draft, job, slot, draft.state.agents.at(decision.winner), choice.route);
    }
    draft.out.decisions.push_back(std::move(decision));
}

bool give_slot(
    Draft& draft, Job const& job, std::uint8_t slot, Agent const& agent, Giving const& giving
) {
    auto const rule = protecting_rule(draft, job, slot, agent);
    if (rule != Rule::none) {
        draft.reject(Rejection::not_eligible, std::string{name_of(rule)});
        return false;
    }
    auto& scratch = draft.scratch;
    scratch.routes.resize(std::max<std::size_t>(scratch.routes.size(), 1));
    auto& route = scratch.routes.front();
    see_route(draft, agent, job, route);
    visits_of(job, scratch.job);
    auto const start = start_of(draft.region, agent, draft.now);
    auto const& travel = draft.region.field.travel();
    auto const insertion = scratch.inserter.best(start, route, scratch.job, travel);
    if (!insertion.fits && !planted(Plant::capacity_ignored)) {
        draft.reject(Rejection::not_eligible, std::string{name_of(Rule::capacity)});
        return false;
    }
    auto const forced =
        giving.in_time ? in_time(draft, job, slot, agent, giving) : std::optional{std::string{}};
    if (!forced) return false;
    std::vector<match::Planned> planned;
    match::lay_out(start, route, scratch.job, insertion.gap, travel, planned);
    make_assignment(draft, job, slot, agent, planned, *forced);
    return true;
}

bool is_reachable(Draft& draft, Job const& job) {
    auto& scratch = draft.scratch;
    auto const& policy = draft.state.policy;
    visits_of(job, scratch.job);
    std::vector<match::Visit> route;
    for (auto const& slot : job.slots) {
        auto const index = static_cast<std::uint8_t>(&slot - job.slots.data());
        if (auto const* const booking = booking_of(draft.state, job, index)) {
            auto const& agent = draft.state.agents.at(booking->agent);
            ReachQuestion const question{job, index, agent, draft.now};
            if (!reach_of(draft.region, scratch.inserter, question).is_drivable()) return false;
            continue;
        }
        draft.region.field.agents().nearest(
            {.place = job.stops.front().place,
             .count = model::candidates_limit,
             .radius = policy.radius,
             .wanted = wanted_of(slot.need, 0)},
            scratch.found
        );
        bool const somebody =
            std::any_of(scratch.found.hits.begin(), scratch.found.hits.end(), [&](auto const& hit) {
                auto const& agent = draft.state.agents.at(model::AgentId{hit.id});
                auto const& shift = agent.profile.shift;
                auto start = start_of(draft.region, agent, draft.now);
                start.now = std::max({draft.now, shift.start, job.release});
                see_route(draft, agent, job, route);
                auto const insertion =
                    scratch.inserter.best(start, route, scratch.job, draft.region.field.travel());
                return insertion.feasible() && insertion.finish <= shift.end;
            });
        if (!somebody) return false;
    }
    return true;
}

void decide(Draft& draft, model::AssignJob const& command) {
    auto const* const job = draft.state.jobs.find(command.job);
    if (job == nullptr) return draft.reject(Rejection::job_unknown);
    draft.answer(job->id);
    if (command.slot >= job->slots.size()) return draft.reject(Rejection::slot_unknown);
    auto const* const agent = draft.state.agents.find(command.agent);
    if (agent == nullptr) return draft.reject(Rejection::agent_unknown);
    auto const phase = draft.state.phase_of(*job);
    if (model::is_over(phase)) return draft.reject(Rejection::job_over);
    auto const& slot = job->slots[command.slot];
    if (slot.status == SlotStatus::assigned || slot.status == SlotStatus::finished) {
        return draft.reject(Rejection::slot_taken);
    }
    if (phase != Phase::open) {
        return draft.reject(Rejection::transition_unknown, "the job is not open for assignment");
    }
    if (command.reason.size() > model::reason_bytes_max) {
        return draft.reject(Rejection::malformed, "reason");
    }
    if (command.force && command.reason.empty()) {
        return draft.reject(Rejection::malformed, "reason: why it is forced");
    }
    if (auto const* const offer = draft.state.offers.find(slot.offer)) {
        close_offer(draft, *offer, model::OfferEnd::withdrawn, "assigned by a person");
    }
    auto const forced = command.force ? command.reason : std::string{};
    give_slot(draft, *job, command.slot, *agent, {.in_time = true, .forced = forced});
}

void decide(Draft& draft, AgendaInput const&) {
    auto const& agenda = draft.state.agenda;
    ASSERT(!agenda.empty());
    if (agenda.match.empty()) {
        auto const& [agent, cursor] = *agenda.wake.begin();
        return wake(draft, agent, cursor);
    }
    auto const& item = *agenda.match.begin();
    match_slot(draft, draft.state.jobs.at(item.job), item.slot);
}

}  // namespace posthaste::core
