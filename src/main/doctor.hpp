// What a doctor does with a log that is whole: decides nothing, but checks that what was decided
// follows.
//
// Takes    an opened log and a region of it; the archive, where the log was trimmed.
// Gives    the region's records applied from the first (which may be in the archive; without one
//          from the oldest snapshot), or from the archive's base; and on the way: each job's chain
//          of transitions made again; each decision record held against itself; each snapshot
//          against the state it stands for. At the end the whole state is looked through.
// Errors   what the log says; findings are not errors.
// Cost     O(the region's log), one state in memory.
// Limits   log::findings_max findings
#pragma once

#include <string>
#include <vector>

#include "log/archive.hpp"
#include "log/sqlite/examine.hpp"

namespace posthaste::main {

struct Replay {
    RegionId region{};
    model::EventNumber first_event = 1;  ///< of those replayed
    std::uint64_t events = 0;
    Digest hash;  ///< of the state at the end
    std::uint64_t transitions = 0;
    std::uint64_t decisions = 0;
    std::uint64_t snapshots = 0;
    std::uint64_t jobs = 0;
    std::uint64_t agents = 0;
    std::vector<log::Finding> findings;
};

enum class From : std::uint8_t {
    first,  ///< everything that is still to be had
    base,   ///< what is in the log
};

Result<Replay> replay(
    log::Log const& log,
    RegionId region,
    log::Archive const* archive = nullptr,
    From from = From::first
);

}  // namespace posthaste::main
