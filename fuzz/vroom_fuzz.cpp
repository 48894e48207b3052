// Bytes that claim to be a problem in VROOM's JSON: a problem without a fault that can be answered,
// or an Error, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/vroom_answer.hpp"
#include "api/vroom_travel.hpp"
#include "base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace api = posthaste::api;
    auto read = api::read_vroom({reinterpret_cast<char const*>(data), size});
    if (!read.ok()) {
        ASSERT(!read.error().detail.empty());
        return 0;
    }
    auto question = std::move(read).value();
    ASSERT(question.tasks.size() == question.problem.jobs.size());
    if (!api::find_legs(question, nullptr).ok()) return 0;
    ASSERT(posthaste::plan::fault_in(question.problem).empty());
    posthaste::plan::Routes const nobody_goes(question.problem.vehicles.size());
    ASSERT(!api::write_vroom(question, nobody_goes).empty());
    return 0;
}
