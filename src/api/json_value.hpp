// A JSON document as a tree, read strictly.
//
// Takes    UTF-8 text from outside, of any content.
// Gives    the tree; a number stays as it was written, so that no digit of a coordinate is lost.
// Errors   malformed: not JSON, a name twice in one object, or past a limit; the detail says where.
// Limits   JsonLimits; the text's size is the server's to bound.
// Source   RFC 8259, parsed by Boost.JSON (only json_value.cpp sees it).
// Threads  pure
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace posthaste::api {

struct JsonValue {
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

    Kind kind = Kind::null;
    bool truth = false;
    std::string text;                 ///< of a string, or of a number as written
    std::vector<std::string> names;   ///< of an object's members, in their order
    std::vector<JsonValue> elements;  ///< of an array, or the values of the members

    /// Of an object; nullptr when there is none of that name.
    JsonValue const* member(std::string_view name) const;
};

struct JsonLimits {
    std::size_t depth_max = 16;
    std::size_t values_max = 100'000;
};

Result<JsonValue> parse_json(std::string_view text, JsonLimits const& limits = {});

}  // namespace posthaste::api
