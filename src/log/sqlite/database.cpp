#include "log/sqlite/database.hpp"

#include <fmt/format.h>

#include <cctype>
#include <system_error>

#include "base/assert.hpp"

namespace posthaste::log {

namespace {

Errc code_of(int code) {
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_FORMAT:
            return Errc::corrupt;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Errc::in_use;
        default:
            return Errc::io_failed;
    }
}

/// An URI of a file that nobody writes.
std::string immutable_uri(std::filesystem::path const& path) {
    std::string uri = "file:";
    for (char const byte : path.string()) {
        bool const is_plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 ||
                              std::string_view{"/._-"}.find(byte) != std::string_view::npos;
        uri +=
            is_plain ? std::string{byte} : fmt::format("%{:02x}", static_cast<unsigned char>(byte));
    }
    return uri + "?immutable=1";
}

bool has_write_ahead_log(std::filesystem::path const& path) {
    std::error_code none;
    auto const bytes = std::filesystem::file_size(path.string() + "-wal", none);
    return !none && bytes > 0;
}

}  // namespace

Error error_of(sqlite3* handle, int code, std::string_view doing) {
    char const* const file = sqlite3_db_filename(handle, "main");
    std::string detail{doing};
    if (file != nullptr) detail += " " + std::string{file};
    detail += ": ";
    // After a failed COMMIT the message is the code's own; the code we were given is the truth.
    detail += sqlite3_errstr(code);
    std::string const said = sqlite3_errmsg(handle);
    if (said != sqlite3_errstr(code)) detail += " (" + said + ")";
    int const system = sqlite3_system_errno(handle);
    if (system != 0 && code_of(code) == Errc::io_failed) {
        detail += "; the system said: " + std::generic_category().message(system);
    }
    return Error{code_of(code), detail};
}

Result<bool> Statement::step() {
    int const code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) {
        reset();
        return false;
    }
    sqlite3* const handle = sqlite3_db_handle(statement_.get());
    Error error = error_of(handle, sqlite3_extended_errcode(handle), "using");
    reset();
    return error;
}

void Statement::reset() {
    if (statement_ != nullptr) sqlite3_reset(statement_.get());
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::bytes(int column) const {
    auto const* const data =
        static_cast<char const*>(sqlite3_column_blob(statement_.get(), column));
    auto const size = sqlite3_column_bytes(statement_.get(), column);
    if (data == nullptr) return {};
    return {data, static_cast<std::size_t>(size)};
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Statement::bind_one(int index, std::string_view bytes) {
    char const* const data = bytes.data() == nullptr ? "" : bytes.data();  // nullptr binds NULL
    int const code =
        sqlite3_bind_blob64(statement_.get(), index, data, bytes.size(), SQLITE_STATIC);
    ASSERT(code == SQLITE_OK);
}

void Statement::bind_one(int index, std::uint64_t number) {
    int const code =
        sqlite3_bind_int64(statement_.get(), index, static_cast<sqlite3_int64>(number));
    ASSERT(code == SQLITE_OK);
}

Result<Database> Database::open(
    std::filesystem::path const& path, OpenMode mode, std::string const& vfs
) {
    if (mode == OpenMode::to_read) return open_to_read(path, vfs);
    int const create = mode == OpenMode::create ? SQLITE_OPEN_CREATE : 0;
    return open_as(path, path.string(), SQLITE_OPEN_READWRITE | create, vfs);
}

Result<Database> Database::open_to_read(std::filesystem::path const& path, std::string const& vfs) {
    auto database = TRY(open_as(path, path.string(), SQLITE_OPEN_READONLY, vfs));
    // The first look at the file is what fails where no index of the WAL can be made beside it.
    auto const looked = database.integer("SELECT count(*) FROM sqlite_master");
    if (looked.ok()) return database;
    if (looked.error().code != Errc::io_failed || has_write_ahead_log(path)) {
        return Error{looked.error()};
    }
    return open_as(path, immutable_uri(path), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, vfs);
}

Result<Database> Database::open_as(
    std::filesystem::path const& path, std::string const& name, int flags, std::string const& vfs
) {
    sqlite3* handle = nullptr;
    flags |= SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int const code =
        sqlite3_open_v2(name.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
    Database database;
    database.handle_.reset(handle);
    if (code != SQLITE_OK) {
        if (handle == nullptr) return Error{Errc::io_failed, "opening " + path.string()};
        return error_of(handle, code, "opening " + path.string());
    }
    sqlite3_busy_timeout(handle, busy_ms);
    return database;
}

Status Database::run(char const* sql) {
    int const code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return error_of(handle(), code, "using");
    return Unit{};
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    int const code = sqlite3_prepare_v3(
        handle(),
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement,
        nullptr
    );
    if (code != SQLITE_OK) return error_of(handle(), code, "reading");
    return Statement{statement};
}

Result<std::int64_t> Database::integer(std::string_view sql) {
    auto statement = TRY(prepare(sql));
    if (!TRY(statement.step())) return Error{Errc::corrupt, "no row from " + std::string{sql}};
    return statement.integer(0);
}

Result<std::string> Database::text(std::string_view sql) {
    auto statement = TRY(prepare(sql));
    if (!TRY(statement.step())) return Error{Errc::corrupt, "no row from " + std::string{sql}};
    return std::string{statement.bytes(0)};
}

}  // namespace posthaste::log
