// Copies of what lies in a data folder, made while another process may have it.
//
// Errors   not_found: there is nothing to copy. in_use: where it should go something is. corrupt,
//          io_failed.
#pragma once

#include <filesystem>

#include "log/log.hpp"

namespace posthaste::log {

/// The log in `from`, with what was durable when this was called or later, to a folder that does
/// not exist or is empty. Every record is checked on its way. Gives the last position in it.
Result<Position> backup(std::filesystem::path const& from, std::filesystem::path const& to);

/// Any database of SQLite as it is at one moment; its free pages are left behind.
Status copy_database(std::filesystem::path const& from, std::filesystem::path const& to);

}  // namespace posthaste::log
