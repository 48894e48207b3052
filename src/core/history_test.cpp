// After any history the state holds together, the indexes say what it says, and its log rebuilds
// it.
//
// Every case has a seed; a failure says it. City::check() compares the eligibility that was kept by
// increments with the one computed afresh, after every input, also as time passes.
#include "base/codec.hpp"
#include "base/prng.hpp"
#include "core/testing.hpp"
#include "match/check.hpp"

namespace posthaste::core::testing {

namespace {

class History {
public:
    explicit History(std::uint64_t seed) : prng_{seed} {
        city.decide_twice = true;
        for (int i = 0; i < 5; ++i)
            put_agent();
    }

    void step() {
        constexpr std::array all{
            &History::see,       &History::see,     &History::see,     &History::see,
            &History::make_job,  &History::offer,   &History::offer,   &History::walk,
            &History::walk,      &History::walk,    &History::edit,    &History::turn_duty,
            &History::put_agent, &History::give,    &History::release, &History::plan,
            &History::papers,    &History::zones,   &History::rules,   &History::pass,
            &History::pass,      &History::restart, &History::leave};
        (this->*all[prng_.below(all.size())])();
    }

    City city;

private:
    model::Position somewhere() {
        return place(
            static_cast<std::int32_t>(prng_.between(-8000, 8000)),
            static_cast<std::int32_t>(prng_.between(-8000, 8000))
        );
    }
    template <class T>
    T pick(std::vector<T> const& all) {
        return all.empty() ? T{} : all[prng_.below(all.size())];
    }
    model::AgentId some_agent() { return pick(city.state().agents.ids()); }
    model::JobId some_job() { return pick(city.state().jobs.ids()); }
    model::AssignmentId some_assignment() { return pick(city.state().assignments.ids()); }

    // Each command once, and now and then once more: a retry gets the same answer.
    void tell(model::Command const& command, model::Envelope who = office()) {
        if (who.operation == 0) who.command = city.new_id();
        auto const first = city.tell(command, who);
        if (!prng_.chance(300)) return;
        auto const hash = hash_of(city.state());
        auto const again = city.tell(command, who);
        CHECK(again.repeated);
        CHECK(again.answer.rejection == first.answer.rejection);
        CHECK(again.answer.subject == first.answer.subject);
        CHECK(again.answer.detail == first.answer.detail);
        CHECK(hash_of(city.state()) == hash);
    }

    void see() {
        if (city.state().agents.empty()) return;
        city.see(some_agent(), somewhere(), city.now - Millis{prng_.between(0, 20'000)});
    }
    void make_job() {
        model::CreateJob create{
            .workflow = pick(std::vector<std::string>{"ride", "parcel", "field_service"}),
            .priority = static_cast<std::int32_t>(prng_.between(0, 100))};
        if (prng_.chance(500)) create.reference = "R" + std::to_string(prng_.below(6));
        if (prng_.chance(300)) create.release = city.now + Millis{prng_.between(-1000, 600'000)};
        if (prng_.chance(300)) create.deadline = city.now + Millis{prng_.between(-1000, 900'000)};
        auto const load = static_cast<std::int32_t>(prng_.between(0, 4));
        create.stops = {
            {.place = somewhere(), .pickup = {{load, 0, 0, 0}}},
            {.place = somewhere(), .dropoff = {{load, 0, 0, 0}}}};
        create.stops[0].window.latest = city.now + Millis{prng_.between(0, 4'000'000)};
        create.slots.resize(1 + prng_.below(2));
        if (prng_.chance(300)) create.slots[0].skills = {"crane"};
        if (prng_.chance(200)) create.slots[0].kinds = {"van"};
        tell(create);
    }
    void offer() {
        auto const id = pick(city.state().offers.ids());
        auto const* const open = city.state().offers.find(id);
        if (open == nullptr) return;
        auto const made = *open;
        auto const draw = prng_.below(4);
        if (draw == 0)
            return tell(model::DeclineOffer{id, made.attempt, ""}, city.phone(made.agent));
        if (draw == 1) return tell(model::ReceiveOffer{id}, city.phone(made.agent));
        tell(model::AcceptOffer{id, made.attempt}, city.phone(made.agent));
    }
    // A step that the workflow has from here, or any other.
    void walk() {
        auto const id = some_assignment();
        auto const* const held = city.state().assignments.find(id);
        if (held == nullptr) return;
        auto const& machine = city.state().machine_of(city.job(held->job));
        std::vector<std::string> states;
        for (std::uint8_t to = 0; to < machine.states.size(); ++to) {
            if (machine.find(held->state, to) != nullptr) states.push_back(machine.state(to).name);
        }
        if (prng_.chance(100)) states = {machine.states[prng_.below(machine.states.size())].name};
        model::TransitionJob const step{.job = held->job, .assignment = id, .to = pick(states)};
        if (prng_.chance(100)) return tell(model::FinishStop{id, 0}, city.phone(held->agent));
        tell(step, prng_.chance(800) ? city.phone(held->agent) : office());
    }
    void edit() {
        auto const id = some_job();
        if (id == model::JobId{}) return;
        model::UpdateJob update{.job = id};
        if (prng_.chance(300)) update.priority = static_cast<std::int32_t>(prng_.between(0, 100));
        if (prng_.chance(300)) update.stops = city.job(id).stops;
        if (update.stops) update.stops->front().place = somewhere();
        if (prng_.chance(300)) update.deadline = city.now + Millis{prng_.between(-1000, 600'000)};
        if (prng_.chance(200)) update.release = city.now + Millis{prng_.between(-1000, 600'000)};
        if (prng_.chance(200)) update.slots = std::vector<model::NeedDraft>(1 + prng_.below(3));
        if (prng_.chance(300)) update.notes = digest("note");
        if (prng_.chance(300)) update.if_version = prng_.below(city.state().last_event);
        tell(update);
    }
    void turn_duty() {
        auto const to = static_cast<model::Availability>(prng_.below(3));
        auto const agent = some_agent();
        if (agent == model::AgentId{}) return;
        tell(model::SetAvailability{agent, prng_.chance(600) ? model::Availability::on_duty : to});
    }
    void put_agent() {
        auto const start = city.now + Millis{prng_.between(-3'600'000, 600'000)};
        model::PutAgent put{
            .reference = "A" + std::to_string(prng_.below(6)),
            .home = somewhere(),
            .shift = {start, start + Millis{prng_.between(0, 7'200'000)}},
            .vehicle_kind = prng_.chance(500) ? "van" : "car",
            .capacity = {{static_cast<std::int32_t>(prng_.between(0, 8)), 0, 0, 0}}};
        if (prng_.chance(500)) put.skills = {"crane"};
        tell(put);
    }
    void give() {
        tell(model::AssignJob{some_job(), static_cast<std::uint8_t>(prng_.below(2)), some_agent()});
    }
    void release() {
        auto const id = some_assignment();
        if (auto const* const held = city.state().assignments.find(id)) {
            auto const agent = held->agent;
            tell(
                model::ReleaseAssignment{id, "no"}, prng_.chance(500) ? office() : city.phone(agent)
            );
        }
    }
    // Two agents swap all they have; or one route reversed, which is mostly refused.
    void plan() {
        auto const a = some_agent();
        auto const b = some_agent();
        if (a == model::AgentId{} || a == b) return;
        auto const route = [&](model::AgentId to, model::AgentId from) {
            model::PlannedRoute planned{to, city.agent(to).route_version, {}};
            for (auto const& stop : city.agent(from).route)
                planned.stops.push_back({stop.assignment, stop.stop});
            return planned;
        };
        auto command = model::AdoptPlan{{route(a, b), route(b, a)}};
        if (prng_.chance(200)) ++command.routes[0].route_version;
        if (prng_.chance(200)) command.routes = {route(a, a)};
        tell(command);
    }
    void papers() {
        auto const id = some_job();
        if (id == model::JobId{}) return;
        auto const draw = prng_.below(6);
        if (draw == 0) return tell(model::ProposeQuote{id, Cents{100}, "EUR"});
        if (draw == 1) return tell(model::DecideQuote{id, prng_.chance(800)});
        if (draw == 2) return tell(model::TransitionJob{.job = id, .to = "scheduled"});
        if (draw == 3) return tell(model::TransitionJob{.job = id, .to = "cancelled"});
        auto const kind = static_cast<model::AttachmentKind>(prng_.below(5));
        tell(model::AttachToJob{id, {.content = digest("photo"), .kind = kind}});
    }
    void zones() {
        auto const known = pick(city.state().zones.ids());
        if (prng_.chance(300)) return tell(model::RemoveZone{known});
        tell(model::SetZone{
            {.id = prng_.chance(500) ? known : model::ZoneId{},
             .name = "zone",
             .kind = static_cast<model::ZoneKind>(prng_.below(3)),
             .centre = somewhere(),
             .radius = Metres{prng_.between(200, 6000)},
             .dwell = Millis{prng_.between(0, 2) * 60'000}}});
    }
    void rules() {
        auto policy = straight_policy();
        policy.stack_max = static_cast<std::int32_t>(prng_.between(1, 4));
        policy.radius = Metres{prng_.between(2000, 20'000)};
        policy.keep_over = Millis{prng_.between(0, 1'200'000)};
        tell(model::SetPolicy{policy});
    }
    void pass() { city.pass(Millis{prng_.between(0, prng_.chance(100) ? 4'000'000 : 60'000)}); }
    void leave() { tell(model::RemoveAgent{some_agent()}); }
    // The state as bytes and back, the indexes built anew: as a writer that takes over.
    void restart() {
        auto restored = restore(snapshot(city.state()));
        REQUIRE(restored.ok());
        CHECK(hash_of(restored.value()) == hash_of(city.state()));
        Region fresh{std::move(restored).value()};
        REQUIRE(fresh.field.load_checkpoint(fresh.state, city.region.field.checkpoint()).ok());
        city.region = std::move(fresh);
        city.feed(engine(), TermInput{Millis{prng_.between(0, 100'000)}});
    }

    Prng prng_;
};

}  // namespace

TEST_CASE("any history: the state holds together, decide is pure, a retry gets the same answer") {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        CAPTURE(seed);
        History history{seed};
        auto& city = history.city;
        for (int i = 0; i < 200; ++i)
            history.step();
        CHECK(hash_of(city.replayed()) == hash_of(city.state()));
        for (auto const& entry : city.entries) {
            for (auto const& decision : entry.decisions)
                CHECK(match::complaint_of(decision).value_or("") == "");
        }
    }
}

TEST_CASE("Snapshots: snapshot + tail hashes equal to a full replay, wherever it was taken") {
    for (std::uint64_t seed = 100; seed < 106; ++seed) {
        CAPTURE(seed);
        History history{seed};
        auto& city = history.city;
        std::vector<std::pair<std::size_t, std::string>> snapshots;
        for (int i = 0; i < 120; ++i) {
            history.step();
            if (i % 30 == 0) snapshots.emplace_back(city.entries.size(), snapshot(city.state()));
        }
        auto const whole = city.replayed();
        for (auto const& [from, bytes] : snapshots) {
            auto restored = restore(bytes);
            REQUIRE(restored.ok());
            auto state = std::move(restored).value();
            for (auto i = from; i < city.entries.size(); ++i) {
                // Through bytes, as a log gives them.
                auto const entry = decode<model::Entry>(encode(city.entries[i]));
                REQUIRE(entry.ok());
                for (auto const& event : entry.value().events)
                    apply(state, entry.value().envelope, event);
            }
            CHECK(hash_of(state) == hash_of(whole));
        }
    }
}

}  // namespace posthaste::core::testing
