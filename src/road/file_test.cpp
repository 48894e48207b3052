#include "road/file.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <fstream>
#include <sstream>

#include "road/testing.hpp"

namespace posthaste::road {
namespace {

namespace fs = std::filesystem;

class Folder {
public:
    Folder() {
        auto name = (fs::temp_directory_path() / "roads-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    ~Folder() { fs::remove_all(path_); }
    fs::path file() const { return path_ / "city.roads"; }

private:
    fs::path path_;
};

std::string bytes_of(fs::path const& file) {
    std::ostringstream text;
    text << std::ifstream{file, std::ios::binary}.rdbuf();
    return text.str();
}

void put(fs::path const& file, std::string const& bytes) {
    std::ofstream{file, std::ios::binary | std::ios::trunc} << bytes;
}

TEST_CASE("a network comes back out of its file as it was") {
    Folder const folder;
    auto const columns = testing::random_city(3, 12);
    auto const written = write_network(columns, testing::motor, folder.file());
    REQUIRE(written.ok());
    CHECK(written.value().bytes == fs::file_size(folder.file()));
    auto const opened = NetworkFile::open(folder.file());
    REQUIRE(opened.ok());
    auto const& file = *opened.value();
    CHECK(file.info().digest == written.value().digest);
    CHECK(file.info().profiles == testing::motor);
    auto const expected = network_of(columns);
    CHECK(std::ranges::equal(file.network().up_head, expected.up_head));
    CHECK(std::ranges::equal(file.network().turn_to, expected.turn_to));
    CHECK(std::ranges::equal(file.network().places, expected.places));
    CHECK(std::ranges::equal(file.network().names, expected.names));
}

TEST_CASE("a file that is cut off or changed anywhere is refused") {
    Folder const folder;
    REQUIRE(write_network(testing::random_city(3, 4), testing::motor, folder.file()).ok());
    auto const whole = bytes_of(folder.file());
    Prng prng{5};
    for (int i = 0; i < 300; ++i) {
        auto bytes = whole;
        if (prng.chance(500)) {
            bytes.resize(prng.below(bytes.size()));
        } else {
            bytes[prng.below(bytes.size())] ^= static_cast<char>(1U << prng.below(8));
        }
        put(folder.file(), bytes);
        auto const opened = NetworkFile::open(folder.file());
        INFO("round ", i);
        REQUIRE_FALSE(opened.ok());
        CHECK((opened.error().code == Errc::corrupt || opened.error().code == Errc::too_new));
    }
}

TEST_CASE("a later version asks for an upgrade, and a missing file says its name") {
    Folder const folder;
    REQUIRE(write_network(testing::random_city(3, 4), testing::motor, folder.file()).ok());
    auto bytes = bytes_of(folder.file());
    bytes[8] = 9;
    put(folder.file(), bytes);
    auto const opened = NetworkFile::open(folder.file());
    REQUIRE_FALSE(opened.ok());
    CHECK(opened.error().code == Errc::too_new);
    auto const missing = NetworkFile::open(folder.file().string() + "x");
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().detail.find("city.roadsx") != std::string::npos);
}

TEST_CASE("a file of version 1 opens, with nothing to search in it") {
    Folder const folder;
    auto const columns = testing::random_city(3, 4);
    REQUIRE(write_network(columns, testing::motor, folder.file()).ok());
    auto bytes = bytes_of(folder.file());
    constexpr std::size_t seal_at = 4096 - sizeof(Digest);
    auto const head_with = [&](char version, char column_count) {
        bytes[8] = version;
        bytes[12] = column_count;
        auto const seal = digest({bytes.data(), seal_at});
        std::memcpy(bytes.data() + seal_at, &seal, sizeof(seal));
        put(folder.file(), bytes);
    };
    head_with(1, 23);
    auto const opened = NetworkFile::open(folder.file());
    REQUIRE(opened.ok());
    CHECK(opened.value()->network().edge_count() == columns.edge_head.size());
    CHECK(opened.value()->network().gazetteer.entry_count() == 0);
    CHECK(opened.value()->info().gazetteer_bytes == 0);
    head_with(1, 31);
    CHECK_FALSE(NetworkFile::open(folder.file()).ok());
    head_with(2, 23);
    CHECK_FALSE(NetworkFile::open(folder.file()).ok());
}

TEST_CASE("nothing half-written: a folder that is not there leaves no file") {
    auto const written =
        write_network(testing::random_city(3, 4), testing::motor, "/nonexistent/city.roads");
    REQUIRE_FALSE(written.ok());
    CHECK(written.error().code == Errc::io_failed);
}

}  // namespace
}  // namespace posthaste::road
