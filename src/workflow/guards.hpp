// Guards: what must be true before a step, as pure predicates over a few facts.
//
// Takes    the facts of a job that guards may look at, gathered by who asks: core, or a phone.
// Gives    the first guard that does not hold, in the order given.
// Threads  pure
// Source   schema/guards.json holds conformance vectors; every implementation answers as they do.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/names.hpp"
#include "workflow/enum_set.hpp"

namespace posthaste::workflow {

struct GuardFacts {
    model::QuoteStatus quote = model::QuoteStatus::none;
    EnumSet<model::AttachmentKind> attachments;  ///< the kinds of which there is at least one
    bool slot_reachable = false;  ///< somebody who is eligible could be there within the window
    bool work_completed = false;  ///< every slot's work is done

    bool operator==(GuardFacts const&) const = default;
};

bool holds(model::Guard guard, GuardFacts const& facts);

std::optional<model::Guard> first_failed(
    std::span<model::Guard const> guards, GuardFacts const& facts
);

/// What a person reads when it does not hold.
std::string_view sentence_of(model::Guard guard);

}  // namespace posthaste::workflow
