// Bytes that claim to be iCalendar: busy times within the horizon or an Error, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/calendar.hpp"
#include "base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace api = posthaste::api;
    using posthaste::Instant;
    using posthaste::Millis;
    std::string_view const input{reinterpret_cast<char const*>(data), size};
    Instant const now{1'795'305'600'000};  // 2026-11-22
    api::Horizon const horizon{now, now + Millis{std::int64_t{90} * 86'400'000}};
    auto const read = api::read_busy(input, horizon);
    if (!read.ok()) return 0;
    ASSERT(read.value().size() <= posthaste::model::busy_max);
    for (auto const& time : read.value()) {
        ASSERT(time.start < time.end);
        ASSERT(time.end > horizon.from);
        ASSERT(time.start < horizon.until);
    }
    return 0;
}
