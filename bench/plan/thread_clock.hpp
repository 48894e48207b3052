// The CPU time of this thread.
#pragma once

#include <time.h>

#include <cstdint>

namespace posthaste::bench {

inline std::int64_t thread_cpu_nanos() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace posthaste::bench
