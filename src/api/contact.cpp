#include "api/contact.hpp"

namespace posthaste::api {
namespace {

using model::SubjectId;

std::optional<Problem> too_long(ContactDraft const& draft) {
    Problem problem{.status = 422, .detail = "The contact is too long."};
    auto const check = [&](char const* name, std::optional<std::string> const& text, auto most) {
        if (!text || text->size() <= most) return;
        problem.errors.push_back(
            {.field = name, .detail = "must have at most " + std::to_string(most) + " bytes"}
        );
    };
    check("contact.name", draft.name, views::person_name_bytes_max);
    check("contact.phone", draft.phone, views::phone_bytes_max);
    check("contact.address", draft.address, views::address_bytes_max);
    check("contact.notes", draft.notes, views::notes_bytes_max);
    if (problem.errors.empty()) return std::nullopt;
    return problem;
}

void erase(Service& service, SubjectId subject) {
    if (subject == SubjectId{}) return;
    auto& vault = service.vault;
    // An erasing that fails leaves data nobody refers to; the vault's own error is the operator's.
    auto const task = [&vault, subject] { static_cast<void>(vault.erase(subject)); };
    if (!service.slow->run(task)) task();
}

}  // namespace

std::variant<KeptContact, Problem> keep_contact(
    Service& service, RegionId region, SubjectId before, ContactDraft const& draft
) {
    if (auto problem = too_long(draft)) return std::move(*problem);
    views::PersonalData data;
    if (before != SubjectId{}) {
        auto const known = service.vault.get(before);
        // What was erased on its subject's wish begins anew.
        if (!known.ok() && known.error().code != Errc::not_found) return problem_of(known.error());
        if (known.ok()) data = known.value();
    }
    data.name = draft.name.value_or(data.name);
    data.phone = draft.phone.value_or(data.phone);
    data.address = draft.address.value_or(data.address);
    data.notes = draft.notes.value_or(data.notes);
    auto const subject = service.vault.add(region, data);
    if (!subject.ok()) return problem_of(subject.error());
    KeptContact kept{.subject = subject.value(), .notes = {}};
    if (data.notes.empty()) return kept;
    auto const notes = service.vault.digest_of_notes(kept.subject, data.notes);
    if (!notes.ok()) return problem_of(notes.error());
    kept.notes = notes.value();
    return kept;
}

void settle_contact(Service& service, SubjectId kept, SubjectId before, SubjectId used) {
    if (kept != used) erase(service, kept);
    if (before != used) erase(service, before);
}

Response contact_response(Service& service, SubjectId subject) {
    if (subject == SubjectId{}) return not_found("contact");
    auto const data = service.vault.get(subject);
    if (!data.ok()) return to_response(problem_of(data.error()));
    JsonText out;
    out.open('{');
    out.key("subject");
    out.big(raw(subject));
    for (auto const& [name, text] :
         {std::pair{"name", &data.value().name},
          std::pair{"phone", &data.value().phone},
          std::pair{"address", &data.value().address},
          std::pair{"notes", &data.value().notes}}) {
        out.key(name);
        out.string(*text);
    }
    out.close('}');
    return json_response(std::move(out).text());
}

}  // namespace posthaste::api
