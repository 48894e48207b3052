// A city in a test: one region driven through decide and apply as a shard would, by a seed.
//
// Gives    turns of random commands, fixes and timers, sealed into a log, told to followers.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "base/prng.hpp"
#include "log/memory/memory_log.hpp"
#include "views/follower.hpp"

namespace posthaste::views::testing {

constexpr RegionId city_region{7};
constexpr model::SubjectId city_contact{0x7f00000000099ULL};

inline std::string workflow_text(std::string const& name) {
    std::ifstream file{POSTHASTE_ROOT "/workflows/" + name};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline core::State empty_state() {
    core::State state;
    state.region = city_region;
    return state;
}

class City {
public:
    City(std::uint64_t seed, log::Log& log, std::vector<Follower*> followers)
        : prng_{seed}, log_{log}, followers_{std::move(followers)} {
        for (auto* const follower : followers_)
            follower->reset(region.state, region.field);
        model::Policy policy;
        policy.keep_over = Millis{600'000};
        command({.role = model::Role::admin}, model::SetPolicy{policy});
        command(
            {.role = model::Role::admin}, model::SetWorkflow{"ride", workflow_text("ride.toml")}
        );
        end_turn();
    }

    core::Region region{empty_state()};
    Instant now{1'800'000'000'000};

    core::Answer command(model::Envelope envelope, model::Command command) {
        auto const hash = core::body_hash_of(command);
        return decide(std::move(envelope), core::CommandInput{std::move(command), hash});
    }

    void fix(model::Fix const& fix) {
        decide({.role = model::Role::engine}, core::FixInput{fix});
        region.field.observe(region.state, fix);
        fixes_.push_back(fix);
    }

    /// Seals what was decided since the last, stores it, and tells the followers.
    void end_turn() {
        model::RecordHeader header{
            .region = city_region,
            .first_event = first_event_,
            .event_count = region.state.last_event + 1 - first_event_,
            .at = now,
            .previous = checksum_};
        model::Record const record{header, std::move(entries_)};
        model::SealedRecord sealed;
        if (!record.entries.empty()) {
            sealed = model::seal(record);
            checksum_ = sealed.checksum;
            log::Append const append = log::append_of(header, sealed);
            REQUIRE(log_.append({&append, 1}).ok());
        }
        Turned const turned{
            city_region, region.state, region.field, record, sealed.bytes, touched_, fixes_};
        for (auto* const follower : followers_)
            follower->follow(turned);
        entries_.clear();
        fixes_.clear();
        touched_ = {};
        first_event_ = region.state.last_event + 1;
    }

    void random_turn() {
        now = now + Millis{prng_.between(100, 20'000)};
        timers();
        for (auto inputs = prng_.below(6); inputs > 0; --inputs)
            random_input();
        end_turn();
    }

    model::Position random_place() {
        return {
            static_cast<std::int32_t>(prng_.between(577'000'000, 577'400'000)),
            static_cast<std::int32_t>(prng_.between(119'000'000, 119'600'000))};
    }

private:
    core::Answer decide(model::Envelope envelope, core::Input const& input) {
        auto answer = decide_one(std::move(envelope), input);
        while (core::has_agenda(region.state))
            decide_one({.role = model::Role::engine}, core::AgendaInput{});
        return answer;
    }

    core::Answer decide_one(model::Envelope envelope, core::Input const& input) {
        envelope.at = now;
        auto decided = core::decide(region, scratch_, envelope, input);
        for (auto const& event : decided.events) {
            auto const touched = core::apply(region.state, envelope, event);
            region.field.follow(region.state, event, touched);
            touched_.agents.insert(
                touched_.agents.end(), touched.agents.begin(), touched.agents.end()
            );
            touched_.jobs.insert(touched_.jobs.end(), touched.jobs.begin(), touched.jobs.end());
        }
        if (!decided.events.empty()) {
            entries_.push_back({envelope, std::move(decided.events), std::move(decided.decisions)});
        }
        return decided.answer;
    }

    void timers() {
        while (!region.state.timers.empty() && region.state.timers.begin()->due <= now)
            decide({.role = model::Role::engine}, core::TimerInput{*region.state.timers.begin()});
        for (auto const& overdue : region.field.overdue(region.state, now, 100))
            decide({.role = model::Role::engine}, overdue);
    }

    template <class T, class I>
    I pick(Table<I, T> const& table) {
        auto const ids = table.ids();
        return ids.empty() ? I{} : ids[prng_.below(ids.size())];
    }

    void random_input() {
        auto const dice = prng_.below(100);
        if (dice < 8) {
            put_agent();
        } else if (dice < 16) {
            change_agent();
        } else if (dice < 36) {
            see_agent();
        } else if (dice < 56) {
            create_job();
        } else if (dice < 72) {
            answer_offer();
        } else if (dice < 90) {
            step();
        } else if (dice < 95) {
            change_settings();
        } else {
            dispatch();
        }
    }

    void put_agent() {
        model::PutAgent put;
        put.reference = "agent-" + std::to_string(prng_.below(12));
        put.person = model::SubjectId{0x7f00000000042ULL};
        put.home = random_place();
        put.capacity.amount = {4, 4, 4, 4};
        put.skills =
            prng_.chance(300) ? std::vector<std::string>{"lift"} : std::vector<std::string>{};
        command({.role = model::Role::dispatcher}, put);
        auto const found = region.state.agent_named(put.reference);
        if (!found) return;
        command(
            {.role = model::Role::dispatcher},
            model::SetAvailability{*found, model::Availability::on_duty}
        );
    }

    void change_agent() {
        auto const agent = pick(region.state.agents);
        if (prng_.chance(150)) {
            command({.role = model::Role::dispatcher}, model::RemoveAgent{agent});
            return;
        }
        auto const availability = static_cast<model::Availability>(prng_.below(3));
        command({.role = model::Role::dispatcher}, model::SetAvailability{agent, availability});
    }

    void see_agent() {
        auto const agent = pick(region.state.agents);
        if (raw(agent) == 0) return;
        fix({.agent = agent, .place = random_place(), .time = now, .received = now});
    }

    void create_job() {
        model::CreateJob create;
        if (prng_.chance(700)) create.reference = "order-" + std::to_string(prng_.next());
        create.workflow = "ride";
        create.contact = city_contact;
        create.notes = digest("ring twice");
        create.priority = static_cast<std::int32_t>(prng_.below(3));
        create.stops.resize(1 + prng_.below(2));
        for (auto& stop : create.stops)
            stop.place = random_place();
        create.slots.resize(1 + prng_.below(2));
        if (prng_.chance(200)) create.slots.front().skills = {"lift"};
        if (prng_.chance(300)) create.release = now + Millis{30'000};
        if (prng_.chance(300)) create.deadline = now + Millis{120'000};
        command({.role = model::Role::dispatcher, .traceparent = "00-trace"}, create);
    }

    void answer_offer() {
        auto const* const offer = region.state.offers.find(pick(region.state.offers));
        if (offer == nullptr) return;
        model::Envelope const who{.role = model::Role::agent, .agent = offer->agent};
        auto const dice = prng_.below(4);
        if (dice == 0) command(who, model::ReceiveOffer{offer->id});
        if (dice == 1) command(who, model::DeclineOffer{offer->id, offer->attempt, "busy"});
        if (dice >= 2) command(who, model::AcceptOffer{offer->id, offer->attempt});
    }

    void step() {
        auto const* const assignment =
            region.state.assignments.find(pick(region.state.assignments));
        if (assignment == nullptr) return;
        auto const& job = region.state.jobs.at(assignment->job);
        auto const& machine = region.state.machine_of(job);
        auto const& to = machine.states[prng_.below(machine.states.size())].name;
        model::Envelope const who{.role = model::Role::agent, .agent = assignment->agent};
        command(who, model::TransitionJob{.job = job.id, .assignment = assignment->id, .to = to});
    }

    void change_settings() {
        model::Zone zone;
        zone.id = prng_.chance(500) ? pick(region.state.zones) : model::ZoneId{};
        zone.name = "zone";
        zone.centre = random_place();
        zone.radius = Metres{800};
        command({.role = model::Role::admin}, model::SetZone{zone});
    }

    void dispatch() {
        auto const job = pick(region.state.jobs);
        model::Envelope const who{.role = model::Role::dispatcher};
        auto const dice = prng_.below(4);
        if (dice == 0) command(who, model::TransitionJob{.job = job, .to = "cancelled"});
        if (dice == 1) command(who, model::AssignJob{job, 0, pick(region.state.agents)});
        if (dice == 2) command(who, model::ReleaseAssignment{pick(region.state.assignments), ""});
        if (dice == 3) command(who, model::UpdateJob{.job = job, .priority = 9});
    }

    Prng prng_;
    log::Log& log_;
    std::vector<Follower*> followers_;
    core::Scratch scratch_;
    std::vector<model::Entry> entries_;
    std::vector<model::Fix> fixes_;
    core::Touched touched_;
    Digest checksum_;
    model::EventNumber first_event_ = 1;
};

}  // namespace posthaste::views::testing
