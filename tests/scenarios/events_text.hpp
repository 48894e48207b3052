// Events as lines that a dispatcher could read, with the scenario's names instead of ids.
//
// Gives    Names: what each id is called, learned from the events. line_of: "08:00:40 OfferMade J1
//          W1 arrive 08:02:00", or nothing for an event that is machinery.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/state.hpp"

namespace posthaste::scenarios {

std::string clock_text(Instant at);

class Names {
public:
    void learn(model::Event const& event);
    std::optional<std::string> line_of(core::State const& state, model::Event const& event) const;

    model::JobId job(std::string const& name) const;
    model::AgentId agent(std::string const& name) const;
    /// The newest assignment that binds them, also when it has ended.
    model::AssignmentId assignment(model::JobId job, model::AgentId agent) const;
    model::OfferId offer(model::JobId job, model::AgentId agent) const;

private:
    struct Held {
        model::JobId job{};
        model::AgentId agent{};
    };

    std::string of(model::JobId id) const;
    std::string of(model::AgentId id) const;
    std::string of(model::AssignmentId id) const;
    std::string of(model::OfferId id) const;
    std::string step_text(core::State const& state, model::JobTransitioned const& step) const;
    std::string route_text(model::RouteChanged const& changed) const;
    std::optional<std::string> agent_line(model::Event const& event) const;
    std::optional<std::string> job_line(core::State const& state, model::Event const& event) const;

    std::map<model::JobId, std::string> jobs_;
    std::map<model::AgentId, std::string> agents_;
    std::map<model::ZoneId, std::string> zones_;
    std::map<model::AssignmentId, Held> assignments_;
    std::map<model::OfferId, Held> offers_;
    std::map<model::JobId, model::WorkflowId> workflows_;
};

}  // namespace posthaste::scenarios
