// How a region does: what was counted since the process started, and how things stand now.
//
// Takes    what the board sees of each turn.
// Gives    the counts, and from them the figures a dispatcher looks at; show() as JSON.
// Shapes   jobs_by_phase and agents_by_status are of what is on the board. A share is in
//          thousandths, and nothing when there is nothing to share. How far agents drove empty is
//          not known here: the board has places, not ways.
// Units    instants and waits in milliseconds
// Threads  one; the board's copies are values
// Limits   the median is of the newest waits_kept; an hour is kept by minutes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "views/show.hpp"

namespace posthaste::views {

constexpr std::size_t waits_kept = 256;
constexpr std::size_t minutes_kept = 60;

struct Kpis {
    std::uint64_t jobs_created = 0;
    std::uint64_t assignments_made = 0;
    std::uint64_t offers_made = 0;
    std::array<std::uint64_t, 5> offers_closed{};      ///< by OfferEnd
    std::array<std::uint64_t, 6> assignments_ended{};  ///< by AssignmentEnd
    std::uint64_t deadlines_missed = 0;
    std::uint64_t waits = 0;  ///< open jobs that got an agent; a dropped job counts again
    std::array<Millis, waits_kept> newest_waits{};  ///< from created, or released, to that; a ring

    std::array<std::uint64_t, 12> jobs_by_phase{};
    std::array<std::uint64_t, 8> agents_by_status{};
    std::uint64_t jobs_waiting = 0;

    bool operator==(Kpis const&) const = default;

    void count_assignment(Instant at);
    void count_wait(Millis wait);

    std::uint64_t assigned_last_hour(Instant now) const;
    std::optional<Millis> median_wait() const;
    /// Done, of the jobs that are over.
    std::optional<std::uint64_t> service_rate() const;
    std::uint64_t on_duty() const;
    /// Without work, of those on duty.
    std::optional<std::uint64_t> idle_share() const;

private:
    /// Of each minute of an hour, and which minute since 1970 it was.
    struct Minute {
        std::int64_t number = 0;
        std::uint64_t count = 0;
        bool operator==(Minute const&) const = default;
    };
    std::array<Minute, minutes_kept> minutes_{};
};

void show(JsonText& out, Kpis const& kpis, Instant now);

}  // namespace posthaste::views
