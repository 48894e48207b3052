// A booking: a slot on an agent's route that is kept for a job, which may not exist yet.
//
// Held, it ends when its time is over or it is released. A job that is created with it is bound to
// it: then it stays until the job's first slot is assigned or the job is over.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "model/ids.hpp"
#include "model/job.hpp"

namespace posthaste::model {

constexpr std::size_t bookings_max = 10'000;  ///< of a region
constexpr Millis booking_span_usual{600'000};
constexpr Millis booking_span_max{86'400'000};

struct Booking {
    BookingId id{};
    AgentId agent{};
    std::vector<Stop> stops;  ///< of a bound one: as they were held; the job's own count
    Requirement need;
    Instant made;
    Instant expires;  ///< of one that is bound: instant_max
    JobId job{};      ///< bound to it; zero: held

    bool operator==(Booking const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "agent", self.agent);
        field(3, "stops", self.stops);
        field(4, "need", self.need);
        field(5, "made", self.made);
        field(6, "expires", self.expires);
        field(7, "job", self.job);
    }
};

enum class BookingEnd : std::uint8_t { expired, released };
constexpr auto names_of(BookingEnd) {
    return std::to_array<std::string_view>({"expired", "released"});
}

}  // namespace posthaste::model
