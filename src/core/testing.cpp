#include "core/testing.hpp"

#include <fstream>
#include <sstream>

namespace posthaste::core::testing {

namespace {

State empty_state(RegionId region) {
    State state;
    state.region = region;
    return state;
}

void append(Heard& heard, Heard&& more) {
    std::move(more.events.begin(), more.events.end(), std::back_inserter(heard.events));
    std::move(more.decisions.begin(), more.decisions.end(), std::back_inserter(heard.decisions));
}

}  // namespace

model::Position place(std::int32_t east, std::int32_t north) {
    return {.lat = north * 90, .lon = east * 90};
}

model::Envelope office() {
    return {.role = model::Role::dispatcher, .key = model::KeyId{7}};
}

model::Envelope engine() {
    return {.role = model::Role::engine};
}

model::Policy straight_policy() {
    model::Policy policy;
    policy.detour_per_mille = 1000;
    return policy;
}

std::string workflow_text(std::string const& name) {
    std::string file{name};
    std::replace(file.begin(), file.end(), '_', '-');
    std::ifstream const in{std::string{POSTHASTE_ROOT} + "/workflows/" + file + ".toml"};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

City::City(RegionId id) : region{empty_state(id)} {
    if (id == control_region) return;
    use(straight_policy());
    for (auto const* const name : {"ride", "parcel", "field_service"}) {
        auto const heard = tell(model::SetWorkflow{name, workflow_text(name)});
        REQUIRE(heard.rejection() == model::Rejection::none);
    }
}

void City::use(model::Policy const& policy) {
    REQUIRE(tell(model::SetPolicy{policy}).rejection() == model::Rejection::none);
}

model::CommandId City::new_id() {
    return {static_cast<std::uint64_t>(now.millis()) << 16U, ++next_id_};
}

Heard City::tell(model::Command const& command, model::Envelope who) {
    if (who.command.is_zero() && who.operation == 0) who.command = new_id();
    return feed(who, CommandInput{command, body_hash_of(command)});
}

model::Envelope City::phone(model::AgentId agent) {
    return {
        .role = model::Role::agent,
        .key = model::KeyId{1000 + (raw(agent) & id_counter_max)},
        .agent = agent,
        .device = "phone",
        .operation = ++operations_[agent],
        .device_time = now};
}

Heard City::tap(model::AgentId agent, model::Command const& command) {
    return tell(command, phone(agent));
}

Heard City::see(model::AgentId agent, model::Position where, std::optional<Instant> time) {
    model::Fix const fix{
        .agent = agent, .place = where, .time = time.value_or(now), .received = now};
    auto heard = feed_one(engine(), FixInput{fix});
    region.field.observe(region.state, fix);
    drain(heard);
    return heard;
}

Heard City::pass(Millis span) {
    Heard heard;
    auto const end = now + span;
    for (;;) {
        auto const& timers = region.state.timers;
        auto const due = timers.empty() ? instant_max : timers.begin()->due;
        auto const next = std::min(due, region.field.overdue_due());
        if (next > end) break;
        now = std::max(now, next);
        if (due <= now) {
            append(heard, feed(engine(), TimerInput{*timers.begin()}));
            continue;
        }
        for (auto const& input : region.field.overdue(region.state, now, 1000))
            append(heard, feed(engine(), input));
    }
    now = end;
    return heard;
}

Heard City::feed(model::Envelope envelope, Input const& input) {
    auto heard = feed_one(std::move(envelope), input);
    drain(heard);
    return heard;
}

Heard City::feed_one(model::Envelope envelope, Input const& input) {
    auto& state = region.state;
    envelope.at = now;
    name_rules(state, input, envelope);
    auto decided = decide(region, scratch_, envelope, input);
    if (decide_twice) {
        Scratch other;
        auto const again = decide(region, other, envelope, input);
        CHECK(again.events == decided.events);
        CHECK(again.decisions == decided.decisions);
        CHECK(again.answer == decided.answer);
    }
    Heard heard{decided.answer, decided.repeated, decided.events, decided.decisions};
    if (decided.events.empty()) return heard;
    for (auto const& event : decided.events) {
        auto const touched = apply(state, envelope, event);
        region.field.follow(state, event, touched);
    }
    heard.answer.number = state.last_event;
    entries.push_back({envelope, std::move(decided.events), std::move(decided.decisions)});
    return heard;
}

void City::drain(Heard& heard) {
    while (has_agenda(region.state)) {
        auto envelope = engine();
        envelope.cause = region.state.last_event;
        append(heard, feed_one(envelope, AgendaInput{}));
    }
    check();
}

model::AgentId City::newcomer(
    std::string const& reference, model::Position home, Adjust const& adjust
) {
    model::PutAgent put{
        .reference = reference,
        .home = home,
        .shift = {eight_o_clock - Millis{3'600'000}, eight_o_clock + Millis{8 * 3'600'000}},
        .vehicle_kind = "car",
        .capacity = {{4, 0, 0, 0}}};
    if (adjust) adjust(put);
    auto const heard = tell(put);
    REQUIRE(heard.rejection() == model::Rejection::none);
    return model::AgentId{heard.answer.subject};
}

model::AgentId City::driver(
    std::string const& reference, model::Position home, Adjust const& adjust
) {
    auto const id = newcomer(reference, home, adjust);
    tell(model::SetAvailability{id, model::Availability::on_duty});
    see(id, home);
    return id;
}

model::JobId City::ride(model::Position from, model::Position to, AdjustJob const& adjust) {
    model::CreateJob create{
        .workflow = "ride",
        .stops = {
            {.place = from, .pickup = {{1, 0, 0, 0}}}, {.place = to, .dropoff = {{1, 0, 0, 0}}}}};
    if (adjust) adjust(create);
    auto const heard = tell(create);
    REQUIRE(heard.rejection() == model::Rejection::none);
    return model::JobId{heard.answer.subject};
}

model::JobId City::parcel(model::Position from, model::Position to, AdjustJob const& adjust) {
    return ride(from, to, [&](model::CreateJob& create) {
        create.workflow = "parcel";
        if (adjust) adjust(create);
    });
}

model::JobId City::visit(model::Position where, AdjustJob const& adjust) {
    return ride(where, where, [&](model::CreateJob& create) {
        create.workflow = "field_service";
        create.stops = {{.place = where, .service = Millis{600'000}}};
        if (adjust) adjust(create);
    });
}

model::Offer const* City::offer(model::JobId id, std::size_t slot) const {
    return state().offers.find(job(id).slots[slot].offer);
}

model::Assignment const* City::assignment(model::JobId id, std::size_t slot) const {
    return state().assignments.find(job(id).slots[slot].assignment);
}

std::string City::shown(model::JobId id) const {
    return state().machine_of(job(id)).state(state().shown_state(job(id))).name;
}

Heard City::accept(model::JobId id) {
    auto const* const open = offer(id);
    REQUIRE(open != nullptr);
    auto const made = *open;
    return tap(made.agent, model::AcceptOffer{made.id, made.attempt});
}

Heard City::step(model::JobId id, std::string const& to, std::size_t slot) {
    auto const* const found = assignment(id, slot);
    REQUIRE(found != nullptr);
    return tap(found->agent, model::TransitionJob{.job = id, .assignment = found->id, .to = to});
}

State City::replayed() const {
    auto fresh = empty_state(region.state.region);
    for (auto const& entry : entries) {
        for (auto const& event : entry.events)
            apply(fresh, entry.envelope, event);
    }
    return fresh;
}

void City::check() const {
    auto const fault = fault_in(region.state);
    CHECK_MESSAGE(!fault, fault.value_or(""));
    for (auto const id : region.state.agents.ids())
        CHECK(is_within_capacity(region.state, region.state.agents.at(id)));
    auto const of_index = fault_in(region.state, region.field);
    CHECK_MESSAGE(!of_index, of_index.value_or(""));
}

}  // namespace posthaste::core::testing
