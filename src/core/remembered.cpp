#include "core/remembered.hpp"

#include "base/plant.hpp"

namespace posthaste::core {

namespace {

using model::CommandId;
using model::Envelope;

Instant time_of(CommandId id) {
    return Instant{static_cast<std::int64_t>(id.high >> 16U)};
}

Recall compare(Answer const& answer, std::uint64_t body_hash) {
    if (answer.body_hash != body_hash) return {Recall::Kind::reused, {}};
    return {Recall::Kind::answered, answer};
}

Recall recall_operation(Device const& device, std::uint64_t operation, std::uint64_t body_hash) {
    if (operation > device.high) {
        auto const new_gaps = operation - device.high - 1;
        if (new_gaps + device.gaps.size() > gaps_max) return {Recall::Kind::too_far_ahead, {}};
        return {};
    }
    if (device.gaps.contains(operation)) return {};
    auto const found = device.answers.find(operation);
    if (found == device.answers.end()) return {Recall::Kind::expired, {}};
    return compare(found->second, body_hash);
}

void remember_operation(Device& device, std::uint64_t operation, Answer answer) {
    for (auto missing = device.high + 1; missing < operation; ++missing) {
        device.gaps.insert(missing);
    }
    device.gaps.erase(operation);
    device.high = std::max(device.high, operation);
    device.answers.insert_or_assign(operation, std::move(answer));
    if (device.answers.size() > answers_per_device) device.answers.erase(device.answers.begin());
}

}  // namespace

Recall Remembered::recall(Envelope const& envelope, std::uint64_t body_hash, Instant now) const {
    if (envelope.operation != 0) {
        auto const device = devices.find({raw(envelope.key), envelope.device});
        if (device == devices.end()) {
            bool const full = devices.size() >= devices_max;
            if (full) return {Recall::Kind::too_far_ahead, {}};
            return recall_operation({}, envelope.operation, body_hash);
        }
        return recall_operation(device->second, envelope.operation, body_hash);
    }
    if (envelope.command.is_zero()) return {};
    auto const found = answers.find(envelope.command);
    if (found != answers.end()) return compare(found->second, body_hash);
    if (envelope.command <= horizon) return {Recall::Kind::expired, {}};
    if (time_of(envelope.command) < now - answers_kept) return {Recall::Kind::expired, {}};
    return {};
}

bool Remembered::lacks_earlier(Envelope const& envelope) const {
    if (envelope.operation <= 1) return false;
    auto const found = devices.find({raw(envelope.key), envelope.device});
    if (found == devices.end()) return true;
    auto const& device = found->second;
    if (device.high + 1 < envelope.operation) return true;
    auto const first = envelope.operation - std::min(envelope.operation, order_window);
    auto const gap = device.gaps.lower_bound(first);
    return gap != device.gaps.end() && *gap < envelope.operation;
}

void Remembered::remember(Envelope const& envelope, Answer answer) {
    if (planted(Plant::rejection_not_remembered) && answer.rejection != model::Rejection::none) {
        return;
    }
    if (envelope.operation != 0) {
        auto& device = devices[{raw(envelope.key), envelope.device}];
        remember_operation(device, envelope.operation, std::move(answer));
        return;
    }
    answers.insert_or_assign(envelope.command, std::move(answer));
    while (!answers.empty()) {
        auto const oldest = answers.begin()->first;
        bool const old = time_of(oldest) < envelope.at - answers_kept;
        if (!old && answers.size() <= answers_max) break;
        horizon = std::max(horizon, oldest);
        answers.erase(answers.begin());
    }
}

}  // namespace posthaste::core
