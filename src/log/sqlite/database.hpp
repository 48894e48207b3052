// SQLite as this folder uses it: a connection and a statement that close themselves, and one
// translation of its result codes. sqlite3.h is included nowhere else in src/.
//
// Errors   corrupt: the file is damaged or no database. in_use: another connection holds a lock for
//          longer than busy_ms. io_failed: all else; the detail names the file, what was being done
//          and what SQLite and the system said of it.
// Threads  one at a time
#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace posthaste::log {

constexpr int busy_ms = 5000;

class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* statement) : statement_{statement} {}

    /// Binds the parameters in order; text and bytes must live until the next bind.
    template <class... Values>
    void bind(Values const&... values) {
        reset();
        int index = 0;
        (bind_one(++index, values), ...);
    }
    /// True: there is a row. After false or an error the statement is reset.
    Result<bool> step();
    void reset();

    std::int64_t integer(int column) const;
    std::string_view bytes(int column) const;
    bool is_null(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };

    void bind_one(int index, std::string_view bytes);
    void bind_one(int index, std::uint64_t number);

    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets the statement at the end of the scope, so that no read lock outlives a call.
class Use {
public:
    explicit Use(Statement& statement) : statement_{statement} {}
    ~Use() { statement_.reset(); }
    Use(Use const&) = delete;
    Use& operator=(Use const&) = delete;
    Use(Use&&) = delete;
    Use& operator=(Use&&) = delete;

private:
    Statement& statement_;
};

enum class OpenMode : std::uint8_t {
    create,
    existing,
    /// Changes nothing that is stored, also beside a writer. Where the folder cannot be written in
    /// and no write-ahead log is there, the file is taken to stand still.
    to_read,
};

class Database {
public:
    Database() = default;
    /// `vfs` empty: the system's files.
    static Result<Database> open(
        std::filesystem::path const& path, OpenMode mode, std::string const& vfs
    );

    bool is_open() const { return handle_ != nullptr; }
    sqlite3* handle() const { return handle_.get(); }

    /// Runs statements without parameters or rows of interest.
    Status run(char const* sql);
    Result<Statement> prepare(std::string_view sql);
    /// The first column of the first row.
    Result<std::int64_t> integer(std::string_view sql);
    Result<std::string> text(std::string_view sql);

private:
    static Result<Database> open_to_read(std::filesystem::path const& path, std::string const& vfs);
    static Result<Database> open_as(
        std::filesystem::path const& path,
        std::string const& name,
        int flags,
        std::string const& vfs
    );

    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    std::unique_ptr<sqlite3, Close> handle_;
};

/// What this result code of this connection means.
Error error_of(sqlite3* handle, int code, std::string_view doing);

}  // namespace posthaste::log
