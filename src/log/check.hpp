// What every log checks alike: a batch before it is stored, a record after it is read.
#pragma once

#include <map>
#include <span>
#include <string>

#include "log/log.hpp"

namespace posthaste::log {

using Tails = std::map<RegionId, Tail>;

/// "region 3, event 12, position 40".
std::string place_of(RegionId region, EventNumber event, Position position);

/// The tails as they will be after the batch, for the regions it touches; positions count on from
/// `last`. Errors: limit_exceeded, fenced.
Result<Tails> check_batch(Tails const& tails, std::span<Append const> records, Position last);

/// The record of these bytes. Errors: corrupt, too_new, naming the place.
Result<Stored> check_record(
    Position position, RegionId region, EventNumber first_event, std::string bytes
);

/// Does `next` continue `tail`? Errors: corrupt, naming both.
Status check_chain(Tail const& tail, Stored const& next);

/// May a follower's cursor be saved beside these? Errors: limit_exceeded; not_found when the log
/// does not reach there.
Status check_cursor(
    std::string_view follower, Position position, Position last, std::span<Cursor const> cursors
);

/// Errors: limit_exceeded.
Status check_name(std::string_view what, std::string_view name);
Status check_bytes(std::string_view what, std::size_t bytes, std::size_t bytes_max);

/// Why a trim is refused.
Error snapshots_too_low(RegionId region, EventNumber below);
Error archive_too_short(RegionId region, EventNumber below, Tail const& archived);
Error cursor_in_the_way(Cursor const& cursor, Position position);

Tail tail_of(Stored const& record);

}  // namespace posthaste::log
