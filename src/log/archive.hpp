// What left the log: a region's records in sealed segments, each continuing the one before.
//
// Takes    a folder of its own, which may be on another disk; a log whose oldest records are to go.
// Gives    extend: copies them, reads each written segment back, and only then says how far the
//          archive reaches; Log::trim wants to be told. read: the same records again, so that
//          archive and log together replay from the first event. base: the snapshot with which
//          what is left in the log begins.
// Shapes   docs/formats/log.md, "The archive". A segment names the region, its events, the
//          checksum of the record before it and the seal of the segment before it.
// Errors   corrupt, naming the file: not whole, not the one its name says, or not the one after
//          its predecessor; also when the archive is of another log. too_new. io_failed.
// Order    segments: by event.
// Cost     extend: two passes over what is copied, and one over the last segment before it.
// Threads  one that extends; any that read.
// Limits   segment_bytes_max, or one record where that is more.
#pragma once

#include <filesystem>
#include <vector>

#include "log/log.hpp"
#include "log/sealed_file.hpp"

namespace posthaste::log {

constexpr std::size_t segment_bytes_max = std::size_t{32} * 1024 * 1024;

struct Segment {
    std::filesystem::path path;
    EventNumber first_event = 0;
    EventNumber last_event = 0;
    Digest previous;  ///< the checksum of the record before the first
    Digest before;    ///< the seal of the segment before; zero for the first
    Digest seal;      ///< of this one
    std::vector<Stored> records;
};

class Archive {
public:
    /// Makes the folder.
    static Result<Archive> open(std::filesystem::path const& folder);
    /// Only to look; makes nothing.
    static Archive at(std::filesystem::path const& folder);

    /// Copies the region's records whose events are all below `below` and that are older than
    /// `before`, from the archive's end on. Gives where the archive ends then.
    /// Errors: those above; corrupt also when the log begins after the archive's end.
    Result<Tail> extend(Log const& log, RegionId region, EventNumber below, Instant before) const;

    Result<std::vector<RegionId>> regions() const;
    /// Their first events.
    Result<std::vector<EventNumber>> segments(RegionId region) const;
    /// Read whole and checked within itself. Errors: not_found.
    Result<Segment> load(RegionId region, EventNumber first_event) const;
    /// Reads all of it. Where the last segment ends; nothing is archived: all zero.
    Result<Tail> check(RegionId region) const;
    /// The records of the segment that holds `from`, from that record on. Empty: it ends before.
    Result<std::vector<Stored>> read(RegionId region, EventNumber from) const;

    /// Kept beside the segments under the same name as in a data folder, to be put back there.
    Status save_base(RegionId region, Snapshot const& snapshot) const;
    /// The newest that is whole; none: never saved.
    Result<std::optional<Snapshot>> base(RegionId region) const;

private:
    explicit Archive(std::filesystem::path folder) : folder_{std::move(folder)} {}
    std::filesystem::path path_of(RegionId region, EventNumber first_event) const;
    Status save(RegionId region, Segment& segment) const;

    std::filesystem::path folder_;
};

}  // namespace posthaste::log
