// The part of TOML that a workflow is written in: `key = value`, [[sections]], comments.
//
// Takes    any bytes.
// Gives    the sections in file order, the one before the first [[header]] first and without a
//          name; or the first thing that cannot be read. What is accepted means the same in
//          TOML 1.0.
// Shapes   a value is true, false, "text" or an array of texts; in a text only \" and \\.
// Errors   a Problem with its line; never recursion, never an exception.
// Cost     O(bytes)
// Threads  pure
// Limits   keys_max keys a section; the caller bounds the bytes.
// Why      toml++ 3.3 cannot be given a stranger's bytes: `[[` and a newline is an assertion, and
//          undefined behaviour where assertions are off; `a.a.a...` overflows the stack when its
//          tables are destroyed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/load.hpp"

namespace posthaste::workflow {

constexpr std::size_t keys_max = 16;

/// A text of the file, and where it stands.
struct Word {
    std::string text;
    std::uint32_t line = 1;
};

struct Entry {
    enum class Kind : std::uint8_t { flag, text, list };

    Word key;
    Kind kind = Kind::flag;
    bool flag = false;
    std::vector<Word> words;  ///< one for a text
};

struct Section {
    Word name;
    std::vector<Entry> entries;

    Entry const* find(std::string_view key) const;
};

struct Parsed {
    std::vector<Section> sections;
    std::optional<Problem> problem;
};

Parsed parse_plain_toml(std::string_view toml);

}  // namespace posthaste::workflow
