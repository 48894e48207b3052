#include "api/random.hpp"

#include <unistd.h>

#include "base/assert.hpp"

namespace posthaste::api {

std::string random_bytes(std::size_t count) {
    ASSERT(count <= 256);
    std::string bytes(count, '\0');
    ASSERT(::getentropy(bytes.data(), count) == 0);
    return bytes;
}

}  // namespace posthaste::api
