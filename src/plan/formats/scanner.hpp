// The lines and words of a text, and errors that say where in it they are.
//
// Units    lines count from 1; blank ones are skipped but counted. Words are apart by blanks.
// Errors   malformed: "line 12: expected ..., found \"...\"".
// Threads  a value over the caller's text
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace posthaste::plan {

struct Word {
    std::string_view text;
    std::size_t line = 0;
};

using Words = std::vector<Word>;

/// "line 12: expected <wanted>, found \"<word>\"".
Error unexpected(Word const& word, std::string const& wanted);

/// Requires: least <= most.
struct Limits {
    std::int64_t least = 0;
    std::int64_t most = 0;
};

/// A whole number; "10.0" is one too.
Result<std::int64_t> whole(Word const& word, std::string const& what, Limits limits);

/// In thousandths, however it is written: 12, 12.5, 1.25e+01.
/// Errors   also where there is more after the third decimal than zeros.
Result<std::int64_t> thousandths(Word const& word, std::string const& what, Limits limits);

class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_{text} {}

    /// Goes to the next line that is not blank; false at the end.
    bool next();
    /// Of the line it is at; without blanks around it.
    std::string_view line() const { return line_; }
    std::size_t number() const { return number_; }
    Words words() const;
    Word whole_line() const { return {line_, number_}; }

private:
    std::string_view rest_;
    std::string_view line_;
    std::size_t number_ = 0;
};

std::string_view trimmed(std::string_view text);

}  // namespace posthaste::plan
