// Bytes that claim to be a benchmark's instance: a problem without a fault or an Error, never a
// crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "plan/formats/read_problem.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace plan = posthaste::plan;
    auto const read = plan::read_problem({reinterpret_cast<char const*>(data), size});
    if (!read.ok()) {
        ASSERT(!read.error().detail.empty());
        return 0;
    }
    auto const& it = read.value();
    ASSERT(plan::fault_in(it.problem).empty());
    ASSERT(it.jobs.size() == it.problem.jobs.size());
    ASSERT(it.vehicles.size() == it.problem.vehicles.size());
    return 0;
}
