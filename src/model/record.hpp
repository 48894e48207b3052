// A record: all that one turn of one region decided. The unit of the log: one row, one message.
//
// Shapes   events are numbered through the entries from first_event on, without gaps.
//          bytes := encode(header) encode(entries)... checksum; see log/record.hpp's functions.
// Limits   record_bytes_max; a turn that would pass it stops taking inputs.
#pragma once

#include <string>
#include <vector>

#include "base/codec.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "model/decision.hpp"
#include "model/event.hpp"

namespace posthaste::model {

constexpr std::uint32_t record_format = 1;
constexpr std::size_t record_bytes_max = std::size_t{512} * 1024;
constexpr std::size_t device_bytes_max = 64;
constexpr std::size_t traceparent_bytes = 55;

/// Who did it, with what, when by their clock, and under which rules: the same for ever.
struct Envelope {
    Role role = Role::none;  ///< engine: timers, the agenda, what follows from fixes
    KeyId key{};
    AgentId agent{};              ///< of an agent's key
    std::string device;           ///< the device's own name for itself; empty: none
    std::uint64_t operation = 0;  ///< the device's own count of its operations, from 1; 0: none
    Instant device_time;
    Instant at;             ///< the server's instant
    EventNumber cause = 0;  ///< the event this followed from; 0: came from outside
    CommandId command;
    std::string traceparent;
    std::uint64_t policy_hash = 0;
    std::uint64_t workflow_hash = 0;

    bool operator==(Envelope const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "role", self.role);
        field(2, "key", self.key);
        field(3, "agent", self.agent);
        field(4, "device", self.device);
        field(5, "operation", self.operation);
        field(6, "device_time", self.device_time);
        field(7, "at", self.at);
        field(8, "cause", self.cause);
        field(9, "command", self.command);
        field(10, "traceparent", self.traceparent);
        field(11, "policy_hash", self.policy_hash);
        field(12, "workflow_hash", self.workflow_hash);
    }
};

/// What one input decided.
struct Entry {
    Envelope envelope;
    std::vector<Event> events;
    std::vector<Decision> decisions;

    bool operator==(Entry const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "envelope", self.envelope);
        field(2, "events", self.events);
        field(3, "decisions", self.decisions);
    }
};

struct RecordHeader {
    std::uint32_t format = record_format;
    RegionId region{};
    EventNumber first_event = 0;
    std::uint64_t event_count = 0;
    Instant at;
    Digest previous;  ///< the checksum of this region's record before; zero for the first

    bool operator==(RecordHeader const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "format", self.format);
        field(2, "region", self.region);
        field(3, "first_event", self.first_event);
        field(4, "event_count", self.event_count);
        field(5, "at", self.at);
        field(6, "previous", self.previous);
    }
};

struct Record {
    RecordHeader header;
    std::vector<Entry> entries;

    bool operator==(Record const&) const = default;
};

/// The record with its checksum, as the log keeps it.
struct SealedRecord {
    std::string bytes;
    Digest checksum;  ///< of all bytes before it; the next record of the region names it
};

/// Makes a record's bytes an entry at a time, so that a turn knows how much room is left.
class RecordBuilder {
public:
    void add(Entry const& entry);
    std::size_t bytes() const { return entries_.bytes().size(); }
    SealedRecord seal(RecordHeader const& header) const;

private:
    Writer entries_;
    std::uint64_t count_ = 0;
};

SealedRecord seal(Record const& record);

/// Errors: corrupt (bytes, checksum), too_new (a format or an event this version does not know; the
/// detail has its number).
Result<Record> unseal(std::string_view bytes);
/// The same without the checksum, for bytes that a log gave: it checked them when it read them.
Result<Record> unseal_checked(std::string_view bytes);
/// The same, for apply(): it passes over the decisions, which are most of the bytes.
Result<Record> unseal_events(std::string_view bytes);
Digest checksum_of(std::string_view sealed_bytes);

}  // namespace posthaste::model
