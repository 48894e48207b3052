// Offers: received, accepted, declined. The writer's order decides who was first.
#include "base/plant.hpp"
#include "core/draft.hpp"

namespace posthaste::core {

using model::Offer;
using model::OfferEnd;
using model::Rejection;

namespace {

// The open offer that is meant, or the draft rejected.
Offer const* open_offer(Draft& draft, model::OfferId id, model::EventNumber attempt) {
    auto const* const offer = draft.state.offers.find(id);
    if (offer == nullptr) {
        // Ids are never reused: one that was given out and is not open is closed.
        bool const given = region_of(id) == draft.state.region && (raw(id) & id_counter_max) != 0 &&
                           (raw(id) & id_counter_max) < draft.state.next_counter;
        draft.reject(given ? Rejection::offer_closed : Rejection::offer_unknown);
        return nullptr;
    }
    if (draft.is_other_agent(offer->agent)) {
        draft.reject(Rejection::not_allowed, "not this agent's offer");
        return nullptr;
    }
    if (attempt != 0 && attempt != offer->attempt && !planted(Plant::attempt_token_ignored)) {
        draft.reject(Rejection::offer_closed, "attempt: of an earlier one");
        return nullptr;
    }
    return offer;
}

}  // namespace

void decide(Draft& draft, model::ReceiveOffer const& command) {
    auto const* const offer = open_offer(draft, command.offer, 0);
    if (offer == nullptr) return;
    draft.answer(offer->id);
    if (!offer->received) draft.emit(model::OfferReceived{offer->id});
}

void decide(Draft& draft, model::AcceptOffer const& command) {
    auto const* const offer = open_offer(draft, command.offer, command.attempt);
    if (offer == nullptr)
        return keep_if_taken(draft, {raw(command.offer), {}}, "AcceptOffer", "accepted");
    auto const& job = draft.state.jobs.at(offer->job);
    auto const& agent = draft.state.agents.at(offer->agent);
    close_offer(draft, *offer, OfferEnd::accepted);
    if (!give_slot(draft, job, offer->slot, agent, {.in_time = false})) {
        // The agent said yes and still cannot: somebody else is asked at once.
        close_offer(draft, *offer, OfferEnd::withdrawn, draft.out.answer.detail);
        draft.want(job.id, offer->slot, model::Want::declined, agent.id);
        return;
    }
    draft.answer(offer->id);
}

void decide(Draft& draft, model::DeclineOffer const& command) {
    auto const* const offer = open_offer(draft, command.offer, command.attempt);
    if (offer == nullptr) return;
    if (command.reason.size() > model::reason_bytes_max) {
        return draft.reject(Rejection::malformed, "reason");
    }
    draft.answer(offer->id);
    close_offer(draft, *offer, OfferEnd::declined, command.reason);
    if (planted(Plant::decline_not_rematched)) return;
    draft.want(offer->job, offer->slot, model::Want::declined, offer->agent);
}

}  // namespace posthaste::core
