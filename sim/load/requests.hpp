// The requests of the load tool, as the routes of src/api want them: paths, bodies, names.
//
// Gives    Asks ready to be sent; commands with an Idempotency-Key of their own (UUID version 7).
// Threads  one thread
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "demand/trip.hpp"
#include "load/client.hpp"
#include "load/document.hpp"
#include "load/phone.hpp"
#include "model/command.hpp"
#include "model/fix.hpp"

namespace posthaste::load {

/// One line of a batch of fixes.
struct FixLine {
    std::string_view agent;  ///< the reference
    model::Position place;
    Instant time;
    std::int64_t speed_mm_s = 0;
};

class Requests {
public:
    Requests(std::string region, std::uint64_t seed);

    Ask put_agent(demand::Member const& member, model::Shift shift);
    Ask set_availability(std::string_view agent, model::Availability availability);
    Ask create_job(
        demand::Trip const& trip,
        std::string reference,
        std::string_view workflow,
        model::Window window
    );
    Ask propose_quote(model::JobId job);
    Ask approve_quote(model::JobId job);
    Ask step(model::JobId job, model::AssignmentId assignment, std::string_view to);
    /// Names the attachment; put_content sends it.
    Ask attach(model::JobId job, std::string_view kind, std::string_view content);
    Ask put_content(model::JobId job, std::string content) const;
    Ask create_key(std::string const& tenant, model::AgentId agent);
    Ask receive(model::OfferId offer);
    Ask accept(OfferSeen const& offer);
    Ask decline(OfferSeen const& offer);
    Ask policy() const;
    Ask set_policy(std::string body);
    Ask fixes(std::span<FixLine const> lines) const;
    Ask session() const;  ///< whose key it is
    Ask snapshot() const;
    Ask page_of_jobs(std::string_view after) const;
    Ask page_of_agents(std::string_view after) const;
    std::string stream_path() const;

    /// Any command, under an id of its own.
    Ask command(Verb verb, std::string path, std::string body);

private:
    std::string at(std::string path) const;
    std::string new_id();

    std::string region_;
    Prng prng_;
};

// The same as a phone says it.
Say say_receipt(model::OfferId offer);
Say say_accept(OfferSeen const& offer);
Say say_decline(OfferSeen const& offer);
Say say_step(model::JobId job, model::AssignmentId assignment, std::string_view to);
Say say_fix(FixLine const& line);

}  // namespace posthaste::load
