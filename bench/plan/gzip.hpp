// The text of a gzip file.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace posthaste::bench {

/// Errors: io_failed where it is absent, cut off or broken.
Result<std::string> text_of_gzip(std::filesystem::path const& file);

}  // namespace posthaste::bench
