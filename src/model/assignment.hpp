// Who does what: an assignment binds a job's slot to an agent; an offer asks first.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "model/ids.hpp"
#include "model/place.hpp"
#include "model/travel_source.hpp"

namespace posthaste::model {

struct StopProgress {
    Instant planned;      ///< arrival as last planned: as likely later as earlier
    Instant planned_p90;  ///< nine times of ten by then
    TravelSource source = TravelSource::great_circle;  ///< of the times it was planned with
    std::uint8_t confidence = 0;     ///< percent: how much of them drives that were seen say
    std::optional<Instant> arrived;  ///< by the agent's word or the fence
    std::optional<Instant> done;

    bool operator==(StopProgress const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "planned", self.planned);
        field(2, "arrived", self.arrived);
        field(3, "done", self.done);
        field(4, "planned_p90", self.planned_p90);
        field(5, "source", self.source);
        field(6, "confidence", self.confidence);
    }
};

struct Assignment {
    AssignmentId id{};
    JobId job{};
    std::uint8_t slot = 0;
    AgentId agent{};
    std::uint8_t state = 0;           ///< of the job's workflow
    EventNumber attempt = 0;          ///< the attempt that made it
    std::vector<StopProgress> stops;  ///< one for each stop of the job
    Instant made;
    bool slip_told = false;  ///< a predicted slip is told once until it is mended
    Instant stepped;         ///< to this state: by the clock of whoever took the step

    bool operator==(Assignment const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "job", self.job);
        field(3, "slot", self.slot);
        field(4, "agent", self.agent);
        field(5, "state", self.state);
        field(6, "attempt", self.attempt);
        field(7, "stops", self.stops);
        field(8, "made", self.made);
        field(9, "slip_told", self.slip_told);
        field(10, "stepped", self.stepped);
    }
};

struct Offer {
    OfferId id{};
    JobId job{};
    std::uint8_t slot = 0;
    AgentId agent{};
    EventNumber attempt = 0;
    Instant made;
    Instant expires;
    Instant receipt_due;  ///< without a receipt by then it moves on early
    bool received = false;
    Instant arrival;  ///< at the first stop, as promised when it was made

    bool operator==(Offer const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "job", self.job);
        field(3, "slot", self.slot);
        field(4, "agent", self.agent);
        field(5, "attempt", self.attempt);
        field(6, "made", self.made);
        field(7, "expires", self.expires);
        field(8, "receipt_due", self.receipt_due);
        field(9, "received", self.received);
        field(10, "arrival", self.arrival);
    }
};

enum class OfferEnd : std::uint8_t { accepted, declined, expired, unreceived, withdrawn };
constexpr auto names_of(OfferEnd) {
    return std::to_array<std::string_view>(
        {"accepted", "declined", "expired", "unreceived", "withdrawn"}
    );
}

enum class AssignmentEnd : std::uint8_t { done, dropped, unassigned, cancelled, failed, moved };
constexpr auto names_of(AssignmentEnd) {
    return std::to_array<std::string_view>(
        {"done", "dropped", "unassigned", "cancelled", "failed", "moved"}
    );
}

}  // namespace posthaste::model
