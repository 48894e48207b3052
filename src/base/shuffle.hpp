// A list in random order (Fisher and Yates): the same for a seed on every machine and compiler.
//
// Cost     O(length): one draw each
// Threads  those of the generator
#pragma once

#include <cstddef>
#include <utility>

#include "base/prng.hpp"

namespace posthaste {

/// Only the first `count` places get their final, random elements; all, when it is not given.
template <class List>
void shuffle(List& list, Prng& prng, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        std::swap(list[i], list[i + prng.below(list.size() - i)]);
}

template <class List>
void shuffle(List& list, Prng& prng) {
    shuffle(list, prng, list.size());
}

}  // namespace posthaste
