// What is compiled into the binary, so that it starts without any file beside it.
#pragma once

#include <string_view>
#include <vector>

namespace posthaste::main {

std::string_view version();

/// The TOML of each workflow that a new region gets.
std::vector<std::string_view> built_in_workflows();

}  // namespace posthaste::main
