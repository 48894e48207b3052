// For tests of core: a region that is told things one at a time, as a turn does it.
//
// Gives    tell, tap, see, pass: each input is decided, applied and followed by the indexes, and
//          then the agenda is worked off; after each the state is checked against itself.
// Units    place(east, north): metres from where the equator meets the prime meridian; 10 m/s and
//          roads as straight as the crow flies, so that 1000 m are 100 s.
// Order    as node/turn.cpp: a fix is observed before the agenda that follows from it.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/apply.hpp"
#include "core/decide.hpp"
#include "core/integrity.hpp"

namespace posthaste::core::testing {

constexpr Instant eight_o_clock{1'779'955'200'000};

model::Position place(std::int32_t east, std::int32_t north = 0);
model::Envelope office();
model::Envelope engine();
model::Policy straight_policy();
std::string workflow_text(std::string const& name);

/// What one input came to.
struct Heard {
    Answer answer;
    bool repeated = false;
    std::vector<model::Event> events;  ///< with those of the agenda that followed
    std::vector<model::Decision> decisions;

    model::Rejection rejection() const { return answer.rejection; }
    template <class E>
    E const* find() const {
        for (auto const& event : events) {
            if (auto const* const found = std::get_if<E>(&event)) return found;
        }
        return nullptr;
    }
    template <class E>
    std::size_t count() const {
        std::size_t found = 0;
        for (auto const& event : events)
            found += std::holds_alternative<E>(event) ? 1U : 0U;
        return found;
    }
};

class City {
public:
    /// With the workflows ride, parcel and field_service, unless it is the control region.
    explicit City(RegionId region = RegionId{1});

    /// A command with an id of its own, unless the envelope has one.
    Heard tell(model::Command const& command, model::Envelope who = office());
    /// From the agent's phone, with the next operation number.
    Heard tap(model::AgentId agent, model::Command const& command);
    model::Envelope phone(model::AgentId agent);
    Heard see(model::AgentId agent, model::Position where, std::optional<Instant> time = {});
    /// Time goes on: what is due on the way happens when it is due.
    Heard pass(Millis span);
    Heard pass_until(Instant end) { return pass(end - now); }
    Heard feed(model::Envelope envelope, Input const& input);
    model::CommandId new_id();

    using Adjust = std::function<void(model::PutAgent&)>;
    /// Put, on duty and seen at home.
    model::AgentId driver(
        std::string const& reference, model::Position home, Adjust const& adjust = {}
    );
    /// As driver, but off duty and never seen.
    model::AgentId newcomer(
        std::string const& reference, model::Position home, Adjust const& adjust = {}
    );
    using AdjustJob = std::function<void(model::CreateJob&)>;
    model::JobId ride(model::Position from, model::Position to, AdjustJob const& adjust = {});
    model::JobId parcel(model::Position from, model::Position to, AdjustJob const& adjust = {});
    model::JobId visit(model::Position where, AdjustJob const& adjust = {});

    State const& state() const { return region.state; }
    model::Job const& job(model::JobId id) const { return region.state.jobs.at(id); }
    model::Agent const& agent(model::AgentId id) const { return region.state.agents.at(id); }
    model::Offer const* offer(model::JobId job, std::size_t slot = 0) const;
    model::Assignment const* assignment(model::JobId job, std::size_t slot = 0) const;
    std::string shown(model::JobId job) const;
    /// The offer on the job's first slot, accepted by whom it is for.
    Heard accept(model::JobId job);
    Heard step(model::JobId job, std::string const& to, std::size_t slot = 0);
    void use(model::Policy const& policy);

    /// A fresh state from all that was recorded.
    State replayed() const;
    void check() const;

    Region region;
    Instant now = eight_o_clock;
    std::vector<model::Entry> entries;
    bool decide_twice = false;  ///< each input, with memory of its own, to compare

private:
    Heard feed_one(model::Envelope envelope, Input const& input);
    void drain(Heard& heard);

    Scratch scratch_;
    std::uint64_t next_id_ = 0;
    std::map<model::AgentId, std::uint64_t> operations_;
};

}  // namespace posthaste::core::testing
