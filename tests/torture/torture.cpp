#include "torture.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace posthaste::torture {

using log::testing::Sample;
using log::testing::SampleChain;

int rounds() {
    constexpr int rounds_by_default = 40;
    char const* const wanted = std::getenv("POSTHASTE_TORTURE_ROUNDS");
    return wanted == nullptr ? rounds_by_default : std::atoi(wanted);
}

std::vector<Sample> next_batch(std::vector<SampleChain>& chains, Prng& prng) {
    std::vector<Sample> batch;
    auto const always = prng.below(chains.size());
    for (std::size_t i = 0; i < chains.size(); ++i) {
        if (i != always && prng.chance(600)) continue;
        std::size_t const bytes = prng.chance(50) ? prng.below(30'000) : prng.below(600);
        batch.push_back(chains[i].next(1 + prng.below(4), bytes));
        chains[i].taken(batch.back());
    }
    return batch;
}

std::vector<log::Append> appends_of(std::vector<Sample> const& batch) {
    std::vector<log::Append> appends;
    for (auto const& sample : batch)
        appends.push_back(sample.append());
    return appends;
}

std::vector<SampleChain> chains_of(log::Log const& log, Prng& prng) {
    std::vector<SampleChain> chains;
    for (std::uint16_t number = 0; number < region_count; ++number) {
        auto& chain = chains.emplace_back(RegionId{number}, prng.next());
        auto const tail = log.tail(RegionId{number});
        if (tail.ok() && tail.value()) chain.continue_at(*tail.value());
    }
    return chains;
}

void note(Acked& acked, std::vector<Sample> const& batch) {
    for (auto const& sample : batch)
        acked[sample.header.region][sample.tail(0).last_event] = sample.sealed.checksum;
}

std::string wrong_with(
    log::Log const& log, Acked const& acked, std::vector<Sample> const& unacked
) {
    constexpr std::size_t everything = std::size_t{1} << 30U;
    std::size_t unacked_found = 0;
    for (std::uint16_t number = 0; number < region_count; ++number) {
        RegionId const region{number};
        auto const records = log.read(region, 1, everything);
        if (!records.ok()) return records.error().detail;
        log::Tail tail;
        std::map<log::EventNumber, Digest> stored;
        for (auto const& record : records.value()) {
            if (record.first_event != tail.last_event + 1 || record.previous != tail.checksum) {
                return fmt::format("region {}: broken at {}", number, record.first_event);
            }
            tail = {.last_event = record.last_event(), .checksum = record.checksum};
            stored[record.last_event()] = record.checksum;
        }
        for (auto const& sample : unacked) {
            if (sample.header.region != region) continue;
            auto const found = stored.find(sample.tail(0).last_event);
            if (found == stored.end() || found->second != sample.sealed.checksum) continue;
            ++unacked_found;
            stored.erase(found);
        }
        auto const promised = acked.find(region);
        auto const none = std::map<log::EventNumber, Digest>{};
        if (stored != (promised == acked.end() ? none : promised->second)) {
            return fmt::format(
                "region {}: {} records are there beside those under way, {} were "
                "acknowledged, or others",
                number,
                stored.size(),
                promised == acked.end() ? 0 : promised->second.size()
            );
        }
    }
    if (unacked_found == 0 || unacked_found == unacked.size()) return {};
    return fmt::format("{} of {} records of one commit", unacked_found, unacked.size());
}

}  // namespace posthaste::torture
