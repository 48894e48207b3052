// What an agent does for one assignment, step by step: the workflows ride, parcel and field_service
// as those who do the work see them.
//
// Gives    steps_of(): drive to a stop, serve there, say a state, attach a proof, in order.
// Threads  shared immutable
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace posthaste::load {

enum class Act : std::uint8_t {
    say,     ///< `text` is the workflow's next state
    drive,   ///< to stop `stop`
    serve,   ///< for as long as stop `stop` takes
    attach,  ///< a document of the kind `text`
};

struct Step {
    Act act{};
    std::string_view text;
    std::uint8_t stop = 0;

    bool operator==(Step const&) const = default;
};

/// Empty for a workflow that is not known here: its assignments are left as they are.
std::span<Step const> steps_of(std::string_view workflow);

/// The workflow that does a trip of this kind; ride for kinds of the user's own with a drop-off,
/// field_service for those without.
enum class Stops : std::uint8_t { one, two };
std::string_view workflow_of(std::string_view kind, Stops stops);

}  // namespace posthaste::load
