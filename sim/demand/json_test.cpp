#include "demand/json.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace posthaste::demand {

namespace {

/// The tokens as one line: brackets as they are, keys with a colon, other texts in brackets.
std::string tokens_of(std::string const& text) {
    std::istringstream in{text};
    JsonReader json{in};
    std::string said;
    for (;;) {
        auto const token = json.next();
        if (!token.ok()) return token.error().detail;
        switch (token.value()) {
            case JsonReader::Token::begin_object:
                said += '{';
                break;
            case JsonReader::Token::end_object:
                said += '}';
                break;
            case JsonReader::Token::begin_array:
                said += '[';
                break;
            case JsonReader::Token::end_array:
                said += ']';
                break;
            case JsonReader::Token::key:
                said += json.text() + ":";
                break;
            case JsonReader::Token::string:
            case JsonReader::Token::number:
            case JsonReader::Token::literal:
                said += "(" + json.text() + ")";
                break;
            case JsonReader::Token::end:
                return said;
        }
    }
}

}  // namespace

TEST_CASE("tokens come in order, with their text") {
    CHECK(
        tokens_of(R"( {"a" : [1, -2.5e3,"x\"y\\\n"], "b":{}, "c":true} )") ==
        "{a:[(1)(-2.5e3)(x\"y\\\n)]b:{}c:(true)}"
    );
    CHECK(tokens_of("").empty());
}

TEST_CASE("broken files are errors with their line") {
    CHECK(tokens_of("{\n\"a\": [1}") == "line 2: a bracket closes nothing");
    CHECK(tokens_of("[1,\n2") == "line 2: the file ends early");
    CHECK(tokens_of("[\"abc") == "line 1: a string is never closed");
    CHECK(tokens_of("[\"abc\\") == "line 1: a string is never closed");
    CHECK(tokens_of("[nul]") == "line 1: 'nul' is no JSON");
    CHECK(tokens_of("]") == "line 1: a bracket closes nothing");
}

TEST_CASE("nesting and texts have limits") {
    CHECK(
        tokens_of(std::string(depth_max, '[') + std::string(depth_max, ']')).size() == 2 * depth_max
    );
    CHECK(tokens_of(std::string(depth_max + 1, '[')) == "line 1: nested too deep");
    CHECK(
        tokens_of('"' + std::string(text_bytes_max + 1, 'x') + '"') ==
        "line 1: a string is too long"
    );
    CHECK(tokens_of(std::string(text_bytes_max + 1, '1')) == "line 1: a word is too long");
}

TEST_CASE("a value can be passed over whole") {
    std::istringstream in{R"([{"a":[{"b":1}]}, 7])"};
    JsonReader json{in};
    REQUIRE(json.next().value() == JsonReader::Token::begin_array);
    auto const token = json.next();
    REQUIRE(json.skip(token.value()).ok());
    CHECK(json.next().value() == JsonReader::Token::number);
    CHECK(json.text() == "7");
}

}  // namespace posthaste::demand
