#include "log/archive.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "log/memory/memory_log.hpp"
#include "log/testing.hpp"

namespace posthaste::log {
namespace {

using testing::Sample;
using testing::SampleChain;
using testing::TempFolder;

constexpr RegionId north{3};

void append(Log& log, SampleChain& chain, int records, std::size_t bytes = 100) {
    for (int i = 0; i < records; ++i) {
        auto const sample = chain.next(2, bytes);
        auto const record = sample.append();
        REQUIRE(log.append({&record, 1}).ok());
        chain.taken(sample);
    }
}

Archive opened(TempFolder const& folder) {
    auto archive = Archive::open(folder.path());
    REQUIRE(archive.ok());
    return std::move(archive).value();
}

/// All that is archived, from event `from` on.
std::vector<Stored> all_of(Archive const& archive, EventNumber from = 1) {
    std::vector<Stored> all;
    for (;;) {
        auto const some = archive.read(north, from);
        REQUIRE(some.ok());
        if (some.value().empty()) return all;
        all.insert(all.end(), some.value().begin(), some.value().end());
        from = all.back().last_event() + 1;
    }
}

std::filesystem::path file_of(Archive const& archive, EventNumber first_event) {
    return archive.load(north, first_event).value().path;
}

void damage(std::filesystem::path const& file) {
    std::ifstream in{file, std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    bytes[bytes.size() / 2] ^= 0x10;
    std::ofstream{file, std::ios::binary} << bytes;
}

}  // namespace

TEST_CASE("segments hold the records as they are in the log, and each continues the one before") {
    TempFolder const folder;
    auto const archive = opened(folder);
    MemoryLog log;
    SampleChain chain{north, 1};
    append(log, chain, 10);
    CHECK(archive.check(north).value() == Tail{});
    CHECK(archive.extend(log, north, 6, instant_max).value().last_event == 4);  // not half of 5-6
    CHECK(archive.extend(log, north, 15, instant_max).value().last_event == 14);
    CHECK(archive.extend(log, north, 15, instant_max).value().last_event == 14);
    CHECK(archive.segments(north).value() == std::vector<EventNumber>{1, 5});
    CHECK(archive.regions().value() == std::vector{north});
    auto const archived = all_of(archive);
    auto const stored = log.read(north, 1, std::size_t{1} << 30U).value();
    REQUIRE(archived.size() == 7);
    for (std::size_t i = 0; i < archived.size(); ++i) {
        CHECK(archived[i].bytes == stored[i].bytes);
        CHECK(archived[i].position == stored[i].position);
    }
    CHECK(all_of(archive, 6).front().first_event == 5);
    CHECK(archive.check(north).value().checksum == archived.back().checksum);
    auto const second = archive.load(north, 5).value();
    CHECK(second.before == archive.load(north, 1).value().seal);
    CHECK(second.previous == archived[1].checksum);
}

TEST_CASE("only what is older goes to the archive") {
    TempFolder const folder;
    auto const archive = opened(folder);
    MemoryLog log;
    SampleChain chain{north, 1};
    append(log, chain, 5);
    auto const third = log.read(north, 5, 1).value().front();
    CHECK(archive.extend(log, north, 100, third.at).value().last_event == 4);
}

TEST_CASE("a segment that is full is followed by another") {
    TempFolder const folder;
    auto const archive = opened(folder);
    MemoryLog log;
    SampleChain chain{north, 1};
    constexpr std::size_t half_a_mib = 500'000;
    append(log, chain, 70, half_a_mib);
    CHECK(archive.extend(log, north, 1000, instant_max).value().last_event == 140);
    CHECK(archive.segments(north).value().size() == 2);
    CHECK(archive.check(north).value().last_event == 140);
    CHECK(all_of(archive).size() == 70);
}

TEST_CASE("a damaged, missing or exchanged segment is found and named") {
    TempFolder const folder;
    auto const archive = opened(folder);
    MemoryLog log;
    SampleChain chain{north, 1};
    append(log, chain, 10);
    for (EventNumber const below : {5U, 9U, 13U})
        REQUIRE(archive.extend(log, north, below, instant_max).ok());
    auto const middle = file_of(archive, 5);
    SUBCASE("damaged") {
        damage(middle);
        auto const checked = archive.check(north);
        REQUIRE(!checked.ok());
        CHECK(checked.error().code == Errc::corrupt);
        CHECK(checked.error().detail.find(middle.string()) != std::string::npos);
        CHECK(archive.read(north, 5).error().code == Errc::corrupt);
    }
    SUBCASE("missing") {
        std::filesystem::remove(middle);
        CHECK(archive.check(north).error().code == Errc::corrupt);
    }
    SUBCASE("under another name") {
        std::filesystem::copy_file(
            middle, file_of(archive, 9), std::filesystem::copy_options::overwrite_existing
        );
        CHECK(archive.check(north).error().code == Errc::corrupt);
    }
    SUBCASE("the last is damaged: nothing is added to it") {
        damage(file_of(archive, 9));
        CHECK(archive.extend(log, north, 100, instant_max).error().code == Errc::corrupt);
    }
}

TEST_CASE("an archive of another log, or with a gap before the log, is refused") {
    TempFolder const folder;
    auto const archive = opened(folder);
    MemoryLog log;
    SampleChain chain{north, 1};
    append(log, chain, 4);
    REQUIRE(archive.extend(log, north, 5, instant_max).ok());
    MemoryLog other;
    SampleChain others{north, 2};
    append(other, others, 4);
    auto const refused = archive.extend(other, north, 100, instant_max);
    REQUIRE(!refused.ok());
    CHECK(refused.error().detail.find("is no archive of this log") != std::string::npos);
}

}  // namespace posthaste::log
