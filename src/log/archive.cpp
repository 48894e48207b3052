#include "log/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "log/check.hpp"
#include "log/sqlite/files.hpp"

namespace posthaste::log {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t read_bytes = std::size_t{1} << 20U;

struct SegmentHeader {
    std::uint32_t file_format = 1;
    RegionId region{};
    EventNumber first_event = 0;
    EventNumber last_event = 0;
    std::uint64_t record_count = 0;
    Digest previous;
    Digest before;

    static void fields(auto& self, auto&& field) {
        field(1, "file_format", self.file_format);
        field(2, "region", self.region);
        field(3, "first_event", self.first_event);
        field(4, "last_event", self.last_event);
        field(5, "record_count", self.record_count);
        field(6, "previous", self.previous);
        field(7, "before", self.before);
    }
};

std::uint16_t number_of(RegionId region) {
    return static_cast<std::uint16_t>(region);
}

Tail end_of(Segment const& segment) {
    return tail_of(segment.records.back());
}

/// The records of a segment's bytes, each whole and continuing the one before.
Status read_records(std::string_view bytes, RegionId region, Segment& segment) {
    Reader in{bytes};
    Tail tail{.last_event = segment.first_event - 1, .checksum = segment.previous};
    while (in.ok() && in.left() > 0) {
        auto const position = in.varint();
        auto const record = in.take(in.varint());
        if (!in.ok()) break;
        auto stored = TRY(check_record(position, region, tail.last_event + 1, std::string{record}));
        TRY(check_chain(tail, stored));
        tail = tail_of(stored);
        segment.records.push_back(std::move(stored));
    }
    if (in.ok() && tail.last_event == segment.last_event) return Unit{};
    return Error{Errc::corrupt, segment.path.string() + ": does not hold the records it says"};
}

bool may_go(Stored const& record, EventNumber below, Instant before) {
    return record.last_event() < below && record.at < before;
}

}  // namespace

Result<Archive> Archive::open(fs::path const& folder) {
    TRY(make_folder(folder / "segments"));
    TRY(make_folder(folder / "snapshots"));
    return Archive{folder};
}

Archive Archive::at(fs::path const& folder) {
    return Archive{folder};
}

fs::path Archive::path_of(RegionId region, EventNumber first_event) const {
    return folder_ / "segments" /
           fmt::format("{:05}-{:020}.segment", number_of(region), first_event);
}

Result<std::vector<EventNumber>> Archive::segments(RegionId region) const {
    auto const prefix = fmt::format("{:05}-", number_of(region));
    std::vector<EventNumber> firsts;
    for (auto const& path : TRY(list(folder_ / "segments"))) {
        auto const name = path.filename().string();
        if (!name.starts_with(prefix) || path.extension() != ".segment") continue;
        EventNumber first = 0;
        std::from_chars(name.data() + prefix.size(), name.data() + name.size(), first);
        firsts.push_back(first);
    }
    std::ranges::sort(firsts);
    return firsts;
}

Result<std::vector<RegionId>> Archive::regions() const {
    std::vector<RegionId> regions;
    for (auto const& path : TRY(list(folder_ / "segments"))) {
        auto const name = path.filename().string();
        std::uint16_t number = 0;
        auto const read = std::from_chars(name.data(), name.data() + name.size(), number);
        if (read.ec == std::errc{} && path.extension() == ".segment")
            regions.push_back(RegionId{number});
    }
    std::ranges::sort(regions);
    regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
    return regions;
}

Result<Segment> Archive::load(RegionId region, EventNumber first_event) const {
    Segment segment{.path = path_of(region, first_event)};
    constexpr auto bytes_max = segment_bytes_max + 2 * model::record_bytes_max;
    auto bytes = TRY(read_sealed(segment.path, bytes_max));
    if (bytes.size() >= checksum_bytes) segment.seal = model::checksum_of(bytes);
    auto const header = TRY(unpack<SegmentHeader>(segment.path, bytes));
    if (header.region != region || header.first_event != first_event) {
        return Error{
            Errc::corrupt,
            segment.path.string() + ": holds " + place_of(header.region, header.first_event, 0)};
    }
    segment.first_event = header.first_event;
    segment.last_event = header.last_event;
    segment.previous = header.previous;
    segment.before = header.before;
    auto const read = read_records(bytes, region, segment);
    if (!read.ok())
        return Error{read.error().code, segment.path.string() + ": " + read.error().detail};
    if (segment.records.size() == header.record_count) return segment;
    return Error{Errc::corrupt, segment.path.string() + ": does not hold the records it says"};
}

Result<Tail> Archive::check(RegionId region) const {
    Tail tail;
    Digest seal;
    for (auto const first : TRY(segments(region))) {
        auto const segment = TRY(load(region, first));
        TRY(check_chain(tail, segment.records.front()));
        if (segment.before != seal) {
            return Error{
                Errc::corrupt,
                segment.path.string() + ": does not name the seal of the segment before it"};
        }
        seal = segment.seal;
        tail = end_of(segment);
    }
    return tail;
}

Result<std::vector<Stored>> Archive::read(RegionId region, EventNumber from) const {
    auto const firsts = TRY(segments(region));
    auto const after = std::ranges::upper_bound(firsts, from);
    if (after == firsts.begin()) return std::vector<Stored>{};
    auto segment = TRY(load(region, *std::prev(after)));
    std::erase_if(segment.records, [&](auto const& record) { return record.last_event() < from; });
    return std::move(segment.records);
}

// Sealed, and read back from the disk: only what can be read again may leave the log.
Status Archive::save(RegionId region, Segment& segment) const {
    SegmentHeader const header{
        .region = region,
        .first_event = segment.records.front().first_event,
        .last_event = segment.records.back().last_event(),
        .record_count = segment.records.size(),
        .previous = segment.records.front().previous,
        .before = segment.before};
    Writer out;
    for (auto const& record : segment.records) {
        out.varint(record.position);
        out.varint(record.bytes.size());
        out.raw(record.bytes);
    }
    TRY(replace_file(path_of(region, header.first_event), pack(header, out.bytes())));
    segment = TRY(load(region, header.first_event));
    return Unit{};
}

Result<Tail> Archive::extend(Log const& log, RegionId region, EventNumber below, Instant before)
    const {
    Tail tail;
    Segment segment;
    auto const firsts = TRY(segments(region));
    if (!firsts.empty()) {
        auto const last = TRY(load(region, firsts.back()));
        tail = end_of(last);
        segment.before = last.seal;
    }
    std::size_t bytes = 0;
    auto const seal = [&]() -> Status {
        if (segment.records.empty()) return Unit{};
        TRY(save(region, segment));
        segment = Segment{.before = segment.seal};
        bytes = 0;
        return Unit{};
    };
    for (bool more = true; more;) {
        auto records = log.read(region, tail.last_event + 1, read_bytes);
        if (!records.ok() && records.error().code == Errc::not_found) {
            return Error{
                Errc::corrupt,
                fmt::format(
                    "the archive of region {} in {} ends with event {}, and the log begins later",
                    number_of(region),
                    folder_.string(),
                    tail.last_event
                )};
        }
        auto chunk = TRY(std::move(records));
        more = !chunk.empty();
        for (auto& record : chunk) {
            auto const continues = check_chain(tail, record);
            if (!continues.ok()) {
                return Error{
                    Errc::corrupt,
                    folder_.string() + " is no archive of this log: " + continues.error().detail};
            }
            more = may_go(record, below, before);
            if (!more) break;
            tail = tail_of(record);
            bytes += record.bytes.size();
            segment.records.push_back(std::move(record));
            if (bytes >= segment_bytes_max) TRY(seal());
        }
    }
    TRY(seal());
    return tail;
}

Status Archive::save_base(RegionId region, Snapshot const& snapshot) const {
    return Files::at(folder_).save_snapshot(region, snapshot);
}

Result<std::optional<Snapshot>> Archive::base(RegionId region) const {
    for (auto const& file : TRY(Files::at(folder_).snapshots(region))) {
        auto snapshot = Files::load(region, file);
        if (snapshot.ok()) return std::optional{std::move(snapshot).value()};
    }
    return std::optional<Snapshot>{};
}

}  // namespace posthaste::log
