#include "log/check.hpp"

#include <algorithm>

#include "base/codec.hpp"

namespace posthaste::log {

namespace {

constexpr std::size_t checksum_bytes = sizeof(Digest::bytes);

std::string number(std::uint64_t value) {
    return std::to_string(value);
}

std::string region_text(RegionId region) {
    return "region " + number(static_cast<std::uint64_t>(region));
}

Result<model::RecordHeader> header_of(std::string_view bytes) {
    if (bytes.size() < checksum_bytes) return Error{Errc::corrupt, "the record is too short"};
    std::string_view const body = bytes.substr(0, bytes.size() - checksum_bytes);
    if (digest(body) != model::checksum_of(bytes)) {
        return Error{Errc::corrupt, "the record's bytes do not match their checksum"};
    }
    model::RecordHeader header;
    Reader in{body};
    posthaste::detail::Coder<model::RecordHeader>::read(in, header);
    if (!in.ok()) return Error{Errc::corrupt, "the record's header cannot be read"};
    return header;
}

Status check_append(Append const& record) {
    // A turn stops taking inputs before its record passes the limit, so this is a bug of the
    // caller; but one that must not stop a city.
    if (record.bytes.size() > model::record_bytes_max) {
        return Error{
            Errc::limit_exceeded,
            "a record of " + number(record.bytes.size()) + " bytes passes the limit of " +
                number(model::record_bytes_max)};
    }
    ASSERT(record.event_count > 0);
    ASSERT(record.bytes.size() > checksum_bytes);
    ASSERT(model::checksum_of(record.bytes) == record.checksum);
    ASSERT_SLOW(check_record(0, record.region, record.first_event, std::string{record.bytes}).ok());
    return Unit{};
}

}  // namespace

std::string place_of(RegionId region, EventNumber event, Position position) {
    return region_text(region) + ", event " + number(event) + ", position " + number(position);
}

Append append_of(model::RecordHeader const& header, model::SealedRecord const& sealed) {
    return {
        .region = header.region,
        .first_event = header.first_event,
        .event_count = header.event_count,
        .at = header.at,
        .previous = header.previous,
        .checksum = sealed.checksum,
        .bytes = sealed.bytes};
}

Result<Tails> check_batch(Tails const& tails, std::span<Append const> records, Position last) {
    if (records.size() > append_records_max) {
        return Error{
            Errc::limit_exceeded,
            "a batch of " + number(records.size()) + " records passes the limit of " +
                number(append_records_max)};
    }
    std::size_t bytes = 0;
    Tails after;
    for (auto const& record : records) {
        TRY(check_append(record));
        bytes += record.bytes.size();
        auto known = after.find(record.region);
        if (known == after.end()) {
            auto const stored = tails.find(record.region);
            known =
                after.emplace(record.region, stored == tails.end() ? Tail{} : stored->second).first;
        }
        Tail& tail = known->second;
        if (record.first_event != tail.last_event + 1 || record.previous != tail.checksum) {
            return Error{
                Errc::fenced,
                region_text(record.region) + " ends with event " + number(tail.last_event) +
                    "; a record from event " + number(record.first_event) +
                    " on does not continue it: another writer wrote since"};
        }
        tail = {
            .last_event = record.first_event + record.event_count - 1,
            .checksum = record.checksum,
            .at = record.at,
            .position = ++last};
    }
    if (bytes > append_bytes_max) {
        return Error{
            Errc::limit_exceeded,
            "a batch of " + number(bytes) + " bytes passes the limit of " +
                number(append_bytes_max)};
    }
    return after;
}

Result<Stored> check_record(
    Position position, RegionId region, EventNumber first_event, std::string bytes
) {
    auto const header = header_of(bytes);
    if (!header.ok()) {
        return Error{
            header.error().code,
            place_of(region, first_event, position) + ": " + header.error().detail};
    }
    auto const& said = header.value();
    if (said.format > model::record_format) {
        return Error{
            Errc::too_new,
            place_of(region, first_event, position) + ": record format " + number(said.format) +
                " is newer than this version's " + number(model::record_format)};
    }
    if (said.region != region || said.first_event != first_event || said.event_count == 0) {
        return Error{
            Errc::corrupt,
            place_of(region, first_event, position) + ": the record stored here says it is " +
                region_text(said.region) + ", event " + number(said.first_event)};
    }
    Digest const checksum = model::checksum_of(bytes);
    return Stored{
        .position = position,
        .region = region,
        .first_event = first_event,
        .event_count = said.event_count,
        .at = said.at,
        .previous = said.previous,
        .checksum = checksum,
        .bytes = std::move(bytes)};
}

Status check_chain(Tail const& tail, Stored const& next) {
    if (next.first_event != tail.last_event + 1) {
        return Error{
            Errc::corrupt,
            place_of(next.region, next.first_event, next.position) +
                ": the record before ends with event " + number(tail.last_event) +
                ", so events between are missing or doubled"};
    }
    if (next.previous != tail.checksum) {
        return Error{
            Errc::corrupt,
            place_of(next.region, next.first_event, next.position) +
                ": does not name the checksum of the record before it"};
    }
    return Unit{};
}

Status check_cursor(
    std::string_view follower, Position position, Position last, std::span<Cursor const> cursors
) {
    TRY(check_name("a follower's name", follower));
    if (position > last) {
        return Error{
            Errc::not_found,
            "follower " + std::string{follower} + " says it is at position " + number(position) +
                ", but the log ends at " + number(last)};
    }
    bool const known = std::any_of(cursors.begin(), cursors.end(), [&](auto const& cursor) {
        return cursor.follower == follower;
    });
    if (known || cursors.size() < cursors_max) return Unit{};
    return Error{
        Errc::limit_exceeded,
        "there are " + number(cursors.size()) + " followers already; drop one"};
}

Status check_name(std::string_view what, std::string_view name) {
    if (!name.empty() && name.size() <= name_bytes_max) return Unit{};
    return Error{
        Errc::limit_exceeded,
        std::string{what} + " must have 1 to " + number(name_bytes_max) + " bytes"};
}

Status check_bytes(std::string_view what, std::size_t bytes, std::size_t bytes_max) {
    if (bytes <= bytes_max) return Unit{};
    return Error{
        Errc::limit_exceeded,
        std::string{what} + " of " + number(bytes) + " bytes passes the limit of " +
            number(bytes_max)};
}

Error snapshots_too_low(RegionId region, EventNumber below) {
    return Error{
        Errc::not_found,
        region_text(region) + " cannot be trimmed below event " + number(below) + ": its last " +
            number(snapshots_kept) + " snapshots do not both hold the event before it"};
}

Error archive_too_short(RegionId region, EventNumber below, Tail const& archived) {
    return Error{
        Errc::not_found,
        region_text(region) + " cannot be trimmed below event " + number(below) +
            ": its archive ends with event " + number(archived.last_event) +
            ", or is another log's"};
}

Error cursor_in_the_way(Cursor const& cursor, Position position) {
    return Error{
        Errc::in_use,
        "follower " + cursor.follower + " is at position " + number(cursor.position) +
            " and has yet to read up to " + number(position)};
}

Tail tail_of(Stored const& record) {
    return {
        .last_event = record.last_event(),
        .checksum = record.checksum,
        .at = record.at,
        .position = record.position};
}

}  // namespace posthaste::log
