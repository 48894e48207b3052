// Assertions: they catch bugs in our own code, never bad input (bad input is a Rejection or an
// Error).
//
// ASSERT        always on, in every build. Cheap conditions only: O(1), no allocation.
// ASSERT_SLOW   on in debug, sanitizer and simulation builds. May cost O(n).
// MAYBE         documents a condition that is sometimes true and sometimes false; checks nothing.
//
// Split compound conditions (`ASSERT(a); ASSERT(b);`) so that a failure says which half broke.
#pragma once

namespace posthaste {

[[noreturn]] void assert_failed(char const* condition, char const* file, int line) noexcept;

}  // namespace posthaste

#define ASSERT(condition)               \
    ((condition) ? static_cast<void>(0) \
                 : ::posthaste::assert_failed(#condition, __FILE__, __LINE__))

#ifdef POSTHASTE_ASSERT_SLOW
#define ASSERT_SLOW(condition) ASSERT(condition)
#else
#define ASSERT_SLOW(condition) static_cast<void>(sizeof(!(condition)))
#endif

#define MAYBE(condition) static_cast<void>(sizeof(!(condition)))
