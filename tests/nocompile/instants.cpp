// Two points in time do not add; a point and a span do.
#include "base/instant.hpp"

constexpr posthaste::Instant noon{43'200'000};

#ifdef BAD
constexpr auto later = noon + noon;
#else
constexpr auto later = noon + posthaste::Millis{1};
#endif
static_assert(later > noon);
