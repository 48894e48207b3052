// How often a key may ask: a bucket of tokens each, filled at a steady rate.
//
// Gives    for each request whether it may pass, and the headers that tell the caller where it
//          stands.
// Units    tokens; one is a request. A bucket holds `burst` and gains `per_second` a second.
// Cost     O(1), a lock.
// Limits   `buckets_max`; above, the one used longest ago is forgotten, which makes it full.
// Source   draft-ietf-httpapi-ratelimit-headers (RateLimit, RateLimit-Policy).
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "api/http.hpp"
#include "base/instant.hpp"

namespace posthaste::api {

/// What is counted apart: a tracker fleet's fixes must not use up what its office may ask.
enum class Lane : std::uint8_t { requests, fixes };

struct RatePolicy {
    std::int64_t per_second = 100;
    std::int64_t burst = 500;
    std::size_t buckets_max = 100'000;
};

struct RateAnswer {
    bool passes = true;
    std::int64_t remaining = 0;
    Millis until_full;
    Millis retry_after;  ///< zero when it passes
};

class RateLimiter {
public:
    /// Requires: both figures of the policy are positive.
    explicit RateLimiter(RatePolicy policy);

    /// Takes `cost` tokens or none. Requires: 0 < cost <= burst.
    RateAnswer take(std::string_view who, std::int64_t cost, Instant now);
    std::vector<Field> headers(RateAnswer const& answer) const;

private:
    struct Bucket {
        std::string who;
        std::int64_t level = 0;  ///< thousandths of a token
        Instant at;
    };

    RatePolicy policy_;
    std::mutex mutex_;
    std::list<Bucket> buckets_;  ///< the latest used first
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_who_;
};

}  // namespace posthaste::api
