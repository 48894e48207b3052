#include "match/score.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace posthaste::match {
namespace {

__extension__ using Wide = __int128;

std::int64_t bounded(Wide value) {
    return static_cast<std::int64_t>(std::clamp<Wide>(value, -Wide{term_max}, Wide{term_max}));
}

/// The ms from `start` to `end`; records of any content have an answer.
std::int64_t span(Instant start, Instant end) {
    return bounded(Wide{end.millis()} - start.millis());
}

std::int64_t share(std::int64_t count, std::int32_t weight) {
    return bounded(Wide{count} * 1000 * model::weight_one / std::max(weight, 1));
}

}  // namespace

model::Terms terms_of(model::Needs const& needs, model::Facts const& facts, Instant at) {
    bool const has_start = needs.earliest != Instant{};
    bool const is_idle = facts.stack == 0 && facts.idle_since != Instant{};
    int const surplus = std::popcount(facts.features & ~needs.need.features) +
                        std::popcount(facts.skills & ~needs.need.skills);
    return {
        span(at, facts.arrival),
        has_start ? std::max<std::int64_t>(span(needs.earliest, facts.arrival), 0) : 0,
        share(facts.stack, facts.weight),
        share(facts.assigned_count, facts.weight),
        is_idle ? -std::max<std::int64_t>(span(facts.idle_since, at), 0) : 0,
        1000LL * surplus,
        bounded(facts.delay.count()),
    };
}

std::int64_t score_of(model::Weights const& weights, model::Terms const& terms) {
    std::array<std::int32_t, model::term_count> const factors{
        weights.arrival,
        weights.slack,
        weights.load,
        weights.fairness,
        weights.idle,
        weights.vehicle,
        weights.detour};
    Wide sum = 0;
    for (std::size_t i = 0; i < model::term_count; ++i)
        sum += Wide{factors[i]} * terms[i];
    using Limits = std::numeric_limits<std::int64_t>;
    return static_cast<std::int64_t>(std::clamp<Wide>(sum, Wide{Limits::min()}, Wide{Limits::max()})
    );
}

}  // namespace posthaste::match
