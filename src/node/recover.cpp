#include "node/recover.hpp"

#include <future>

#include "base/plant.hpp"
#include "core/apply.hpp"

namespace posthaste::node {

namespace {

constexpr std::size_t read_bytes = std::size_t{1} << 20U;
constexpr std::uint32_t snapshot_format = 1;

std::string where(RegionId region, model::EventNumber event) {
    return "region " + std::to_string(static_cast<unsigned>(region)) + ", event " +
           std::to_string(event) + ": ";
}

/// What the log gave, and what apply() needs of it.
struct Chunk {
    std::vector<log::Stored> stored;
    std::vector<Result<model::Record>> records;
};

// The log checked the bytes when it read them.
Chunk unsealed(std::vector<log::Stored> stored) {
    Chunk chunk{std::move(stored), {}};
    chunk.records.reserve(chunk.stored.size());
    for (auto const& record : chunk.stored)
        chunk.records.push_back(model::unseal_events(record.bytes));
    return chunk;
}

Status apply_record(
    Recovered& recovered, log::Stored const& stored, Result<model::Record> const& record
) {
    auto const at = where(stored.region, stored.first_event);
    if (!record.ok()) return Error{record.error().code, at + record.error().detail};
    auto const& header = record.value().header;
    std::uint64_t event_count = 0;
    for (auto const& entry : record.value().entries)
        event_count += entry.events.size();
    if (event_count != header.event_count) {
        return Error{Errc::corrupt, at + "does not hold as many events as it says"};
    }
    bool const follows = header.previous == recovered.checksum &&
                         header.first_event == recovered.state.last_event + 1 &&
                         header.region == stored.region;
    if (!follows) return Error{Errc::corrupt, at + "does not follow the record before it"};
    core::apply(recovered.state, record.value());
    recovered.checksum = stored.checksum;
    return Unit{};
}

// The newest snapshot whose bytes and state hold; a refused one is told, and the next older asked.
Result<Recovered> from_snapshot(log::Log const& log, RegionId region) {
    Recovered recovered;
    auto below = std::numeric_limits<model::EventNumber>::max();
    for (std::size_t tries = 0; tries <= log::snapshots_kept; ++tries) {
        auto found = TRY(log.load_snapshot(region, below));
        for (auto& why : found.refused)
            recovered.refused.push_back(std::move(why));
        if (!found.snapshot) break;
        auto const& snapshot = *found.snapshot;
        auto state = core::restore(snapshot.bytes);
        bool const holds = state.ok() && snapshot.format == snapshot_format &&
                           state.value().last_event == snapshot.event &&
                           digest(snapshot.bytes) == snapshot.state;
        if (holds) {
            recovered.state = std::move(state).value();
            recovered.checksum = snapshot.record;
            recovered.snapshot = snapshot.event;
            return recovered;
        }
        recovered.refused.push_back(
            where(region, snapshot.event) + "snapshot does not hold what it says"
        );
        below = snapshot.event - 1;
    }
    recovered.state.region = region;
    return recovered;
}

}  // namespace

// While a chunk is applied the next is decoded on another thread, and the one after that read and
// its bytes checked on a third.
Status follow(log::Log const& log, Recovered& recovered) {
    constexpr auto beside = std::launch::async;
    auto const region = recovered.state.region;
    auto const read_from = [&](model::EventNumber from) {
        return std::async(beside, [&log, region, from] {
            return log.read(region, from, read_bytes);
        });
    };
    auto reading = read_from(recovered.state.last_event + 1);
    Chunk chunk;
    for (bool more = true; more;) {
        auto stored = TRY(reading.get());
        more = !stored.empty();
        if (more) reading = read_from(stored.back().last_event() + 1);
        auto decoding = std::async(beside, unsealed, std::move(stored));
        for (std::size_t i = 0; i < chunk.stored.size(); ++i)
            TRY(apply_record(recovered, chunk.stored[i], chunk.records[i]));
        chunk = decoding.get();
    }
    return Unit{};
}

namespace {

std::string nothing_to_begin_with(RegionId region, std::vector<std::string> const& refused) {
    auto text = "region " + std::to_string(static_cast<unsigned>(region)) +
                ": its first records were trimmed away, and no snapshot of it can be used";
    for (auto const& why : refused)
        text += "; " + why;
    return text;
}

}  // namespace

Result<Recovered> recover(log::Log const& log, RegionId region) {
    auto recovered = TRY(from_snapshot(log, region));
    if (planted(Plant::tail_not_replayed) && recovered.snapshot != 0) {
        auto const tail = TRY(log.tail(region));
        recovered.checksum = tail->checksum;
        recovered.state.last_event = tail->last_event;
        return recovered;
    }
    auto const followed = follow(log, recovered);
    bool const lost = !followed.ok() && followed.error().code == Errc::not_found;
    if (lost) return Error{Errc::corrupt, nothing_to_begin_with(region, recovered.refused)};
    TRY(followed);
    return recovered;
}

log::Snapshot snapshot_of(Recovered const& recovered) {
    auto bytes = core::snapshot(recovered.state);
    auto const state = digest(bytes);
    return {
        .format = snapshot_format,
        .event = recovered.state.last_event,
        .record = recovered.checksum,
        .state = state,
        .bytes = std::move(bytes)};
}

}  // namespace posthaste::node
