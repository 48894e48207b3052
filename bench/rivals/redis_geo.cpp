#include "bench/rivals/redis_geo.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace posthaste::bench {

namespace {

using Clock = std::chrono::steady_clock;
using Command = RedisServer::Command;
constexpr std::size_t pipeline_depth = 100;
constexpr std::size_t hits = 10;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string degrees(std::int32_t units) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.7f", units / 1e7);
    return text.data();
}

Command add_command(std::uint32_t member, model::Position place) {
    return {"GEOADD", "fleet", degrees(place.lon), degrees(place.lat), std::to_string(member)};
}

Command search_command(model::Position place, int radius_m) {
    return {
        "GEOSEARCH",
        "fleet",
        "FROMLONLAT",
        degrees(place.lon),
        degrees(place.lat),
        "BYRADIUS",
        std::to_string(radius_m),
        "m",
        "ASC",
        "COUNT",
        std::to_string(hits)};
}

double pipelined_rate(RedisServer& server, std::span<Command const> commands) {
    auto const start = Clock::now();
    for (std::size_t first = 0; first < commands.size(); first += pipeline_depth) {
        std::size_t const count = std::min(pipeline_depth, commands.size() - first);
        for (Command const& command : commands.subspan(first, count))
            server.send(command);
        for (std::size_t i = 0; i < count; ++i)
            server.receive();
    }
    return static_cast<double>(commands.size()) / seconds_since(start);
}

// Runs `ask(i)` for each of `count` and measures each.
Rate one_at_a_time(std::size_t count, auto&& ask) {
    std::vector<double> spans;
    spans.reserve(count);
    auto const start = Clock::now();
    for (std::size_t i = 0; i < count; ++i) {
        auto const asked = Clock::now();
        ask(i);
        spans.push_back(seconds_since(asked) * 1e6);
    }
    double const per_second = static_cast<double>(count) / seconds_since(start);
    std::sort(spans.begin(), spans.end());
    return {per_second, spans[count / 2], spans[count * 99 / 100]};
}

Rate better_way(RedisServer& server, std::span<Command const> commands) {
    Rate rate = one_at_a_time(commands.size(), [&](std::size_t i) {
        server.send(commands[i]);
        server.receive();
    });
    rate.per_second = std::max(rate.per_second, pipelined_rate(server, commands));
    return rate;
}

}  // namespace

std::optional<RedisGeo> RedisGeo::start() {
    auto server = RedisServer::start();
    if (!server) return std::nullopt;
    return RedisGeo{std::move(*server)};
}

void RedisGeo::load(std::span<model::Position const> members) {
    server_.ask({"FLUSHALL"});
    std::vector<Command> commands;
    for (std::uint32_t i = 0; i < members.size(); ++i) {
        commands.push_back(add_command(i, members[i]));
        if (commands.size() < 10'000 && i + 1 < members.size()) continue;
        pipelined_rate(server_, commands);
        commands.clear();
    }
}

Rate RedisGeo::move(std::span<Move const> moves) {
    std::vector<Command> commands;
    for (Move const& move : moves)
        commands.push_back(add_command(move.member, move.place));
    return better_way(server_, commands);
}

Rate RedisGeo::search(std::span<model::Position const> places, int radius_m) {
    std::vector<Command> commands;
    for (model::Position const place : places)
        commands.push_back(search_command(place, radius_m));
    return better_way(server_, commands);
}

namespace {

// Pipelined, a whole batch is asked at once, and those with too few hits again at twice the radius.
Rate grow(
    RedisServer& server,
    std::span<model::Position const> places,
    int radius_m,
    auto&& command,
    auto&& is_enough
) {
    Rate rate = one_at_a_time(places.size(), [&](std::size_t i) {
        for (int radius = radius_m;; radius *= 2) {
            server.send(command(places[i], radius));
            if (is_enough(*server.receive())) break;
        }
    });
    auto const start = Clock::now();
    for (std::size_t first = 0; first < places.size(); first += pipeline_depth) {
        auto const batch = places.subspan(first, std::min(pipeline_depth, places.size() - first));
        std::vector<model::Position> open{batch.begin(), batch.end()};
        for (int radius = radius_m; !open.empty(); radius *= 2) {
            for (model::Position const place : open)
                server.send(command(place, radius));
            std::vector<model::Position> unsettled;
            for (model::Position const place : open) {
                if (!is_enough(*server.receive())) unsettled.push_back(place);
            }
            open = std::move(unsettled);
        }
    }
    double const pipelined = static_cast<double>(places.size()) / seconds_since(start);
    rate.per_second = std::max(rate.per_second, pipelined);
    return rate;
}

}  // namespace

Rate RedisGeo::search_growing(std::span<model::Position const> places, int radius_m) {
    return grow(server_, places, radius_m, search_command, [](redisReply const& reply) {
        return reply.elements == hits;
    });
}

Rate RedisGeo::search_growing(
    std::span<model::Position const> places, int radius_m, std::vector<bool> const& is_eligible
) {
    auto const all_in_circle = [](model::Position place, int radius) {
        auto command = search_command(place, radius);
        command.resize(command.size() - 2);  // without COUNT
        return command;
    };
    return grow(server_, places, radius_m, all_in_circle, [&](redisReply const& reply) {
        std::size_t found = 0;
        for (std::size_t i = 0; i < reply.elements && found < hits; ++i)
            found += is_eligible[std::strtoul(reply.element[i]->str, nullptr, 10)] ? 1U : 0U;
        return found == hits;
    });
}

}  // namespace posthaste::bench
