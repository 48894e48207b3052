// Redis GEO as the rival: a server of its own on a free port of the loopback, no persistence.
//
// Gives    rates of GEOADD and GEOSEARCH, each the better of pipelined and one at a time. They
//          include the socket, as every user of Redis pays it.
// Errors   start() is empty when there is no redis-server, or it does not answer within 5 s. A
//          command that fails later ends the program with Redis' words.
// Threads  one
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bench/rivals/redis_server.hpp"
#include "model/place.hpp"

namespace posthaste::bench {

struct Rate {
    double per_second = 0;
    double p50_us = 0;  ///< one at a time
    double p99_us = 0;
};

class RedisGeo {
public:
    static std::optional<RedisGeo> start();

    /// Forgets everything and adds the members, named by their index.
    void load(std::span<model::Position const> members);

    struct Move {
        std::uint32_t member = 0;
        model::Position place;
    };
    Rate move(std::span<Move const> moves);

    /// The ten nearest within the radius.
    Rate search(std::span<model::Position const> places, int radius_m);
    /// The ten nearest: the radius is doubled until ten are found.
    Rate search_growing(std::span<model::Position const> places, int radius_m);
    /// The ten nearest of those `is_eligible`, by member, says: which Redis does not know and the
    /// client does, so that all in the circle are asked for, nearest first.
    Rate search_growing(
        std::span<model::Position const> places, int radius_m, std::vector<bool> const& is_eligible
    );

private:
    explicit RedisGeo(RedisServer server) : server_{std::move(server)} {}

    RedisServer server_;
};

}  // namespace posthaste::bench
