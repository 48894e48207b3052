#include "bench/rivals/redis_allocator.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace posthaste::bench {

namespace {

// ARGV: lon, lat, job, skill, kind, candidates, first radius, last radius (m), stack, now (s).
// Agents met at a smaller radius are not asked again.
constexpr char const* allocate_script = R"(
local radius, last = tonumber(ARGV[7]), tonumber(ARGV[8])
local wanted, stack = tonumber(ARGV[6]), tonumber(ARGV[9])
local skill, kind, now = ARGV[4], ARGV[5], tonumber(ARGV[10])
local met, found = 0, 0
local best, best_score
while true do
  local near = redis.call('GEOSEARCH', 'fleet', 'FROMLONLAT', ARGV[1], ARGV[2],
                          'BYRADIUS', radius, 'm', 'ASC', 'WITHDIST')
  for i = met + 1, #near do
    local id = near[i][1]
    local a = redis.call('HMGET', 'agent:' .. id, 'duty', 'skill', 'kind', 'load', 'had', 'idle')
    local load = tonumber(a[4])
    if a[1] == '1' and a[2] == skill and a[3] == kind and load < stack then
      local score = tonumber(near[i][2]) * 13 + load * 3000 + tonumber(a[5]) * 500
      if load == 0 then score = score - 2 * (now - tonumber(a[6])) end
      if not best_score or score < best_score then best, best_score = id, score end
      found = found + 1
      if found == wanted then break end
    end
  end
  met = #near
  if found == wanted or radius >= last then break end
  radius = math.min(radius * 2, last)
end
if not best then
  redis.call('SADD', 'waiting', ARGV[3])
  return '0'
end
redis.call('HINCRBY', 'agent:' .. best, 'load', 1)
redis.call('HINCRBY', 'agent:' .. best, 'had', 1)
redis.call('HSET', 'job:' .. ARGV[3], 'agent', best, 'state', 'assigned', 'at', ARGV[10])
return best
)";

constexpr char const* end_script = R"(
local agent = redis.call('HGET', 'job:' .. ARGV[1], 'agent')
if not agent then return '0' end
redis.call('HSET', 'job:' .. ARGV[1], 'state', 'over')
if redis.call('HINCRBY', 'agent:' .. agent, 'load', -1) == 0 then
  redis.call('HSET', 'agent:' .. agent, 'idle', ARGV[2])
end
return agent
)";

constexpr std::size_t depth_of_set_up = 1000;

std::string degrees(std::int32_t units) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.7f", units / 1e7);
    return text.data();
}

}  // namespace

std::optional<RedisAllocator> RedisAllocator::start(std::filesystem::path const& folder) {
    auto server = RedisServer::start(
        {"--appendonly", "yes", "--appendfsync", "everysec", "--dir", folder.string()}
    );
    if (!server) return std::nullopt;
    auto const loaded = server->ask({"SCRIPT", "LOAD", allocate_script});
    std::string script{loaded->str, loaded->len};
    return RedisAllocator{std::move(*server), std::move(script)};
}

void RedisAllocator::load(std::span<Agent const> agents) {
    server_.ask({"FLUSHALL"});
    for (std::size_t first = 0; first < agents.size(); first += depth_of_set_up) {
        auto const part = agents.subspan(first, std::min(depth_of_set_up, agents.size() - first));
        for (auto const& agent : part) {
            auto const id = std::to_string(agent.id);
            server_.send({"GEOADD", "fleet", degrees(agent.place.lon), degrees(agent.place.lat), id}
            );
            server_.send(
                {"HSET",
                 "agent:" + id,
                 "duty",
                 agent.on_duty ? "1" : "0",
                 "skill",
                 std::to_string(agent.skill),
                 "kind",
                 std::to_string(agent.kind),
                 "load",
                 "0",
                 "had",
                 "0",
                 "idle",
                 "0"}
            );
        }
        for (std::size_t i = 0; i < part.size() * 2; ++i)
            server_.receive();
    }
}

std::vector<std::uint64_t> RedisAllocator::allocate(std::span<Job const> jobs, std::size_t depth) {
    std::vector<std::uint64_t> agents;
    agents.reserve(jobs.size());
    for (std::size_t first = 0; first < jobs.size(); first += depth) {
        auto const part = jobs.subspan(first, std::min(depth, jobs.size() - first));
        for (auto const& job : part) {
            server_.send(
                {"EVALSHA",
                 script_,
                 "0",
                 degrees(job.place.lon),
                 degrees(job.place.lat),
                 std::to_string(job.id),
                 std::to_string(job.skill),
                 std::to_string(job.kind),
                 "20",
                 "1000",
                 "10000",
                 "4",
                 "1"}
            );
        }
        for (std::size_t i = 0; i < part.size(); ++i) {
            auto const reply = server_.receive();
            agents.push_back(std::stoull(std::string{reply->str, reply->len}));
        }
    }
    return agents;
}

void RedisAllocator::end(std::span<Job const> jobs) {
    for (auto const& job : jobs)
        server_.send({"EVAL", end_script, "0", std::to_string(job.id), "1"});
    for (std::size_t i = 0; i < jobs.size(); ++i)
        server_.receive();
}

}  // namespace posthaste::bench
