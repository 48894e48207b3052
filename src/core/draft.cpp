#include "core/draft.hpp"

#include "base/codec.hpp"

namespace posthaste::core {

Digest chain_of(
    Digest const& before, model::Envelope const& envelope, model::JobTransitioned const& step
) {
    auto bare = step;
    bare.chain = before;
    Writer out;
    encode(out, bare);
    encode(out, envelope.role);
    encode(out, envelope.key);
    encode(out, envelope.agent);
    encode(out, envelope.device);
    encode(out, envelope.device_time);
    encode(out, envelope.at);
    encode(out, envelope.cause);
    return digest(out.bytes());
}

void Draft::transition(
    model::Job const& job,
    model::AssignmentId assignment,
    std::uint8_t from,
    std::uint8_t to,
    std::string reason
) {
    model::JobTransitioned step{job.id, assignment, from, to, std::move(reason), {}};
    auto const before = chains_.find(job.id);
    step.chain = chain_of(before == chains_.end() ? job.chain : before->second, envelope, step);
    chains_.insert_or_assign(job.id, step.chain);
    emit(std::move(step));
    auto const* const described = state.machine_of(job).find(from, to);
    if (described == nullptr) return;
    for (auto const effect : described->effects) {
        emit(model::EffectRequested{job.id, assignment, effect});
    }
}

std::string moved_since(
    std::string_view what,
    model::EventNumber version,
    std::optional<model::EventNumber> const& if_version
) {
    if (!if_version || version <= *if_version) return {};
    return std::string{what} + ": changed at version " + std::to_string(version) +
           ", the edit was made on version " + std::to_string(*if_version);
}

}  // namespace posthaste::core
