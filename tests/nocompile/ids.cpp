// A job's id and an agent's id do not compare.
#include "model/ids.hpp"

constexpr posthaste::model::JobId job{};
constexpr posthaste::model::AgentId agent{};

#ifdef BAD
static_assert(job == agent);
#else
static_assert(job == job);
static_assert(agent == agent);
#endif
