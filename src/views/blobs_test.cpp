#include "views/blobs.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

namespace posthaste::views {
namespace {

struct Folder {
    Folder()
        : path{
              std::filesystem::temp_directory_path() /
              ("posthaste-blobs-" + std::to_string(::getpid()))} {}
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;
    std::filesystem::path path;
};

TEST_CASE("content is kept once under its digest, and only when it has that digest") {
    Folder const folder;
    auto const opened = Blobs::open(folder.path);
    REQUIRE(opened.ok());
    auto const& blobs = opened.value();
    std::string const photo(100'000, 'p');
    auto const name = digest(photo);
    CHECK(blobs.get(name).error().code == Errc::not_found);
    CHECK(blobs.put(name, "other").error().code == Errc::malformed);
    CHECK_FALSE(blobs.has(name));
    REQUIRE(blobs.put(name, photo).ok());
    REQUIRE(blobs.put(name, photo).ok());
    CHECK(blobs.get(name).value() == photo);
    std::size_t files = 0;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{folder.path})
        files += entry.is_regular_file() ? 1U : 0U;
    CHECK(files == 1);

    std::ofstream{folder.path / name.hex().substr(0, 2) / name.hex().substr(2)} << "damaged";
    CHECK(blobs.get(name).error().code == Errc::corrupt);
    REQUIRE(blobs.erase(name).ok());
    REQUIRE(blobs.erase(name).ok());
    CHECK_FALSE(blobs.has(name));
}

TEST_CASE("content past the limit is refused, at the limit it is taken") {
    Folder const folder;
    auto const opened = Blobs::open(folder.path);
    REQUIRE(opened.ok());
    std::string bytes(blob_bytes_max, 'x');
    CHECK(opened.value().put(digest(bytes), bytes).ok());
    bytes += 'x';
    CHECK(opened.value().put(digest(bytes), bytes).error().code == Errc::limit_exceeded);
}

TEST_CASE("a folder that cannot be made is told by its name") {
    auto const refused = Blobs::open("/proc/nowhere");
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == Errc::io_failed);
    CHECK(refused.error().detail.find("/proc/nowhere") != std::string::npos);
}

}  // namespace
}  // namespace posthaste::views
