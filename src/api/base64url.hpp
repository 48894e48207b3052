// Bytes as text for URLs and headers: base64url without padding (RFC 4648, section 5).
//
// Threads  pure
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace posthaste::api {

std::string base64url(std::string_view bytes);
/// Nothing when a letter is foreign, or the text is not what base64url gives for some bytes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace posthaste::api
