// What a turn feeds to decide, one at a time.
//
// Order    within a turn: newer travel times, the term's begin, timers by (due, id), the overdue by
//          (due, agent), then commands and fixes as the inbox gives them, then routes to time
//          again; after each of them the agenda until it is empty or the turn's bound is met.
#pragma once

#include <variant>

#include "core/timer.hpp"
#include "model/command.hpp"
#include "model/fix.hpp"
#include "model/record.hpp"

namespace posthaste::core {

/// A writer took over; the last record is `outage` old.
struct TermInput {
    Millis outage;
    bool operator==(TermInput const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "outage", self.outage); }
};

struct TimerInput {
    Timer timer;
    bool operator==(TimerInput const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "timer", self.timer); }
};

/// Nothing was heard of the agent for as long as the policy says.
struct OverdueInput {
    model::AgentId agent{};
    model::Freshness freshness = model::Freshness::stale;
    Instant last_fix;
    bool operator==(OverdueInput const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "agent", self.agent);
        field(2, "freshness", self.freshness);
        field(3, "last_fix", self.last_fix);
    }
};

struct CommandInput {
    model::Command command;
    std::uint64_t body_hash = 0;  ///< of the command, by who received it: body_hash_of
    bool operator==(CommandInput const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "command", self.command);
        field(2, "body_hash", self.body_hash);
    }
};

struct FixInput {
    model::Fix fix;
    bool operator==(FixInput const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "fix", self.fix); }
};

/// Travel times are other ones from now on.
struct MetricInput {
    std::uint64_t travel = 0;  ///< match::Travel::hash()
    model::TravelSource source = model::TravelSource::great_circle;
    bool operator==(MetricInput const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "travel", self.travel);
        field(2, "source", self.source);
    }
};

/// The agent's route is to be timed again, since travel times changed.
struct RetimeInput {
    model::AgentId agent{};
    bool operator==(RetimeInput const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "agent", self.agent); }
};

/// The next item of the state's agenda.
struct AgendaInput {
    bool operator==(AgendaInput const&) const = default;
    static void fields(auto&, auto&&) {}
};

using Input = std::variant<
    TermInput,
    TimerInput,
    OverdueInput,
    CommandInput,
    FixInput,
    AgendaInput,
    MetricInput,
    RetimeInput>;

/// What tells two commands with one id apart.
std::uint64_t body_hash_of(model::Command const& command);

}  // namespace posthaste::core
