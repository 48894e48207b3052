#include "road/sweep.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace posthaste::road {

namespace {

template <std::size_t Width>
[[gnu::always_inline]] inline void sweep_all(Sweep const& sweep, Reached<Width>* reach) {
    auto const* const first = sweep.arcs.first.data();
    auto const* const heads = sweep.arcs.heads.data();
    auto const* const times = sweep.arcs.times.data();
    for (auto const rank : sweep.order) {
        auto mine = reach[rank];
        for (auto arc = first[rank]; arc < first[rank + 1]; ++arc) {
            auto const& above = reach[heads[arc]];
            auto const time = times[arc];
            for (std::size_t lane = 0; lane < Width; ++lane)
                mine[lane] = std::min(mine[lane], above[lane] + time);
        }
        reach[rank] = mine;
    }
}

#if defined(__x86_64__)

// The same code: eight lanes to an instruction.
[[gnu::target("avx2")]] void sweep_wide(Sweep const& sweep, Reached<lanes>* reach) {
    sweep_all(sweep, reach);
}

// Eight arcs at once: what lies above each is gathered.
[[gnu::target("avx2")]] void sweep_single(Sweep const& sweep, Reached<1>* reach) {
    auto const* const first = sweep.arcs.first.data();
    auto const* const heads = sweep.arcs.heads.data();
    auto const* const times = sweep.arcs.times.data();
    auto* const known = reach->data();
    for (auto const rank : sweep.order) {
        auto arc = first[rank];
        auto const end = first[rank + 1];
        auto least = _mm256_set1_epi32(known[rank]);
        for (; arc + 8 <= end; arc += 8) {
            auto const* const at = reinterpret_cast<__m256i_u const*>(heads + arc);
            auto const above = _mm256_i32gather_epi32(known, _mm256_loadu_si256(at), 4);
            auto const* const by = reinterpret_cast<__m256i_u const*>(times + arc);
            least = _mm256_min_epi32(least, _mm256_add_epi32(above, _mm256_loadu_si256(by)));
        }
        std::array<std::int32_t, 8> eight{};
        _mm256_storeu_si256(reinterpret_cast<__m256i_u*>(eight.data()), least);
        auto mine = *std::ranges::min_element(eight);
        for (; arc < end; ++arc)
            mine = std::min(mine, known[heads[arc]] + times[arc]);
        known[rank] = mine;
    }
}

bool is_wide() {
    static bool const has_avx2 = __builtin_cpu_supports("avx2") != 0;
    return has_avx2;
}

#else

void sweep_wide(Sweep const& sweep, Reached<lanes>* reach) {
    sweep_all(sweep, reach);
}
void sweep_single(Sweep const& sweep, Reached<1>* reach) {
    sweep_all(sweep, reach);
}
bool is_wide() {
    return false;
}

#endif

}  // namespace

void sweep_down(Sweep const& sweep, std::vector<Reached<1>>& reach) {
    return is_wide() ? sweep_single(sweep, reach.data()) : sweep_all(sweep, reach.data());
}

void sweep_down(Sweep const& sweep, std::vector<Reached<lanes>>& reach) {
    return is_wide() ? sweep_wide(sweep, reach.data()) : sweep_all(sweep, reach.data());
}

}  // namespace posthaste::road
