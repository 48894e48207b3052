// Watches every record as it becomes durable, and every answer as it is given.
//
// Takes    records from the shard (as its follower), answers, plans as they were sent.
// Gives    the first promise that was broken. It keeps a model of its own, as plain as can be, and
//          a mirror of each region that is rebuilt from record bytes alone.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "core/apply.hpp"
#include "log/log.hpp"
#include "node/shard.hpp"
#include "views/board.hpp"

namespace posthaste::sim {

/// What tells one command from another: (key, device, operation) or its id.
using CommandName = std::tuple<std::uint64_t, std::string, std::uint64_t, model::CommandId>;
CommandName name_of(model::Envelope const& envelope);

class Checker final : public views::Follower {
public:
    /// The board follows the same shard, before the checker.
    explicit Checker(views::Board const& board) : board_{board} {}

    void follow(views::Turned const& turned) override;
    void reset(core::State const& state, core::Field const& field) override;

    /// The node answered: from here on it must be in the log for ever, and never be another answer.
    void acknowledged(RegionId region, model::Envelope const& envelope, node::Reply const& reply);
    /// A plan that is under way, by its command.
    void planned(model::Envelope const& envelope, model::AdoptPlan const& plan);
    /// An operation of a phone that is under way.
    void tapped(model::Envelope const& envelope, model::Command const& command);
    /// The node starts again: what the log says must be what was promised.
    void check_log(log::Log const& log, RegionId region);

    std::optional<std::string> const& wrong() const { return wrong_; }
    std::uint64_t event_count() const { return event_count_; }

private:
    using SlotName = std::pair<model::JobId, std::uint8_t>;
    struct Mirror {
        core::State state;
        std::map<SlotName, model::AssignmentId> holders;
        std::map<model::AssignmentId, SlotName> slots;
        std::map<model::OfferId, std::pair<SlotName, model::AgentId>> offers;
        std::set<std::pair<SlotName, model::EventNumber>> spent;  ///< attempts that allocated
        std::map<SlotName, std::set<model::AgentId>> refused;
        /// What others took from each agent, newest last, by the id of the offer or assignment.
        std::map<model::AgentId, std::deque<core::Taken>> taken;
        std::map<model::AssignmentId, Instant> stepped;  ///< by the clock of who took the step
        std::uint64_t records = 0;
    };

    void complain(std::string what);
    void check_board(views::Turned const& turned);
    void catch_up(log::Log const& log, RegionId region);
    void check_entry(Mirror& mirror, model::Entry const& entry);
    void before_event(Mirror& mirror, model::Entry const& entry, model::Event const& event);
    void after_event(Mirror& mirror, model::Event const& event);
    void check_capacity(Mirror const& mirror, model::Envelope const& envelope);
    void check_late(Mirror const& mirror, model::Entry const& entry);
    bool is_late(
        Mirror const& mirror, model::Envelope const& envelope, model::Command const& command
    ) const;
    bool lacks_earlier(model::Envelope const& envelope) const;
    void check_asked(Mirror const& mirror, model::AgentId agent, model::Envelope const& envelope);
    void check_made(Mirror& mirror, model::AssignmentMade const& made);
    void check_conclusion(Mirror& mirror, model::Entry const& entry);
    void check_renewal(Mirror const& mirror, model::TermBegan const& began);
    void check_plan_route(
        Mirror const& mirror, model::Envelope const& envelope, model::RouteChanged const& changed
    );

    views::Board const& board_;
    std::map<RegionId, Mirror> mirrors_;
    std::map<model::OfferId, Instant> expiries_;  ///< before a term began
    std::map<CommandName, core::Answer> concluded_;
    std::map<CommandName, core::Answer> answers_;
    std::map<CommandName, std::map<model::AgentId, model::EventNumber>> plans_;
    std::map<CommandName, model::Command> taps_;
    std::optional<std::string> wrong_;
    std::uint64_t event_count_ = 0;
};

}  // namespace posthaste::sim
