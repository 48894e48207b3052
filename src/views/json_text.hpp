// Writes JSON text: commas, escapes, and the project's ways of writing numbers and times.
//
// Units    coordinates: 1e-7 degrees in, decimal degrees out, exactly; instants as
//          2026-11-21T08:00:00.000Z.
// Cost     one pass, no allocation but the text's own.
// Threads  one object per thread
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "model/ids.hpp"

namespace posthaste::views {

class JsonText {
public:
    std::string const& text() const& { return text_; }
    std::string&& text() && { return std::move(text_); }

    /// '{' or '['.
    void open(char bracket) {
        value();
        text_ += bracket;
        first_ = true;
    }
    void close(char bracket) {
        text_ += bracket;
        first_ = false;
    }
    /// Requires: the name needs no escape.
    void key(std::string_view name) {
        value();
        text_ += '"';
        text_ += name;
        text_ += "\":";
        first_ = true;  // no comma before the value
    }
    void string(std::string_view text);  ///< bytes that are not UTF-8 become U+FFFD
    void integer(std::int64_t number) { plain(number); }
    void boolean(bool is) { raw(is ? "true" : "false"); }
    /// An unsigned number that may pass 2^53, as a decimal string.
    void big(std::uint64_t number);
    /// A 1e-7 fixed-point number, without trailing zeros.
    void degrees(std::int32_t number);
    void instant(Instant at);
    /// Requires: JSON already.
    void raw(std::string_view json) {
        value();
        text_ += json;
    }

private:
    void value() {
        if (!first_) text_ += ',';
        first_ = false;
    }
    void plain(auto number) {
        value();
        std::array<char, 24> digits;  // NOLINT(cppcoreguidelines-pro-type-member-init)
        auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        text_.append(digits.data(), end);
    }

    std::string text_;
    bool first_ = true;
};

/// 2026-11-21T08:00:00.000Z; "never" for instant_max and whatever is past the year 9999.
std::string to_text(Instant at);
/// The same, or with an offset (+02:00) and any number of decimals; past milliseconds they are cut.
bool from_text(std::string_view text, Instant& at);

std::string uuid_text(model::CommandId id);

constexpr Instant written_instant_min{-62'135'596'800'000};  // 0001-01-01
constexpr Instant written_instant_max{253'402'300'799'999};  // 9999-12-31

}  // namespace posthaste::views
