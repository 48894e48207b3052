// simdjson, behind this folder: fields of one object in one pass, numbers as their own digits.
//
// Takes    bytes copied into padded memory (JsonScratch), at most what the caller bounded.
// Errors   malformed with simdjson's own reason. What a format does not read is checked for
//          balance and UTF-8 only.
// Cost     one pass; see parse_bench.cpp.
#pragma once

#define SIMDJSON_EXCEPTIONS 0

#include <simdjson.h>

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ingest/json_scratch.hpp"

namespace posthaste::ingest {

struct JsonScratch::Memory {
    simdjson::ondemand::parser parser;
    std::string bytes;  ///< the body, and SIMDJSON_PADDING bytes after it

    std::string_view load(std::string_view body);
};

bool is_utf8(std::string_view text);

namespace json {

using Value = simdjson::ondemand::value;
using Object = simdjson::ondemand::object;
using Document = simdjson::ondemand::document;

inline Error not_json(simdjson::error_code code) {
    return Error{Errc::malformed, std::string{"not JSON: "} + simdjson::error_message(code)};
}

/// A number, true, false or null as it was written; a string with its quotes.
inline std::string_view token_of(Value& value) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\n' ||
                              token.back() == '\r'))
        token.remove_suffix(1);
    return token;
}

inline bool is_text(std::string_view token) {
    return token.starts_with('"');
}
inline bool is_object(std::string_view token) {
    return token.starts_with('{');
}

/// The string unescaped; empty when it is none or badly escaped (a format then misses the field).
inline std::string_view text_of(Value& value) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return {};
    return text;
}

/// Nothing but blanks follows what was read.
inline bool is_at_end(Document& document) {
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

/// A key as it is written. No format has one that needs an escape.
inline std::string_view key_of(simdjson::ondemand::field& field) {
    char const* const start = field.key().raw();
    char const* end = start;
    while (*end != '"') {
        if (*end == '\\') return {};
        ++end;
    }
    return {start, static_cast<std::size_t>(end - start)};
}

/// body(key, value) for each field. Stops at the first thing that is no JSON.
template <class Body>
simdjson::error_code for_each_field(Object object, Body&& body) {
    for (auto field : object) {
        simdjson::ondemand::field entry;
        if (auto const code = std::move(field).get(entry); code != simdjson::SUCCESS) return code;
        std::string_view const key = key_of(entry);
        body(key, entry.value());
    }
    return simdjson::SUCCESS;
}

/// body(key, value) for each field of a value that must be an object.
template <class Body>
simdjson::error_code for_each_field_of(Value& value, Body&& body) {
    Object object;
    if (auto const code = value.get_object().get(object); code != simdjson::SUCCESS) return code;
    return for_each_field(object, body);
}

/// The whole text is one object and nothing more; body(key, value) for each field.
/// Requires: `text` lies in loaded memory.
template <class Body>
simdjson::error_code read_object(JsonScratch::Memory& memory, std::string_view text, Body&& body) {
    auto const room =
        static_cast<std::size_t>(memory.bytes.data() + memory.bytes.size() - text.data());
    Document document;
    auto code = memory.parser.iterate(simdjson::padded_string_view{text, room}).get(document);
    if (code != simdjson::SUCCESS) return code;
    Object object;
    if (code = document.get_object().get(object); code != simdjson::SUCCESS) return code;
    if (code = for_each_field(object, body); code != simdjson::SUCCESS) return code;
    return is_at_end(document) ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

}  // namespace json
}  // namespace posthaste::ingest
