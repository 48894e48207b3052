// Bytes that claim to be a workflow: loading them gives a machine whose look-ups all answer, or
// problems; never both, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "workflow/load.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    namespace workflow = posthaste::workflow;
    auto const loaded = workflow::load({reinterpret_cast<char const*>(data), size}, "fuzz.toml");
    ASSERT(loaded.ok() == text_of(loaded).empty());
    if (!loaded.ok()) return 0;
    for (workflow::Transition const& step : loaded.machine->transitions)
        ASSERT(loaded.machine->find(step.from, step.to) == &step);
    ASSERT(loaded.machine->first_state(posthaste::model::Phase::open).has_value());
    return 0;
}
