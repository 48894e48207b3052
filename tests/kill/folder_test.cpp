// A data folder that is not as it should be: the server says what and where and does not guess; the
// doctor says the way out; and the way out works.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "api/server_process.hpp"

namespace posthaste::testing {
namespace {

bool says(std::string const& text, std::string const& words) {
    return text.find(words) != text.npos;
}

Ran start(Folder const& folder) {
    return run(folder, {"serve", "--data", folder.data(), "--port", "0"});
}
Ran doctor(Folder const& folder) {
    return run(folder, {"doctor", "--data", folder.data()});
}

void write(fs::path const& file, std::string const& bytes) {
    std::ofstream{file, std::ios::binary} << bytes;
}

/// Changes one byte in the middle.
void damage(fs::path const& file) {
    auto bytes = text_of(file);
    REQUIRE(bytes.size() > 40);
    bytes[bytes.size() / 2] ^= 0x20;
    write(file, bytes);
}

std::vector<fs::path> files_in(fs::path const& folder) {
    std::vector<fs::path> files;
    for (auto const& entry : fs::directory_iterator{folder})
        files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
}

/// A place of its own for what this process mounts. False: not permitted here.
bool may_mount() {
    static bool const may = [] {
        if (::unshare(CLONE_NEWNS) != 0) return false;
        return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    }();
    if (!may) MESSAGE("skipped: mounting wants root");
    return may;
}

class SmallDisk {
public:
    explicit SmallDisk(Folder const& folder) : at_{folder.data()} {
        fs::create_directories(at_);
        REQUIRE(::mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=8m") == 0);
    }
    SmallDisk(SmallDisk const&) = delete;
    SmallDisk& operator=(SmallDisk const&) = delete;
    ~SmallDisk() { ::umount2(at_.c_str(), MNT_DETACH); }

    /// Takes what room is left.
    void fill() const {
        std::ofstream out{at_ / "filler", std::ios::binary};
        std::string const piece(4096, 'x');
        while (out.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
        }
    }
    void make_room() const { fs::remove(at_ / "filler"); }
    void forbid_writing() const {
        REQUIRE(::mount("tmpfs", at_.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "size=8m") == 0);
    }

private:
    fs::path at_;
};

std::string make_job(Server const& server, std::string const& key, std::uint64_t number) {
    auto const made = server.ask("POST", "/v1/jobs", key, ride("r-" + std::to_string(number)));
    return made.status == 202 ? made.member("job") : "";
}

TEST_CASE("a full disk: no ack, what was acknowledged stays, and the doctor says to make room") {
    if (!may_mount()) return;
    Folder const folder;
    SmallDisk const disk{folder};
    auto const admin = make_key(folder, "admin");
    std::vector<std::string> jobs;
    {
        Server server{folder};
        std::uint64_t number = 0;
        while (jobs.size() < 5)
            jobs.push_back(make_job(server, admin, ++number));
        disk.fill();
        Answer refused{.status = 202};
        while (refused.status == 202) {
            refused = server.ask("POST", "/v1/jobs", admin, ride("f-" + std::to_string(++number)));
            if (refused.status == 202) jobs.push_back(refused.member("job"));
            REQUIRE(number < 100'000);
        }
        CHECK(refused.status == 503);
        auto const code = server.end(SIGTERM);
        CHECK((code == 0 || code == 1));
        auto const said = text_of(folder.path() / "log");
        INFO(said);
        CHECK(says(said, "log.db"));
        CHECK((says(said, "full") || says(said, "No space left")));
    }
    auto const checked = doctor(folder);
    INFO(checked.said);
    CHECK(checked.code == 1);
    CHECK(says(checked.said, "Make room on the disk"));
    disk.make_room();
    Server const server{folder};
    for (auto const& job : jobs)
        CHECK(server.ask("GET", "/v1/jobs/" + job, admin).status == 200);
    CHECK(!make_job(server, admin, 1'000'000).empty());
}

TEST_CASE("a folder that cannot be written in: nothing starts, and the doctor still reads it") {
    if (!may_mount()) return;
    Folder const folder;
    SmallDisk const disk{folder};
    make_key(folder, "admin");
    disk.forbid_writing();
    auto const started = start(folder);
    INFO(started.said);
    CHECK(started.code == 1);
    CHECK(says(started.said, "cannot be written in"));
    CHECK(says(started.said, folder.data()));
    CHECK(says(started.said, "Read-only file system"));
    CHECK(says(started.said, "posthaste doctor"));
    auto const checked = doctor(folder);
    INFO(checked.said);
    CHECK(checked.code == 1);
    CHECK(says(checked.said, "Read-only file system"));
    CHECK(says(checked.said, "Mount it for writing"));
    CHECK(says(checked.said, "events replayed"));
}

TEST_CASE("a second process on the folder is refused, and says whose it is") {
    Folder const folder;
    make_key(folder, "admin");
    Server const server{folder};
    auto const second = run(folder, {"serve", "--data", folder.data(), "--port", "0"});
    CHECK(second.code == 1);
    CHECK(second.said.find("in use by process") != second.said.npos);
}

TEST_CASE("the log is trimmed into an archive while it is served; a lost snapshot has its way out"
) {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const archive = (folder.path() / "archive").string();
    auto const snapshots = fs::path{folder.data()} / "snapshots";
    std::vector<std::string> jobs;
    {
        Server server{folder, {"--archive", archive, "--keep", "1s", "--snapshot-every", "1"}};
        auto const trimmed = [&] {
            std::error_code none;
            return fs::exists(archive + "/segments/00001-00000000000000000001.segment", none);
        };
        for (std::uint64_t i = 0; i < 600 && !trimmed(); ++i) {
            jobs.push_back(make_job(server, admin, i));
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
        CHECK(trimmed());
        INFO(text_of(folder.path() / "log"));
        CHECK(server.end(SIGTERM) == 0);
    }
    auto const by_hand =
        run(folder, {"trim", "--data", folder.data(), "--archive", archive, "--keep", "1s"});
    INFO(by_hand.said);
    CHECK(by_hand.code == 0);
    auto const checked = run(folder, {"doctor", "--data", folder.data(), "--archive", archive});
    INFO(checked.said);
    CHECK(checked.code == 0);
    CHECK(!says(checked.said, "were trimmed away"));
    CHECK(says(doctor(folder).said, "were trimmed away; --archive checks them too"));
    // Every snapshot of the folder is lost: the archive has the one that the log continues.
    for (auto const& file : files_in(snapshots))
        damage(file);
    auto const refused = start(folder);
    INFO(refused.said);
    CHECK(refused.code == 1);
    CHECK(says(refused.said, "trimmed away, and no snapshot of it can be used"));
    auto const said = doctor(folder);
    INFO(said.said);
    CHECK(says(said.said, "put the archive's"));
    for (auto const& file : files_in(snapshots))
        fs::remove(file);
    for (auto const& file : files_in(fs::path{archive} / "snapshots"))
        fs::copy_file(file, snapshots / file.filename());
    Server const server{folder};
    for (auto const& job : jobs)
        CHECK(server.ask("GET", "/v1/jobs/" + job, admin).status == 200);
}

TEST_CASE("the doctor changes nothing, beside a running server and after it was killed") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    Server server{folder};
    CHECK(!make_job(server, admin, 1).empty());
    auto const beside = doctor(folder);
    INFO(beside.said);
    CHECK(beside.code == 0);
    CHECK(says(beside.said, "events replayed"));
    CHECK(!make_job(server, admin, 2).empty());
    server.end(SIGKILL);
    auto const contents = [&] {
        std::map<std::string, std::string> files;
        for (auto const& entry : fs::recursive_directory_iterator{folder.data()}) {
            bool const is_index = entry.path().string().ends_with("-shm");
            if (entry.is_regular_file() && !is_index)
                files[entry.path().string()] = text_of(entry.path());
        }
        return files;
    };
    auto const before = contents();
    CHECK(doctor(folder).code == 0);
    CHECK(contents() == before);
}

TEST_CASE("a log of a newer version is refused, and left as it is") {
    Folder const folder;
    make_key(folder, "admin");
    auto const file = fs::path{folder.data()} / "log.db";
    auto bytes = text_of(file);
    constexpr std::size_t user_version_at = 60;  // of SQLite's header, big endian
    REQUIRE(bytes[user_version_at + 3] == 1);
    bytes[user_version_at + 3] = 2;
    write(file, bytes);
    auto const started = start(folder);
    INFO(started.said);
    CHECK(started.code == 1);
    CHECK(says(started.said, file.string()));
    CHECK(says(started.said, "log format 2; this version knows up to 1"));
    CHECK(says(started.said, "Start the version that wrote it, or a newer one"));
    auto const checked = doctor(folder);
    INFO(checked.said);
    CHECK(checked.code == 1);
    CHECK(says(checked.said, "Start the version that wrote it, or a newer one"));
    CHECK(text_of(file) == bytes);
}

TEST_CASE("a corrupt record is found, by the server and by the doctor, with the way out") {
    Folder const folder;
    make_key(folder, "admin");
    {
        Server server{folder};
        CHECK(server.end(SIGTERM) == 0);
    }
    auto const saved =
        run(folder, {"backup", "--data", folder.data(), "--to", (folder.path() / "copy").string()});
    CHECK(saved.code == 0);
    auto const file = fs::path{folder.data()} / "log.db";
    auto bytes = text_of(file);
    auto const at = bytes.find("field_service");
    REQUIRE(at != bytes.npos);
    bytes[at] = 'F';
    std::ofstream{file, std::ios::binary} << bytes;
    auto const started = run(folder, {"serve", "--data", folder.data(), "--port", "0"});
    CHECK(started.code == 1);
    CHECK(started.said.find("posthaste doctor") != started.said.npos);
    auto const checked = run(folder, {"doctor", "--data", folder.data()});
    CHECK(checked.code == 1);
    CHECK(checked.said.find("restore the newest backup") != checked.said.npos);
    auto const restored = (folder.path() / "restored").string();
    auto const from = (folder.path() / "copy").string();
    CHECK(run(folder, {"restore", "--from", from, "--data", restored}).code == 0);
    CHECK(run(folder, {"doctor", "--data", restored}).code == 0);
}

TEST_CASE("a corrupt snapshot is told and gone on without; the doctor names the file") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    std::string job;
    {
        Server server{folder, {"--snapshot-every", "1"}};
        job = make_job(server, admin, 1);
        auto const snapshots = fs::path{folder.data()} / "snapshots";
        for (int i = 0; i < 400 && files_in(snapshots).size() < 2; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        CHECK(server.end(SIGTERM) == 0);
    }
    auto const files = files_in(fs::path{folder.data()} / "snapshots");
    REQUIRE(!files.empty());
    damage(files.back());
    auto const checked = doctor(folder);
    INFO(checked.said);
    CHECK(checked.code == 1);
    CHECK(says(checked.said, files.back().string()));
    CHECK(says(checked.said, "Delete the file"));
    {
        Server server{folder};
        auto const said = text_of(folder.path() / "log");
        INFO(said);
        CHECK(says(said, files.back().string() + ": the bytes do not match their checksum"));
        CHECK(server.ask("GET", "/v1/jobs/" + job, admin).member("reference") == "r-1");
        CHECK(server.end(SIGTERM) == 0);
    }
    fs::remove(files.back());
    CHECK(doctor(folder).code == 0);
}

TEST_CASE("a corrupt position checkpoint is told and gone on without") {
    Folder const folder;
    auto const admin = make_key(folder, "admin");
    auto const positions = fs::path{folder.data()} / "positions";
    {
        Server server{folder};
        for (int i = 0; i < 40; ++i) {
            auto const put = server.ask(
                "PUT",
                "/v1/agents/W" + std::to_string(i),
                admin,
                R"({"home":{"lat":57.7,"lon":11.97},"vehicle_kind":"van"})"
            );
            CHECK(put.status / 100 == 2);
        }
        for (int i = 0; i < 400 && files_in(positions).empty(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        CHECK(server.end(SIGTERM) == 0);
    }
    auto const files = files_in(positions);
    REQUIRE(files.size() == 1);
    damage(files[0]);
    auto const checked = doctor(folder);
    INFO(checked.said);
    CHECK(checked.code == 1);
    CHECK(says(checked.said, files[0].string()));
    CHECK(says(checked.said, "positions come back with the next fixes"));
    Server const server{folder};
    auto const said = text_of(folder.path() / "log");
    INFO(said);
    CHECK(says(said, files[0].string() + ": the bytes do not match their checksum"));
}

}  // namespace
}  // namespace posthaste::testing
