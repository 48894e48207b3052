// What the server says of itself: how long until somebody saw who takes a new job.
//
// Takes    /metrics in Prometheus' text format, before and after a run.
// Gives    the layer `seen` of what happened between: count and mean exactly, percentiles as far as
//          its buckets tell, a line between two bounds.
// Units    microseconds
// Errors   nothing where the text has no such layer.
// Threads  pure
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace posthaste::load {

class ServerSeen {
public:
    static std::optional<ServerSeen> from(std::string_view metrics);
    /// Requires: `before` is of the same server.
    ServerSeen since(ServerSeen const& before) const;

    std::uint64_t count() const { return count_; }
    std::int64_t mean() const;  ///< 0 without samples
    /// 9990 is p99.9; 0 without samples.
    std::int64_t percentile(std::uint64_t per_ten_thousand) const;

private:
    struct Bucket {
        double bound = 0;         ///< seconds
        std::uint64_t below = 0;  ///< samples at most that
    };
    std::vector<Bucket> buckets_;  ///< without the infinite one
    double sum_ = 0;               ///< seconds
    std::uint64_t count_ = 0;
};

}  // namespace posthaste::load
