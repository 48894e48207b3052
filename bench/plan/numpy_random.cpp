#include "bench/plan/numpy_random.hpp"

#include <array>
#include <bit>

#include "base/assert.hpp"

namespace posthaste::bench {

namespace {

using Pool = std::array<std::uint32_t, 4>;

// SeedSequence's hash: its constant changes with every word.
class Hash {
public:
    Hash(std::uint32_t constant, std::uint32_t factor) : constant_{constant}, factor_{factor} {}

    std::uint32_t operator()(std::uint32_t word) {
        word ^= constant_;
        constant_ *= factor_;
        word *= constant_;
        return word ^ (word >> 16U);
    }

private:
    std::uint32_t constant_;
    std::uint32_t factor_;
};

std::uint32_t mix(std::uint32_t x, std::uint32_t y) {
    auto const mixed = 0xca01f9ddU * x - 0x4973f715U * y;
    return mixed ^ (mixed >> 16U);
}

Pool pool_of(std::uint32_t seed) {
    Hash hash{0x43b0d7e5U, 0x931e8875U};
    Pool pool{};
    for (std::size_t i = 0; i < pool.size(); ++i)
        pool[i] = hash(i == 0 ? seed : 0);
    for (std::size_t from = 0; from < pool.size(); ++from) {
        for (std::size_t to = 0; to < pool.size(); ++to) {
            if (from != to) pool[to] = mix(pool[to], hash(pool[from]));
        }
    }
    return pool;
}

}  // namespace

NumpyRandom::NumpyRandom(std::uint32_t seed) {
    auto const pool = pool_of(seed);
    Hash hash{0x8b51f9ddU, 0x58f38dedU};
    std::array<std::uint64_t, 4> words{};
    for (std::size_t i = 0; i < 2 * words.size(); ++i)
        words[i / 2] |= std::uint64_t{hash(pool[i % pool.size()])} << (i % 2 == 0 ? 0U : 32U);
    increment_ = ((Wide{words[2]} << 64U | words[3]) << 1U) | 1U;
    step();
    state_ += Wide{words[0]} << 64U | words[1];
    step();
}

void NumpyRandom::step() {
    constexpr Wide factor = Wide{0x2360ed051fc65da4ULL} << 64U | 0x4385df649fccf645ULL;
    state_ = state_ * factor + increment_;
}

std::uint64_t NumpyRandom::next() {
    step();
    auto const folded =
        static_cast<std::uint64_t>(state_ >> 64U) ^ static_cast<std::uint64_t>(state_);
    return std::rotr(folded, static_cast<int>(state_ >> 122U));
}

std::uint32_t NumpyRandom::next_half() {
    if (half_) {
        auto const kept = *half_;
        half_.reset();
        return kept;
    }
    auto const whole = next();
    half_ = static_cast<std::uint32_t>(whole >> 32U);
    return static_cast<std::uint32_t>(whole);
}

std::uint32_t NumpyRandom::below(std::uint32_t bound) {
    ASSERT(bound > 1);
    auto const draw = [&] { return std::uint64_t{next_half()} * bound; };
    auto product = draw();
    if (static_cast<std::uint32_t>(product) < bound) {
        auto const uneven = (0U - bound) % bound;
        while (static_cast<std::uint32_t>(product) < uneven)
            product = draw();
    }
    return static_cast<std::uint32_t>(product >> 32U);
}

}  // namespace posthaste::bench
