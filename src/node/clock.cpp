#include "node/clock.hpp"

#include <chrono>

namespace posthaste::node {

Instant SystemClock::now() const {
    auto const since = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

}  // namespace posthaste::node
