// Which commands were answered, and how: a retry gets the same answer, never a second execution.
//
// Devices  (key, device) count their operations from 1: a high-water mark and the gaps below it
//          are kept for ever, the last answers_per_device answers with them.
// Others   have time-ordered ids: the newest answers_max of the last 24 h are kept. Everything up
//          to `horizon` is forgotten, and an id at or below it is refused: id_expired.
// Limits   gaps_max a device: an operation so far ahead is refused with limit_reached.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "model/record.hpp"

namespace posthaste::core {

constexpr std::size_t answers_max = 262'144;
constexpr std::size_t answers_per_device = 64;
constexpr std::size_t gaps_max = 256;
constexpr std::size_t devices_max = 262'144;
constexpr std::uint64_t order_window = 16;
constexpr Millis answers_kept{86'400'000};

struct Answer {
    std::uint64_t body_hash = 0;
    model::Rejection rejection = model::Rejection::none;
    std::string detail;
    std::uint64_t subject = 0;
    model::EventNumber number = 0;

    bool operator==(Answer const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "body_hash", self.body_hash);
        field(2, "rejection", self.rejection);
        field(3, "detail", self.detail);
        field(4, "subject", self.subject);
        field(5, "number", self.number);
    }
};

struct Device {
    std::uint64_t high = 0;        ///< the highest operation seen
    std::set<std::uint64_t> gaps;  ///< below it, not seen yet
    std::map<std::uint64_t, Answer> answers;

    bool operator==(Device const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "high", self.high);
        field(2, "gaps", self.gaps);
        field(3, "answers", self.answers);
    }
};

/// What is known of a command before it is decided.
struct Recall {
    enum class Kind : std::uint8_t { unknown, answered, expired, reused, too_far_ahead };
    Kind kind = Kind::unknown;
    Answer answer;  ///< when answered
};

struct Remembered {
    std::map<model::CommandId, Answer> answers;
    model::CommandId horizon;
    std::map<std::pair<std::uint64_t, std::string>, Device> devices;

    bool operator==(Remembered const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "answers", self.answers);
        field(2, "horizon", self.horizon);
        field(3, "devices", self.devices);
    }

    Recall recall(model::Envelope const& envelope, std::uint64_t body_hash, Instant now) const;
    void remember(model::Envelope const& envelope, Answer answer);
    /// Whether one of the order_window operations that the device made before is still to come.
    bool lacks_earlier(model::Envelope const& envelope) const;
};

}  // namespace posthaste::core
