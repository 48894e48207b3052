// What the server says, as plain values: jobs, agents, offers and decisions out of JSON.
//
// Takes    bodies of answers and data of stream events, as src/views/show.hpp writes them.
// Gives    the fields that a client of this kind needs; others are read past.
// Errors   malformed: not JSON, or without what it must have.
// Threads  one Reader a thread
// Source   simdjson (only document.cpp sees it).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/ids.hpp"
#include "model/job.hpp"
#include "model/load.hpp"
#include "model/names.hpp"
#include "model/place.hpp"
#include "model/policy.hpp"

namespace posthaste::load {

struct StopSeen {
    model::Position place;
    Millis service;
    model::Load pickup;
    model::Load dropoff;
};

struct AssignmentSeen {
    model::AssignmentId id{};
    model::AgentId agent{};
    std::uint8_t slot = 0;
    std::string state;
};

struct JobSeen {
    model::JobId id{};
    std::string reference;
    std::string workflow;
    model::Phase phase = model::Phase::draft;
    std::vector<StopSeen> stops;
    std::vector<model::SlotStatus> slots;
    std::vector<AssignmentSeen> assignments;  ///< live ones
};

struct OfferSeen {
    model::OfferId id{};
    model::AgentId agent{};
    model::EventNumber attempt = 0;
    bool received = false;
    model::JobId job{};
    std::string reference;  ///< the job's
};

struct DecisionSeen {
    model::JobId job{};
    Instant at;  ///< by the server's clock
};

struct VisitSeen {
    model::AssignmentId assignment{};
    model::JobId job{};
    std::uint8_t stop = 0;
};

struct AgentSeen {
    model::AgentId id{};
    std::string reference;
    model::Load capacity;
    model::Load aboard;
    std::vector<VisitSeen> route;
};

/// What a phone is told: an answer to one of its operations, or news.
struct MessageSeen {
    std::string type;
    std::uint64_t operation = 0;  ///< of an ack or a nack
    int status = 0;               ///< of a nack's problem
    std::string code;             ///< the same
    std::optional<OfferSeen> offer;
    std::optional<JobSeen> job;
};

/// One page of a list, and the query that gets the next; empty: this was the last.
template <class T>
struct Page {
    std::vector<T> items;
    std::string next;
};

class Reader {
public:
    Reader();
    ~Reader();
    Reader(Reader const&) = delete;
    Reader& operator=(Reader const&) = delete;

    Result<JobSeen> job(std::string_view json);
    Result<OfferSeen> offer(std::string_view json);
    Result<DecisionSeen> decision(std::string_view json);
    Result<MessageSeen> message(std::string_view json);
    /// The string or number of that name in an object; empty when it is not there.
    std::string text(std::string_view json, std::string_view name);
    /// What the checker goes by: radius, stack_max, detour_per_mille, speed_mm_s.
    Result<model::Policy> policy(std::string_view json);
    Result<Page<JobSeen>> jobs(std::string_view json);
    Result<Page<AgentSeen>> agents(std::string_view json);

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
};

}  // namespace posthaste::load
