// Random bytes that nobody can guess, from the kernel: keys, session tokens, trace ids.
//
// Threads  any
#pragma once

#include <cstddef>
#include <string>

namespace posthaste::api {

/// Requires: count <= 256.
std::string random_bytes(std::size_t count);

}  // namespace posthaste::api
