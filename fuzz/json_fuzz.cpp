// The door of every request body: any bytes must give a command or a problem, and nothing else.
#include "api/json.hpp"
#include "base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, unsigned long size) {
    namespace api = posthaste::api;
    using posthaste::model::Command;
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    auto const read = api::read_json<Command>(text);
    auto const* const command = std::get_if<Command>(&read);
    if (command == nullptr) return 0;
    auto const again = api::read_json<Command>(api::write_json(*command));
    auto const* const same = std::get_if<Command>(&again);
    ASSERT(same == nullptr || *same == *command);
    return 0;
}
