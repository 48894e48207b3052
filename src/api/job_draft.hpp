// Jobs as requests describe them: the commands' fields, with the contact itself instead of its id.
//
// Gives    command_of(): the command without its contact; hash_of(): what tells it from another
//          under the same id.
#pragma once

#include "api/contact.hpp"
#include "core/input.hpp"

namespace posthaste::api {

struct JobDraft {
    std::string reference;
    std::string workflow;
    std::string state;
    std::int32_t priority = 0;
    Instant release;
    Instant deadline = instant_max;
    std::vector<model::Stop> stops;
    std::vector<model::NeedDraft> slots;
    std::optional<ContactDraft> contact;
    model::BookingId booking{};

    bool operator==(JobDraft const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "reference", self.reference);
        field(2, "workflow", self.workflow);
        field(3, "state", self.state);
        field(4, "priority", self.priority);
        field(5, "release", self.release);
        field(6, "deadline", self.deadline);
        field(7, "stops", self.stops);
        field(8, "slots", self.slots);
        field(9, "contact", self.contact);
        field(10, "booking", self.booking);
    }
};
template <>
inline constexpr auto required_fields<JobDraft> =
    std::to_array<std::string_view>({"workflow", "stops"});

/// Only what is given changes.
struct JobEdit {
    std::optional<std::int32_t> priority;
    std::optional<std::vector<model::Stop>> stops;
    std::optional<Instant> release;
    std::optional<Instant> deadline;
    std::optional<std::vector<model::NeedDraft>> slots;
    std::optional<ContactDraft> contact;

    bool operator==(JobEdit const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "priority", self.priority);
        field(2, "stops", self.stops);
        field(3, "release", self.release);
        field(4, "deadline", self.deadline);
        field(5, "slots", self.slots);
        field(6, "contact", self.contact);
    }
};

inline model::CreateJob command_of(JobDraft const& draft) {
    return {
        .reference = draft.reference,
        .workflow = draft.workflow,
        .state = draft.state,
        .priority = draft.priority,
        .release = draft.release,
        .deadline = draft.deadline,
        .contact = draft.contact ? some_contact : model::SubjectId{},
        .notes = {},
        .stops = draft.stops,
        .slots = draft.slots,
        .booking = draft.booking};
}

inline model::UpdateJob command_of(JobEdit const& edit, model::JobId job) {
    model::UpdateJob command{.job = job};
    command.priority = edit.priority;
    if (edit.contact) command.contact = some_contact;
    command.stops = edit.stops;
    command.release = edit.release;
    command.deadline = edit.deadline;
    command.slots = edit.slots;
    return command;
}

}  // namespace posthaste::api
