// Timers are state: set and dropped by the events they belong to, fired in (due, id) order.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string_view>

#include "base/instant.hpp"

namespace posthaste::core {

enum class TimerKind : std::uint8_t {
    job_release,    ///< id: job
    job_deadline,   ///< id: job
    job_archive,    ///< id: job
    offer_receipt,  ///< id: offer
    offer_expiry,   ///< id: offer
    shift_start,    ///< id: agent
    shift_end,      ///< id: agent
    dwell,          ///< id: agent; extra: zone
    report_end,     ///< id: road report
    booking_end,    ///< id: booking
};
constexpr auto names_of(TimerKind) {
    return std::to_array<std::string_view>(
        {"job_release",
         "job_deadline",
         "job_archive",
         "offer_receipt",
         "offer_expiry",
         "shift_start",
         "shift_end",
         "dwell",
         "report_end",
         "booking_end"}
    );
}

struct Timer {
    Instant due;
    std::uint64_t id = 0;
    TimerKind kind = TimerKind::job_release;
    std::uint64_t extra = 0;

    auto operator<=>(Timer const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "due", self.due);
        field(2, "id", self.id);
        field(3, "kind", self.kind);
        field(4, "extra", self.extra);
    }
};

}  // namespace posthaste::core
