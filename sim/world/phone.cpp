#include "world/phone.hpp"

#include "world/world.hpp"

namespace posthaste::sim {

namespace {

using model::Phase;

constexpr std::int32_t city_half = 500'000;  // 1e-7 degree: some 5 km
constexpr model::Position centre{577'000'000, 119'700'000};

model::Position somewhere(Prng& prng) {
    return {
        centre.lat + static_cast<std::int32_t>(prng.between(-city_half, city_half)),
        centre.lon + static_cast<std::int32_t>(prng.between(-city_half, city_half))};
}

std::int32_t towards(std::int32_t from, std::int32_t to, std::int32_t step) {
    return from + std::clamp(to - from, -step, step);
}

}  // namespace

Phone::Phone(World& world, std::uint64_t number)
    : world_{world},
      number_{number},
      reference_{"T-" + std::to_string(number)},
      place_{somewhere(world.prng())} {
    sign_on();
}

bool Phone::is_rude() const {
    return !world_.is_calm() && world_.prng().chance(world_.options().rude);
}

void Phone::sign_on() {
    auto& prng = world_.prng();
    model::PutAgent put{
        .reference = reference_,
        .home = place_,
        .shift = {Instant{}, instant_max},
        .skills = {"drive"},
        .vehicle_label = "van",
        .vehicle_kind = prng.chance(500) ? "van" : "bike",
        .capacity = {{static_cast<std::int32_t>(prng.between(2, 6)), 0, 0, 0}}};
    if (prng.chance(700)) put.skills.emplace_back("electric");
    if (prng.chance(300)) put.features.emplace_back("wheelchair");
    model::Envelope const office{.role = model::Role::admin, .command = world_.new_command_id()};
    world_.call(city, {office, put, [this](core::Answer const& answer) {
                           if (answer.rejection != model::Rejection::none) return;
                           id_ = model::AgentId{answer.subject};
                           operate(model::SetAvailability{id_, model::Availability::on_duty});
                           beat();
                       }});
}

// Every operation has its number when it is tapped, whenever it is sent.
void Phone::operate(model::Command command) {
    model::Envelope envelope{
        .role = model::Role::agent,
        .key = model::KeyId{1000 + number_},
        .agent = id_,
        .device = "phone-" + std::to_string(number_),
        .operation = ++operation_,
        .device_time = world_.now()};
    auto send = [this, envelope, command = std::move(command)] {
        world_.call(city, {envelope, command, {}});
    };
    bool const offline = is_rude();
    if (offline) {
        world_.after(Millis{world_.prng().between(1000, 600'000)}, send);
    } else {
        send();
    }
}

void Phone::beat() {
    auto& prng = world_.prng();
    world_.after(Millis{prng.between(4000, 15'000)}, [this] { beat(); });
    auto const* const state = world_.read();
    if (state == nullptr) return;
    auto const* const agent = state->agents.find(id_);
    if (agent == nullptr) return;
    if (!world_.is_calm() && world_.now() < dark_until_) return;
    if (!world_.is_calm() && prng.chance(world_.options().rude / 40)) {
        dark_until_ = world_.now() + Millis{prng.between(10'000, 1'200'000)};
        return;
    }
    if (world_.is_calm() && agent->availability != model::Availability::on_duty) {
        operate(model::SetAvailability{id_, model::Availability::on_duty});
    } else if (!world_.is_calm() && prng.chance(world_.options().rude / 10)) {
        constexpr std::array all{
            model::Availability::off,
            model::Availability::paused,
            model::Availability::on_duty,
            model::Availability::on_duty};
        operate(model::SetAvailability{id_, all[prng.below(all.size())]});
    }
    move(*state, *agent);
    look_at_offers(*state, *agent);
    auto const mine = agent->assignments;
    for (auto const id : mine)
        work(*state, state->assignments.at(id));
}

void Phone::move(core::State const& state, model::Agent const& agent) {
    auto target = somewhere(world_.prng());
    if (!agent.route.empty() && !is_rude()) {
        auto const& stop = agent.route.front();
        target = state.jobs.at(stop.job).stops[stop.stop].place;
    }
    constexpr std::int32_t step = 12'000;  // some 130 m a beat
    place_ = {towards(place_.lat, target.lat, step), towards(place_.lon, target.lon, step)};
    world_.send_fix({.agent = id_, .place = place_, .time = world_.now(), .received = world_.now()}
    );
}

void Phone::look_at_offers(core::State const& state, model::Agent const& agent) {
    for (auto const id : agent.offers) {
        bool const first = seen_.insert(id).second;
        bool const again = world_.is_calm();  // a calm phone does not give up on an open offer
        if (!first && !again) continue;
        auto const& offer = state.offers.at(id);
        if (!is_rude()) operate(model::ReceiveOffer{id});
        answer(offer);
    }
}

void Phone::answer(model::Offer const& offer) {
    auto& prng = world_.prng();
    if (is_rude() && prng.chance(300)) return;  // ignored
    if (is_rude()) return operate(model::DeclineOffer{offer.id, offer.attempt, "no"});
    auto const attempt = is_rude() ? offer.attempt + 1'000'000 : offer.attempt;
    bool const forged = attempt != offer.attempt;
    auto accept = [this, offer, attempt, forged] {
        model::Envelope const envelope{
            .role = model::Role::agent,
            .key = model::KeyId{1000 + number_},
            .agent = id_,
            .command = world_.new_command_id()};
        world_.call(
            city,
            {envelope,
             model::AcceptOffer{offer.id, attempt},
             [this, forged](core::Answer const& answer) {
                 if (forged && answer.rejection == model::Rejection::none) {
                     world_.complain("a token of another attempt was accepted");
                 }
             }}
        );
    };
    world_.after(Millis{prng.between(100, 6000)}, accept);
    if (is_rude()) world_.after(Millis{prng.between(100, 6000)}, accept);  // taps twice
}

void Phone::attach(model::JobId job, model::AttachmentKind kind) {
    auto const content = digest(std::to_string(world_.prng().next()));
    operate(model::AttachToJob{job, {.content = content, .kind = kind, .device_time = world_.now()}}
    );
}

void Phone::work(core::State const& state, model::Assignment const& assignment) {
    auto const phase = state.phase_of(assignment);
    auto const& job = state.jobs.at(assignment.job);
    if (phase == Phase::working && documented_.insert(job.id).second) {
        attach(job.id, model::AttachmentKind::photo_before);
        attach(job.id, model::AttachmentKind::photo_after);
        attach(job.id, model::AttachmentKind::signature);
    }
    auto& acted = acted_[assignment.id];
    if (world_.now() - acted < Millis{20'000}) return;
    acted = world_.now();
    take_step(state, assignment);
}

// Mostly the next step forward; a rude one takes any, also one that is no longer there to take.
void Phone::take_step(core::State const& state, model::Assignment const& assignment) {
    auto& prng = world_.prng();
    auto const& job = state.jobs.at(assignment.job);
    auto const& machine = state.machine_of(job);
    auto const phase = state.phase_of(assignment);
    if (is_rude() && prng.chance(200)) {
        return operate(model::ReleaseAssignment{assignment.id, "cannot"});
    }
    if (is_rude() && assignment.stops.size() > 1) {
        auto const stop = prng.below(assignment.stops.size());
        operate(model::FinishStop{assignment.id, static_cast<std::uint8_t>(stop)});
    }
    std::vector<workflow::StateIndex> steps;
    for (auto const& step : machine.steps_from(assignment.state)) {
        if (!workflow::may(step, model::Role::agent)) continue;
        auto const to = machine.phase(step.to);
        bool const forward = to > phase && to <= Phase::done && !machine.state(step.to).on_slip;
        if (forward || is_rude()) steps.push_back(step.to);
    }
    if (steps.empty()) return;
    auto const to = world_.is_calm() ? steps.front() : steps[prng.below(steps.size())];
    operate(model::TransitionJob{
        .job = job.id, .assignment = assignment.id, .to = machine.state(to).name});
}

}  // namespace posthaste::sim
