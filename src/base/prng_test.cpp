#include "base/prng.hpp"

#include <doctest/doctest.h>

namespace posthaste {

TEST_CASE("a seed gives one sequence, for ever") {
    Prng a{42};
    Prng b{42};
    for (int i = 0; i < 100; ++i)
        CHECK(a.next() == b.next());
    CHECK(Prng{1}.next() != Prng{2}.next());
    CHECK(Prng{42}.next() == 1'546'998'764'402'558'742ULL);
}

TEST_CASE("draws stay in their bounds and reach both ends") {
    Prng prng{7};
    bool low = false;
    bool high = false;
    for (int i = 0; i < 1000; ++i) {
        auto const drawn = prng.between(-2, 2);
        CHECK(drawn >= -2);
        CHECK(drawn <= 2);
        low = low || drawn == -2;
        high = high || drawn == 2;
    }
    CHECK(low);
    CHECK(high);
    CHECK(!prng.chance(0));
    CHECK(prng.chance(1000));
}

}  // namespace posthaste
