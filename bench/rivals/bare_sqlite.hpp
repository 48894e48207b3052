// The rival of every figure about commits: SQLite alone, with synchronous=FULL, as one would write
// an events table by hand. No checksums, no chain, no regions, SQLite's own checkpoints.
//
// Takes    rows of bytes; one transaction a commit, prepared statements.
// Errors   none are returned: a bench that cannot write stops, and says why.
// Threads  one at a time
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <span>
#include <string_view>

namespace posthaste::rivals {

class BareSqlite {
public:
    explicit BareSqlite(std::filesystem::path const& path) {
        check(sqlite3_open(path.c_str(), &database_));
        run("PRAGMA journal_mode=WAL");
        run("PRAGMA synchronous=FULL");
        run("CREATE TABLE ev(seq INTEGER PRIMARY KEY, ts INTEGER, body BLOB)");
        prepare("BEGIN IMMEDIATE", begin_);
        prepare("INSERT INTO ev VALUES(?,?,?)", insert_);
        prepare("COMMIT", commit_);
        prepare("SELECT seq, ts, body FROM ev ORDER BY seq", select_);
    }
    ~BareSqlite() {
        for (auto* const statement : {begin_, insert_, commit_, select_})
            sqlite3_finalize(statement);
        sqlite3_close(database_);
    }
    BareSqlite(BareSqlite const&) = delete;
    BareSqlite& operator=(BareSqlite const&) = delete;
    BareSqlite(BareSqlite&&) = delete;
    BareSqlite& operator=(BareSqlite&&) = delete;

    /// Durable when it returns.
    void commit(std::span<std::string_view const> rows) {
        step(begin_);
        for (auto const row : rows) {
            ++count_;
            check(sqlite3_bind_int64(insert_, 1, count_));
            check(sqlite3_bind_int64(insert_, 2, count_ * 1000));
            check(sqlite3_bind_blob64(insert_, 3, row.data(), row.size(), SQLITE_STATIC));
            step(insert_);
        }
        step(commit_);
    }

    /// Calls `each` with the bytes of every row, in order.
    template <class Each>
    void scan(Each each) {
        while (sqlite3_step(select_) == SQLITE_ROW) {
            auto const* const bytes = static_cast<char const*>(sqlite3_column_blob(select_, 2));
            each(std::string_view{bytes, static_cast<std::size_t>(sqlite3_column_bytes(select_, 2))}
            );
        }
        sqlite3_reset(select_);
    }

private:
    void check(int code) {
        if (code == SQLITE_OK || code == SQLITE_DONE) return;
        std::fprintf(stderr, "bare SQLite: %s\n", sqlite3_errmsg(database_));
        std::exit(1);
    }
    void run(char const* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
    void prepare(char const* sql, sqlite3_stmt*& statement) {
        check(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr));
    }
    void step(sqlite3_stmt* statement) {
        check(sqlite3_step(statement));
        sqlite3_reset(statement);
    }

    sqlite3* database_ = nullptr;
    sqlite3_stmt* begin_ = nullptr;
    sqlite3_stmt* insert_ = nullptr;
    sqlite3_stmt* commit_ = nullptr;
    sqlite3_stmt* select_ = nullptr;
    std::int64_t count_ = 0;
};

}  // namespace posthaste::rivals
