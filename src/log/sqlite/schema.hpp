// The database of records: its tables, its version, and how a connection to it is set up.
//
// Shapes   docs/formats/log.md.
// Errors   of open: corrupt when the file is not a log of ours; too_new when a newer version made
//          it; and those of Database.
#pragma once

#include <filesystem>
#include <string>

#include "log/check.hpp"
#include "log/sqlite/database.hpp"
#include "log/sqlite/sqlite_log.hpp"

namespace posthaste::log {

constexpr std::int64_t schema_version = 1;
constexpr std::int64_t application_id = 0x504f5354;  // "POST"
constexpr char const* database_name = "log.db";

/// Makes the tables when the file is new. What it holds is durable when this returns: a commit
/// that a crashed process had not yet synced may be seen after a restart, and nobody may be told
/// of it before it is.
Result<Database> open_writer(std::filesystem::path const& folder, Options const& options);
Result<Database> open_reader(
    std::filesystem::path const& folder, Options const& options, OpenMode mode = OpenMode::existing
);

/// Errors: not_found.
Status check_there(std::filesystem::path const& folder);

/// Errors: corrupt, too_new.
Status check_version(Database& database, std::filesystem::path const& path);

/// The last record of each region, checked. Errors: corrupt, too_new.
Result<Tails> read_tails(Database& database);

/// Where each trimmed region's records begin: the end of what went. Errors: corrupt.
Result<Tails> read_trimmed(Database& database);

/// A row of (position, region, first_event, bytes), checked.
Result<Stored> record_of(Statement const& row);

}  // namespace posthaste::log
