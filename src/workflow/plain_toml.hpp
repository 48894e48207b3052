// The part of TOML that a workflow needs: no dotted names, no multi-line strings.
//
// Why      toml++ builds a table for each part of a dotted name and destroys them recursively, so
//          64 KiB of `a.a.a` is a stack overflow. Without dots nesting is by brackets alone,
//          which toml++ bounds itself.
// Threads  pure
#pragma once

#include <optional>
#include <string_view>

#include "workflow/load.hpp"

namespace posthaste::workflow {

/// The first thing in the text that is not plain.
std::optional<Problem> first_not_plain(std::string_view toml);

}  // namespace posthaste::workflow
