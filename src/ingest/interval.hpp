// When the next fix is wanted, and how each protocol's reply says so.
//
// Gives    next_interval: the policy's report_offered while the agent has open offers, else
//          report_moving with work, else report_idle.
//          OwnTracks: a JSON array with a setConfiguration command (the app must allow remote
//          commands and configuration), or [] where there is nothing to tell. It applies to the
//          app's move mode; both interval settings are in whole seconds, at least 1.
//          OsmAnd and Traccar: a plain line, "interval=4"; Traccar's own client does not read it.
//          NDJSON: a JSON object with what became of the batch and "next_interval_ms".
// Limits   a batch's reply names at most reply_items_max errors and as many verdicts; the counts
//          are of all of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/quantity.hpp"
#include "ingest/raw_fix.hpp"
#include "ingest/track_filter.hpp"
#include "model/agent.hpp"
#include "model/policy.hpp"

namespace posthaste::ingest {

constexpr std::size_t reply_items_max = 100;

Millis next_interval(model::Agent const& agent, model::Policy const& policy);

/// What became of one fix of a batch that was not accepted as now.
struct LineVerdict {
    std::uint32_t line = 0;
    Reason reason = Reason::none;
};

struct BatchReport {
    std::size_t accepted = 0;
    std::size_t history = 0;
    std::size_t rejected = 0;
    std::vector<LineVerdict> verdicts;  ///< of history and rejected
    std::vector<LineError> errors;      ///< of lines that were no fix
    std::optional<Millis> next;         ///< the shortest of the batch's agents
};

std::string owntracks_reply(std::optional<Millis> next);
std::string osmand_reply(std::optional<Millis> next);
std::string ndjson_reply(BatchReport const& report);

}  // namespace posthaste::ingest
