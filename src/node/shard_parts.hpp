// What a Shard keeps for a region, and what one turn works on. Private to node.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "node/shard.hpp"

namespace posthaste::node {

/// A region and what stands before it.
struct Shard::Seat {
    Seat(core::State state, match::MakeTravel const& travel) : region{std::move(state), travel} {}

    core::Region region;
    Inbox inbox;
    Digest checksum;            ///< of the region's newest record
    bool knows_travel = false;  ///< that the newest travel times are in use
    bool new_term = true;       ///< the writer has not said yet that it took over
    bool made_region = false;
};

/// One region's part of one turn.
struct Shard::Work {
    Work(Seat& the_seat, Instant the_now) : seat{&the_seat}, now{the_now} {
        header.region = the_seat.region.state.region;
        header.first_event = the_seat.region.state.last_event + 1;
        header.previous = the_seat.checksum;
        header.at = the_now;
    }

    Seat* seat;
    Instant now;
    model::RecordHeader header;
    std::vector<model::Entry> entries;
    model::RecordBuilder builder;
    model::SealedRecord sealed;
    core::Touched touched;
    std::vector<std::pair<ReplyTo, Reply>> replies;
    std::vector<model::Fix> fixes;
    std::vector<model::Entry> put_off;
    std::size_t agenda_done = 0;
    bool draining = false;
    bool repeated = false;

    bool did_something() const { return !entries.empty() || !replies.empty() || !fixes.empty(); }
    /// Half a record is kept for what the last input may bring.
    bool has_room() const { return builder.bytes() < model::record_bytes_max / 2; }

    void add(model::Entry entry) {
        builder.add(entry);
        entries.push_back(std::move(entry));
    }
    void touch(core::Touched const& more) {
        touched.agents.insert(touched.agents.end(), more.agents.begin(), more.agents.end());
        touched.jobs.insert(touched.jobs.end(), more.jobs.begin(), more.jobs.end());
    }
    void unique_touched() {
        auto const unique = [](auto& ids) {
            std::sort(ids.begin(), ids.end());
            ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        };
        unique(touched.agents);
        unique(touched.jobs);
    }
    void seal() {
        header.event_count = 0;
        for (auto const& entry : entries)
            header.event_count += entry.events.size();
        sealed = builder.seal(header);
        ASSERT(sealed.bytes.size() <= model::record_bytes_max);
    }
};

inline model::Envelope engine_envelope() {
    return {.role = model::Role::engine};
}

}  // namespace posthaste::node
