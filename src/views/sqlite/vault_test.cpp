#include "views/sqlite/vault.hpp"

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace posthaste::views {
namespace {

constexpr RegionId region{3};

struct Folder {
    Folder() {
        static int count = 0;
        path = std::filesystem::temp_directory_path() /
               ("posthaste-vault-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    bool holds(std::string const& secret) const {
        for (auto const& entry : std::filesystem::recursive_directory_iterator{path}) {
            std::ifstream file{entry.path(), std::ios::binary};
            std::string const bytes{std::istreambuf_iterator<char>{file}, {}};
            if (bytes.find(secret) != std::string::npos) return true;
        }
        return false;
    }
    void run(char const* name, char const* sql) const {
        sqlite3* database = nullptr;
        REQUIRE(sqlite3_open((path / name).c_str(), &database) == SQLITE_OK);
        CHECK(sqlite3_exec(database, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
        sqlite3_close(database);
    }
    std::filesystem::path path;
};

PersonalData const ada{
    .name = "Ada Lovelace",
    .phone = "+44 20 1815",
    .address = "12 St James's Square",
    .notes = "ring twice, the dog is deaf"};

std::unique_ptr<Vault> open(Folder const& folder) {
    auto vault = Vault::open(folder.path);
    REQUIRE(vault.ok());
    return std::move(vault).value();
}

TEST_CASE("what was put in comes back, over restarts, and lies on no disk in the clear") {
    Folder const folder;
    model::SubjectId subject{};
    {
        auto const vault = open(folder);
        subject = vault->add(region, ada).value();
        CHECK(region_of(subject) == region);
        CHECK(vault->get(subject).value() == ada);
    }
    auto const vault = open(folder);
    CHECK(vault->get(subject).value() == ada);
    PersonalData changed = ada;
    changed.phone = "+44 20 1852";
    REQUIRE(vault->set(subject, changed).ok());
    CHECK(vault->get(subject).value() == changed);
    for (auto const& secret : {ada.name, ada.phone, ada.address, ada.notes, changed.phone})
        CHECK_FALSE(folder.holds(secret));
}

TEST_CASE("who was erased cannot be read, not even from a copy of the records, nor come back") {
    Folder const folder;
    auto const vault = open(folder);
    auto const gone = vault->add(region, ada).value();
    auto const stays = vault->add(region, ada).value();
    auto const digest_before = vault->digest_of_notes(gone, ada.notes).value();
    CHECK(digest_before != vault->digest_of_notes(stays, ada.notes).value());
    std::filesystem::copy_file(folder.path / "subjects.db", folder.path / "copy");
    REQUIRE(vault->erase(gone).ok());
    std::filesystem::copy_file(
        folder.path / "copy",
        folder.path / "subjects.db",
        std::filesystem::copy_options::overwrite_existing
    );
    auto const again = open(folder);
    for (auto const& status :
         {again->get(gone).ok(),
          again->set(gone, ada).ok(),
          again->digest_of_notes(gone, ada.notes).ok()})
        CHECK_FALSE(status);
    CHECK(again->get(gone).error().code == Errc::not_found);
    CHECK(again->get(gone).error().detail.find("erased") != std::string::npos);
    CHECK(again->get(stays).value() == ada);
    CHECK(again->erase(gone).ok());
    CHECK(again->add(region, ada).value() > stays);
}

TEST_CASE("a wrong key, a damaged row and swapped rows are told, and give nothing") {
    for (auto const* const damage :
         {"UPDATE subjects SET box = zeroblob(length(box)) WHERE id & 0xffff = 1",
          "UPDATE subjects SET box = x'00' WHERE id & 0xffff = 1",
          "UPDATE subjects SET box = (SELECT box FROM subjects WHERE id & 0xffff = 2)"}) {
        CAPTURE(damage);
        Folder const folder;
        auto const vault = open(folder);
        auto const first = vault->add(region, ada).value();
        REQUIRE(vault->add(region, ada).ok());
        folder.run("subjects.db", damage);
        CHECK(vault->get(first).error().code == Errc::corrupt);
    }
    Folder const folder;
    auto const vault = open(folder);
    auto const subject = vault->add(region, ada).value();
    folder.run("subject_keys.db", "UPDATE keys SET key = randomblob(32)");
    CHECK(vault->get(subject).error().code == Errc::corrupt);
    folder.run("subject_keys.db", "UPDATE keys SET key = x'01'");
    CHECK(vault->get(subject).error().code == Errc::corrupt);
}

TEST_CASE("a field past its limit is refused, and an unknown subject is not found") {
    Folder const folder;
    auto const vault = open(folder);
    PersonalData long_notes = ada;
    long_notes.notes = std::string(notes_bytes_max, 'x');
    CHECK(vault->add(region, long_notes).ok());
    long_notes.notes += 'x';
    CHECK(vault->add(region, long_notes).error().code == Errc::limit_exceeded);
    CHECK(vault->get(model::SubjectId{99}).error().code == Errc::not_found);
}

}  // namespace
}  // namespace posthaste::views
