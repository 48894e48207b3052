// The plain page's files, as they stand in web/plain: CMake writes the definitions.
#pragma once

#include <string_view>

namespace posthaste::api::page {

extern std::string_view const index_html;
extern std::string_view const page_css;
extern std::string_view const page_js;

}  // namespace posthaste::api::page
