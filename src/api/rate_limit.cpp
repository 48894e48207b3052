#include "api/rate_limit.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::api {
namespace {

constexpr std::int64_t token = 1000;

constexpr std::int64_t divide_up(std::int64_t number, std::int64_t by) {
    return (number + by - 1) / by;
}

}  // namespace

RateLimiter::RateLimiter(RatePolicy policy) : policy_{policy} {
    ASSERT(policy.per_second > 0);
    ASSERT(policy.burst > 0);
    ASSERT(policy.buckets_max > 0);
}

RateAnswer RateLimiter::take(std::string_view who, std::int64_t cost, Instant now) {
    ASSERT(cost > 0);
    ASSERT(cost <= policy_.burst);
    std::int64_t const full = policy_.burst * token;
    std::lock_guard const lock{mutex_};
    auto const found = by_who_.find(who);
    if (found != by_who_.end()) {
        buckets_.splice(buckets_.begin(), buckets_, found->second);
    } else {
        if (buckets_.size() == policy_.buckets_max) {
            by_who_.erase(buckets_.back().who);
            buckets_.pop_back();
        }
        buckets_.push_front({.who = std::string{who}, .level = full, .at = now});
        by_who_.emplace(buckets_.front().who, buckets_.begin());
    }
    auto& bucket = buckets_.front();
    // A thousandth of a token each millisecond at one token a second.
    std::int64_t const filling_ms = divide_up(full, policy_.per_second);
    std::int64_t const elapsed_ms =
        std::clamp((now - bucket.at).count(), std::int64_t{0}, filling_ms);
    bucket.level = std::min(full, bucket.level + elapsed_ms * policy_.per_second);
    bucket.at = std::max(bucket.at, now);

    RateAnswer answer;
    std::int64_t const missing = cost * token - bucket.level;
    answer.passes = missing <= 0;
    if (answer.passes) bucket.level -= cost * token;
    answer.remaining = bucket.level / token;
    answer.until_full = Millis{divide_up(full - bucket.level, policy_.per_second)};
    if (!answer.passes) answer.retry_after = Millis{divide_up(missing, policy_.per_second)};
    return answer;
}

std::vector<Field> RateLimiter::headers(RateAnswer const& answer) const {
    auto const window = std::to_string(divide_up(policy_.burst, policy_.per_second));
    auto const until = std::to_string(divide_up(answer.until_full.count(), 1000));
    return {
        {"RateLimit-Policy", "\"key\";q=" + std::to_string(policy_.burst) + ";w=" + window},
        {"RateLimit", "\"key\";r=" + std::to_string(answer.remaining) + ";t=" + until}};
}

}  // namespace posthaste::api
