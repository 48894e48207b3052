#include "world/office.hpp"

#include "world/world.hpp"

namespace posthaste::sim {

namespace {

using model::Phase;

constexpr std::int32_t city_half = 500'000;
constexpr model::Position centre{577'000'000, 119'700'000};

model::Stop stop_somewhere(Prng& prng) {
    model::Stop stop;
    stop.place = {
        centre.lat + static_cast<std::int32_t>(prng.between(-city_half, city_half)),
        centre.lon + static_cast<std::int32_t>(prng.between(-city_half, city_half))};
    stop.service = Millis{prng.between(0, 120'000)};
    return stop;
}

template <class I, class T>
T const* any_of(Prng& prng, Table<I, T> const& table) {
    auto const ids = table.ids();
    return ids.empty() ? nullptr : table.find(ids[prng.below(ids.size())]);
}

}  // namespace

Office::Office(World& world) : world_{world} {
    new_job();
    meddle();
    change_zone();
    see_through();
}

void Office::calm_down() {
    calm_ = true;
}

void Office::tell(model::Command command, std::function<void(core::Answer const&)> then) {
    model::Envelope const envelope{
        .role = model::Role::dispatcher,
        .key = model::KeyId{7},
        .command = world_.new_command_id()};
    world_.call(city, {envelope, std::move(command), std::move(then)});
}

void Office::new_job() {
    auto& prng = world_.prng();
    if (calm_ || made_ >= world_.options().jobs) return;
    ++made_;
    auto const mean = world_.options().span.count() / world_.options().jobs;
    world_.after(Millis{prng.between(0, 2 * mean)}, [this] { new_job(); });

    constexpr std::array<char const*, 3> workflows{"ride", "field_service", "parcel"};
    auto const kind = prng.below(workflows.size());
    model::CreateJob job{.workflow = workflows[kind], .stops = {stop_somewhere(prng)}};
    job.priority = static_cast<std::int32_t>(prng.between(0, 5));
    if (prng.chance(300)) job.reference = "order-" + std::to_string(prng.below(20));
    if (kind != 1) {
        job.stops.push_back(stop_somewhere(prng));
        auto const size = static_cast<std::int32_t>(prng.between(1, 3));
        job.stops.front().pickup.amount[0] = size;
        job.stops.back().dropoff.amount[0] = size;
    }
    if (prng.chance(200)) job.release = world_.now() + Millis{prng.between(0, 900'000)};
    if (prng.chance(200)) job.deadline = world_.now() + Millis{prng.between(0, 3'600'000)};
    auto const slots = prng.chance(150) ? 2 : 1;
    for (int i = 0; i < slots; ++i) {
        model::NeedDraft need;
        if (prng.chance(300)) need.skills.emplace_back("electric");
        if (prng.chance(100)) need.features.emplace_back("wheelchair");
        if (prng.chance(20)) need.skills.emplace_back("nobody has this");
        job.slots.push_back(need);
    }
    bool const quoted = kind == 1;
    tell(job, [this, quoted](core::Answer const& answer) {
        if (quoted && answer.rejection == model::Rejection::none)
            quote(model::JobId{answer.subject});
    });
}

void Office::quote(model::JobId job) {
    tell(model::ProposeQuote{job, Cents{9900}, "SEK"}, [this, job](core::Answer const&) {
        bool const approve = !world_.prng().chance(50);
        tell(model::DecideQuote{job, approve}, [this, job](core::Answer const&) { schedule(job); });
    });
}

void Office::schedule(model::JobId job) {
    tell(model::TransitionJob{.job = job, .to = "scheduled"});
}

void Office::cancel(core::State const& state, model::Job const& job) {
    auto const& machine = state.machine_of(job);
    auto const cancelled = machine.first_state(Phase::cancelled);
    tell(model::TransitionJob{.job = job.id, .to = machine.state(*cancelled).name, .reason = "no"});
}

void Office::edit(model::Job const& job) {
    auto& prng = world_.prng();
    model::UpdateJob update{.job = job.id};
    if (prng.chance(500)) update.if_version = job.version;
    if (prng.chance(500)) update.priority = static_cast<std::int32_t>(prng.between(0, 9));
    if (prng.chance(300)) update.deadline = world_.now() + Millis{prng.between(0, 3'600'000)};
    if (prng.chance(300)) {
        auto stops = job.stops;
        stops.front().service = Millis{prng.between(0, 60'000)};
        stops.front().place = stop_somewhere(prng).place;
        update.stops = stops;
    }
    if (prng.chance(100)) update.slots = std::vector<model::NeedDraft>(prng.chance(500) ? 1 : 2);
    tell(update);
}

void Office::assign(core::State const& state, model::Job const& job) {
    auto const* const agent = any_of(world_.prng(), state.agents);
    if (agent == nullptr) return;
    auto const slot = world_.prng().below(job.slots.size());
    tell(model::AssignJob{job.id, static_cast<std::uint8_t>(slot), agent->id});
}

void Office::release(core::State const& state) {
    auto const* const assignment = any_of(world_.prng(), state.assignments);
    if (assignment != nullptr) tell(model::ReleaseAssignment{assignment->id, "another will"});
}

// Two agents' routes as read now: some assignment changes hands, the rest is shuffled; sent later.
void Office::plan(core::State const& state) {
    auto& prng = world_.prng();
    auto const* const one = any_of(prng, state.agents);
    auto const* const other = any_of(prng, state.agents);
    if (one == nullptr || one == other || one->route.empty()) return;
    auto const moved = one->route[prng.below(one->route.size())].assignment;
    model::PlannedRoute from{one->id, one->route_version, {}};
    model::PlannedRoute to{other->id, other->route_version, {}};
    for (auto const& stop : other->route)
        to.stops.push_back({stop.assignment, stop.stop});
    bool const exchange = prng.chance(700);
    for (auto const& stop : one->route) {
        auto& list = exchange && stop.assignment == moved ? to.stops : from.stops;
        list.push_back({stop.assignment, stop.stop});
    }
    if (!exchange) std::reverse(from.stops.begin(), from.stops.end());
    model::AdoptPlan adopt{{from, to}};
    world_.after(Millis{prng.between(0, 60'000)}, [this, adopt] { tell(adopt); });
}

void Office::change_agent(core::State const& state) {
    auto& prng = world_.prng();
    auto const* const agent = any_of(prng, state.agents);
    if (agent == nullptr) return;
    constexpr std::array all{
        model::Availability::off, model::Availability::paused, model::Availability::on_duty};
    tell(model::SetAvailability{agent->id, all[prng.below(all.size())]});
}

void Office::change_zone() {
    auto& prng = world_.prng();
    model::Zone zone{.name = "ring", .kind = model::ZoneKind::fence};
    zone.centre = stop_somewhere(prng).place;
    zone.radius = Metres{prng.between(200, 3000)};
    zone.dwell = Millis{prng.between(0, 1) * 60'000};
    tell(model::SetZone{zone});
}

void Office::meddle() {
    auto& prng = world_.prng();
    if (calm_) return;
    world_.after(Millis{prng.between(5000, 60'000)}, [this] { meddle(); });
    auto const* const state = world_.read();
    if (state == nullptr || !prng.chance(world_.options().meddling)) return;
    auto const* const job = any_of(prng, state->jobs);
    switch (prng.below(8)) {
        case 0:
            return job != nullptr ? cancel(*state, *job) : void();
        case 1:
            return job != nullptr ? edit(*job) : void();
        case 2:
            return job != nullptr ? assign(*state, *job) : void();
        case 3:
            return release(*state);
        case 4:
            return change_agent(*state);
        default:
            return plan(*state);
    }
}

// Approvals: work that waits for somebody's yes gets it.
void Office::see_through() {
    world_.after(Millis{30'000}, [this] { see_through(); });
    auto const* const state = world_.read();
    if (state == nullptr) return;
    for (auto const id : state->assignments.ids()) {
        auto const& assignment = state->assignments.at(id);
        if (state->phase_of(assignment) != Phase::review) continue;
        auto const& machine = state->machine_of(state->jobs.at(assignment.job));
        auto const done = machine.first_state(Phase::done);
        tell(model::TransitionJob{
            .job = assignment.job, .assignment = id, .to = machine.state(*done).name});
    }
}

}  // namespace posthaste::sim
