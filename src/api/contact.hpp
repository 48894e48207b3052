// Personal data on its way between requests and the vault; commands carry only its subject's id.
//
// Gives    keep_contact(): stored under a new subject, before the command that names it is sent;
//          settle_contact(): once the command's outcome is known, erases what is referred to no
//          more: the subject that was replaced, or the new one of a command that did not happen or
//          had happened before.
// Errors   422 with the field, for one that is too long; what the vault says.
// Cost     a commit on the vault's disk each: call keep_contact on service.slow.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "api/answering.hpp"

namespace posthaste::api {

/// Of a request's body. What is left out of a change stays as it is.
struct ContactDraft {
    std::optional<std::string> name;
    std::optional<std::string> phone;
    std::optional<std::string> address;
    std::optional<std::string> notes;

    bool operator==(ContactDraft const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "name", self.name);
        field(2, "phone", self.phone);
        field(3, "address", self.address);
        field(4, "notes", self.notes);
    }
};

/// What stands in a command for a contact when it is told from another under the same id. The
/// contact itself has no part in it: a digest of it in the log would outlive its erasing.
constexpr model::SubjectId some_contact{1};

struct KeptContact {
    model::SubjectId subject{};
    Digest notes;  ///< zero: none
};

/// `before`: the subject whose data the draft changes; zero: none.
std::variant<KeptContact, Problem> keep_contact(
    Service& service, RegionId region, model::SubjectId before, ContactDraft const& draft
);

/// `used`: the subject that is referred to now. Erases `kept` and `before` unless they are it.
void settle_contact(
    Service& service, model::SubjectId kept, model::SubjectId before, model::SubjectId used
);

/// The subject's data as JSON, or a problem.
Response contact_response(Service& service, model::SubjectId subject);

}  // namespace posthaste::api
