#include "workflow/guards.hpp"

namespace posthaste::workflow {

using model::AttachmentKind;
using model::Guard;

bool holds(Guard guard, GuardFacts const& facts) {
    switch (guard) {
        case Guard::quote_approved:
            return facts.quote == model::QuoteStatus::approved;
        case Guard::slot_reachable:
            return facts.slot_reachable;
        case Guard::has_photo_before:
            return facts.attachments.has(AttachmentKind::photo_before);
        case Guard::has_photo_after:
            return facts.attachments.has(AttachmentKind::photo_after);
        case Guard::has_signature:
            return facts.attachments.has(AttachmentKind::signature);
        case Guard::work_completed:
            return facts.work_completed;
    }
    ASSERT(false);
}

std::optional<Guard> first_failed(std::span<Guard const> guards, GuardFacts const& facts) {
    for (Guard const guard : guards) {
        if (!holds(guard, facts)) return guard;
    }
    return std::nullopt;
}

std::string_view sentence_of(Guard guard) {
    switch (guard) {
        case Guard::quote_approved:
            return "The customer has not approved a quote.";
        case Guard::slot_reachable:
            return "Nobody can be there within the time window.";
        case Guard::has_photo_before:
            return "A photo from before the work is missing.";
        case Guard::has_photo_after:
            return "A photo from after the work is missing.";
        case Guard::has_signature:
            return "The customer's signature is missing.";
        case Guard::work_completed:
            return "The work is not completed.";
    }
    ASSERT(false);
}

}  // namespace posthaste::workflow
