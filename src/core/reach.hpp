// Is this slot drivable: a job on an agent's route, between whom, and all that is against it.
//
// Takes    a region, and a question: a job (or the draft of one, its id zero), one of its slots, an
//          agent, and now. The job's own stops on that route are off it, and so is its booking.
// Gives    the insertion of least added travel that keeps every window, else the least bad one; of
//          each of the job's stops its arrival and both neighbours; and every conflict. Nothing is
//          changed.
// Units    late: past the window, or past what it would be without the job, if that is later.
// Order    stops in the job's order; conflicts: the agent's, then by the route, then the shift's.
// Cost     (2m + 1) drives for each of the n visits of the route, and n for each walk of it.
//          Without roads 14 us at 20 visits; 64 windows by 64 agents of 20 visits 29 ms
//          (reach_bench.cpp).
// Threads  pure but for the Inserter's scratch
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/decide.hpp"
#include "match/insertion.hpp"

namespace posthaste::core {

/// Whose stop a visit is. All zero: it is a stop of the job that is asked about.
struct StopOrigin {
    model::JobId job{};
    model::BookingId booking{};
    std::uint8_t stop = 0;

    bool is_own() const { return job == model::JobId{} && booking == model::BookingId{}; }
    bool operator==(StopOrigin const&) const = default;
};

/// An agent's route with room kept for its bookings, each where it adds least travel.
struct SeenRoute {
    std::vector<match::Visit> visits;
    std::vector<StopOrigin> origins;  ///< one for each visit
};
/// `except`: a job that is not on it, neither by its booking nor by this assignment. `edited`: one
/// of the route's jobs as it is about to be.
struct Except {
    model::JobId job{};
    model::AssignmentId assignment{};
};
SeenRoute seen_route(
    Region const& region,
    match::Inserter& inserter,
    match::Start const& start,
    model::Agent const& agent,
    Except except = {},
    model::Job const* edited = nullptr
);

enum class Obstacle : std::uint8_t {
    off_duty,      ///< and the work could begin now
    out_of_shift,  ///< the same
    vehicle_kind,
    vehicle_features,
    skills,
    capacity,
    window,  ///< a stop is reached after its window
    busy,    ///< it would not be, but for a busy time
    shift,   ///< the work is not done before the shift's end
};
constexpr auto names_of(Obstacle) {
    return std::to_array<std::string_view>(
        {"off_duty",
         "out_of_shift",
         "vehicle_kind",
         "vehicle_features",
         "skills",
         "capacity",
         "window",
         "busy",
         "shift"}
    );
}
/// Of those that a person may overrule with a reason: they say only when, not whether.
constexpr bool is_of_time(Obstacle what) {
    return what >= Obstacle::window;
}

struct ReachConflict {
    Obstacle what{};
    StopOrigin at;         ///< of window and busy; of shift: what is done last
    Instant arrival;       ///< of shift: when all is done
    model::Window window;  ///< of shift: the shift
    Millis late;
};

/// What lies before or after a stop on the route.
struct Neighbour {
    StopOrigin stop;
    Instant at;    ///< before: when it is left; after: the arrival
    Millis drive;  ///< between the two
    Millis slack;  ///< before: until the stop is late; after: until that one is
};

struct ReachStop {
    Instant arrival;
    model::Window window;
    Millis drive;                     ///< to it, from the stop before or where the agent stands
    std::optional<Neighbour> before;  ///< none: it is the first
    std::optional<Neighbour> after;   ///< none: it is the last
};

struct Reach {
    model::AgentId agent{};
    match::Insertion insertion;
    std::vector<ReachStop> stops;
    std::vector<ReachConflict> conflicts;

    bool is_drivable() const { return conflicts.empty(); }
    /// The first that is about time; null: it can be done in time.
    ReachConflict const* late() const;
};

struct ReachQuestion {
    model::Job const& job;
    std::uint8_t slot = 0;
    model::Agent const& agent;
    Instant now;
};

Reach reach_of(Region const& region, match::Inserter& inserter, ReachQuestion const& question);

/// Which of them it is, by how much, and its neighbours, for a person. Requires: reach.late().
std::string late_text(State const& state, Reach const& reach);

/// What is wrong with a job's stops, or empty.
std::string bad_stops(State const& state, std::vector<model::Stop> const& stops);
/// A job with these stops that nobody made.
model::Job draft_of(std::vector<model::Stop> stops, model::Requirement const& need);

// --- windows ---

constexpr std::size_t windows_asked_max = 64;
constexpr std::size_t agents_asked_max = 64;
constexpr std::size_t options_max = 3;

struct WindowOption {
    model::AgentId agent{};
    Millis added;     ///< travel
    Instant arrival;  ///< at the job's first stop
};
struct WindowFound {
    model::Window window;
    std::vector<WindowOption> options;  ///< by (added, arrival, agent), options_max at most
};

/// In which of the windows the job's first stop can be reached, and by whom: those that can, the
/// cheapest first, of equals the earlier. `agents`: these; empty: the nearest within the policy's
/// radius. Who has not what slot 0 needs is passed over.
/// Requires: windows_asked_max windows and agents_asked_max agents at most, each known.
std::vector<WindowFound> windows_for(
    Region const& region,
    model::Job const& job,
    std::vector<model::Window> const& windows,
    std::vector<model::AgentId> agents,
    Instant now
);

}  // namespace posthaste::core
