// The keys of a running server, through its API.
//
// Takes    where it is, and an admin's key for it.
// Gives    what the commands on a folder give.
// Errors   io_failed: no answer, though it was tried again; malformed: what the server said against
//          it; corrupt: an answer that is not one.
// Threads  one
#pragma once

#include <vector>

#include "base/instant.hpp"
#include "load/client.hpp"

namespace posthaste::main {

struct NewKey {
    std::string tenant;
    std::string role;
    std::string agent;  ///< its id or reference; empty: none
    std::string label;
    Instant expires = instant_max;
};

struct ListedKey {
    std::string id;
    std::string tenant;
    std::string role;
    std::string label;
    std::string expires;  ///< an instant, or never
    bool revoked = false;
};

/// Gives the key's text; it cannot be had again.
Result<std::string> create_key(load::Target const& server, NewKey const& key);
Result<std::vector<ListedKey>> list_keys(load::Target const& server);
Status revoke_key(load::Target const& server, std::uint64_t id);

}  // namespace posthaste::main
