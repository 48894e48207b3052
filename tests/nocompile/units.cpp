// A span of time and a length do not add.
#include "base/quantity.hpp"

constexpr posthaste::Millis span{1};
constexpr posthaste::Metres length{1};

#ifdef BAD
constexpr auto sum = span + length;
#else
constexpr auto sum = span + span;
static_assert(length < length * 2);
#endif
static_assert(sum.count() == 2);
