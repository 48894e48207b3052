// A larger network out of a real one: the same city many times, side by side, with roads between.
#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "road/network.hpp"

namespace posthaste::bench {

/// wide * high copies of the city.
Result<road::OwnedColumns> tiled(
    std::filesystem::path const& city, std::int64_t wide, std::int64_t high
);

}  // namespace posthaste::bench
