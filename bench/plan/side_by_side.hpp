// Work side by side, a piece a core, four at most: where CPU seconds of a thread are measured.
#pragma once

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace posthaste::bench {

constexpr unsigned side_by_side_max = 4;

/// do_one(i) for each i below `count`, in any order, until it says false; the others under way
/// then end.
template <class DoOne>
void side_by_side(std::size_t count, DoOne const& do_one) {
    std::atomic<std::size_t> next = 0;
    auto const work = [&] {
        for (auto i = next++; i < count; i = next++)
            if (!do_one(i)) next = count;
    };
    auto const threads = std::clamp(std::thread::hardware_concurrency(), 1U, side_by_side_max);
    std::vector<std::jthread> crew;
    for (unsigned i = 0; i < threads; ++i)
        crew.emplace_back(work);
}

}  // namespace posthaste::bench
