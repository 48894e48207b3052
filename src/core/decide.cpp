#include "core/decide.hpp"

#include "base/codec.hpp"
#include "core/draft.hpp"

namespace posthaste::core {

using model::Command;
using model::Rejection;

std::uint64_t body_hash_of(Command const& command) {
    return digest_of(command).head();
}

namespace {

bool is_for_control(Command const& command) {
    return std::holds_alternative<model::CreateTenant>(command) ||
           std::holds_alternative<model::CreateRegion>(command) ||
           std::holds_alternative<model::CreateKey>(command) ||
           std::holds_alternative<model::RevokeKey>(command);
}

bool is_named(model::Envelope const& envelope) {
    return envelope.operation != 0 || !envelope.command.is_zero();
}

// The answer that needs no decision: given before, or no longer possible to give.
std::optional<Decided> recalled(Draft& draft, CommandInput const& input) {
    auto const recall = draft.state.remembered.recall(draft.envelope, input.body_hash, draft.now);
    Decided decided;
    switch (recall.kind) {
        case Recall::Kind::unknown:
            return std::nullopt;
        case Recall::Kind::answered:
            decided.answer = recall.answer;
            decided.repeated = true;
            return decided;
        case Recall::Kind::expired:
            decided.answer.rejection = Rejection::id_expired;
            break;
        case Recall::Kind::reused:
            decided.answer.rejection = Rejection::id_reused;
            break;
        case Recall::Kind::too_far_ahead:
            decided.answer.rejection = Rejection::limit_reached;
            decided.answer.detail = "operation: too many before it are missing";
            break;
    }
    return decided;
}

}  // namespace

void decide(Draft& draft, CommandInput const& input) {
    if (auto answered = recalled(draft, input)) {
        draft.out = std::move(*answered);
        return;
    }
    bool const in_control = draft.state.region == control_region;
    if (is_for_control(input.command) != in_control) {
        draft.reject(Rejection::wrong_region);
    } else {
        std::visit([&](auto const& command) { decide(draft, command); }, input.command);
    }
    if (!is_named(draft.envelope)) return;
    auto const& answer = draft.out.answer;
    draft.emit(model::CommandConcluded{
        input.body_hash, answer.rejection, answer.detail, answer.subject});
}

Decided decide(
    Region const& region, Scratch& scratch, model::Envelope const& envelope, Input const& input
) {
    Draft draft{region, scratch, envelope};
    std::visit([&](auto const& it) { decide(draft, it); }, input);
    return std::move(draft.out);
}

}  // namespace posthaste::core
