// What both tortures share: a writer that remembers what was acknowledged, and the check after a
// crash.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/prng.hpp"
#include "log/testing.hpp"

namespace posthaste::torture {

constexpr std::uint16_t region_count = 3;

/// POSTHASTE_TORTURE_ROUNDS, or a few dozen.
int rounds();

/// One commit: a record for one to all of the regions.
std::vector<log::testing::Sample> next_batch(
    std::vector<log::testing::SampleChain>& chains, Prng& prng
);
std::vector<log::Append> appends_of(std::vector<log::testing::Sample> const& batch);

/// A chain for each region, going on where the log ends.
std::vector<log::testing::SampleChain> chains_of(log::Log const& log, Prng& prng);

/// For each region: the checksum of each acknowledged record, by its last event.
using Acked = std::map<RegionId, std::map<log::EventNumber, Digest>>;

void note(Acked& acked, std::vector<log::testing::Sample> const& batch);

/// What is wrong with the log after a crash, or nothing: all that was acknowledged is there, each
/// region's chain holds from its first event, and of `unacked` there is all or nothing.
std::string wrong_with(
    log::Log const& log, Acked const& acked, std::vector<log::testing::Sample> const& unacked
);

}  // namespace posthaste::torture
