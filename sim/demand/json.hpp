// JSON as a stream of tokens, for files larger than one wants in memory.
//
// Takes    a stream of RFC 8259 JSON.
// Gives    its tokens in order. Numbers and strings as text; an escape \u is left as it is written.
//          Commas and colons are read past: a file that misplaces them is not told from a right
//          one.
// Errors   malformed when brackets do not match, the file ends early, or a byte fits nowhere;
//          limit_exceeded.
// Limits   text_bytes_max for one string or number, depth_max for nesting.
// Threads  one thread
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace posthaste::demand {

constexpr std::size_t text_bytes_max = std::size_t{64} * 1024;
constexpr std::size_t depth_max = 64;

class JsonReader {
public:
    enum class Token : std::uint8_t {
        begin_object,
        end_object,
        begin_array,
        end_array,
        key,
        string,
        number,
        literal,  ///< true, false, null
        end,
    };

    /// Requires: `in` outlives the reader.
    explicit JsonReader(std::istream& in) : in_{&in} {}

    Result<Token> next();
    /// Of the key, string, number or literal given last.
    std::string const& text() const { return text_; }
    /// How many objects and arrays are open.
    std::size_t depth() const { return open_.size(); }

    /// Reads past the value that `token` began.
    Status skip(Token token);

private:
    Result<Token> open(char bracket, Token token);
    Result<Token> close(char bracket, Token token);
    Result<Token> string();
    Result<Token> word(char first, Token token);
    Error error(Errc code, std::string const& what) const;
    int get();
    int skip_space();

    std::istream* in_;
    std::size_t line_ = 1;
    std::string text_;
    std::vector<char> open_;
};

}  // namespace posthaste::demand
