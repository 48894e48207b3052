// For tests and benches of a log: records that continue a region's chain, a folder that goes away.
//
// Gives    SampleChain::next: a sealed record that the log would take next; it does not move the
//          chain on until taken() says that the log has it. The same seed gives the same bytes.
// Threads  one at a time
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/prng.hpp"
#include "log/log.hpp"

namespace posthaste::log::testing {

struct Sample {
    model::RecordHeader header;
    model::SealedRecord sealed;

    Append append() const { return append_of(header, sealed); }
    Tail tail(Position position) const {
        return {header.first_event + header.event_count - 1, sealed.checksum, header.at, position};
    }
};

class SampleChain {
public:
    SampleChain(RegionId region, std::uint64_t seed) : region_{region}, prng_{seed} {}

    Sample next(std::uint64_t event_count, std::size_t payload_bytes) {
        model::Record record;
        record.header = {
            .region = region_,
            .first_event = last_event_ + 1,
            .event_count = event_count,
            .at = Instant{1'700'000'000'000 + static_cast<std::int64_t>(last_event_)},
            .previous = checksum_};
        model::Entry entry;
        entry.envelope.device.resize(payload_bytes);
        for (char& byte : entry.envelope.device)
            byte = static_cast<char>(prng_.below(256));
        record.entries.push_back(std::move(entry));
        return {record.header, model::seal(record)};
    }
    void taken(Sample const& sample) {
        last_event_ = sample.header.first_event + sample.header.event_count - 1;
        checksum_ = sample.sealed.checksum;
    }
    /// Goes on where a log ends.
    void continue_at(Tail const& tail) {
        last_event_ = tail.last_event;
        checksum_ = tail.checksum;
    }
    EventNumber last_event() const { return last_event_; }

private:
    RegionId region_;
    Prng prng_;
    EventNumber last_event_ = 0;
    Digest checksum_;
};

class TempFolder {
public:
    TempFolder() {
        std::string name =
            (std::filesystem::temp_directory_path() / "posthaste-log-XXXXXX").string();
        ASSERT(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(TempFolder const&) = delete;
    TempFolder& operator=(TempFolder const&) = delete;
    TempFolder(TempFolder&&) = delete;
    TempFolder& operator=(TempFolder&&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace posthaste::log::testing
