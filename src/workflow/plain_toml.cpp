#include "workflow/plain_toml.hpp"

namespace posthaste::workflow {

namespace {

/// The text after the string that `text` begins with. A string that does not end takes it all.
std::string_view after_string(std::string_view text) {
    char const quote = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == quote) return text.substr(i + 1);
        if (text[i] == '\\' && quote == '"') ++i;
    }
    return {};
}

char const* not_plain(std::string_view line) {
    while (!line.empty() && line.front() != '#') {
        char const letter = line.front();
        if (letter == '.') return "a dot outside of a string: dotted names are not used here";
        if (line.starts_with("\"\"\"") || line.starts_with("'''"))
            return "multi-line strings are not used here";
        line = letter == '"' || letter == '\'' ? after_string(line) : line.substr(1);
    }
    return nullptr;
}

}  // namespace

std::optional<Problem> first_not_plain(std::string_view toml) {
    for (std::uint32_t number = 1; !toml.empty(); ++number) {
        auto const line = toml.substr(0, toml.find('\n'));
        if (char const* reason = not_plain(line)) return Problem{number, reason};
        toml.remove_prefix(std::min(toml.size(), line.size() + 1));
    }
    return std::nullopt;
}

}  // namespace posthaste::workflow
