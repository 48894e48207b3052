#include "plan/formats/scanner.hpp"

#include <algorithm>
#include <charconv>

namespace posthaste::plan {

namespace {

constexpr std::string_view blanks = " \t\r\f\v";
constexpr std::size_t shown_max = 40;
constexpr std::size_t digits_max = 15;  // what an int64 holds with room for the exponent
constexpr std::int64_t exponent_max = 12;

// sign digits.digits times ten to the exponent, digits as one number.
struct Decimal {
    bool is_negative = false;
    std::int64_t digits = 0;
    std::int64_t exponent = 0;
};

bool take(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::string_view take_digits(std::string_view& text) {
    auto const count = std::min(text.find_first_not_of("0123456789"), text.size());
    auto const digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

bool parse_exponent(std::string_view text, Decimal& decimal) {
    bool const is_negative = take(text, "-");
    if (!is_negative) take(text, "+");
    std::int64_t power = 0;
    auto const [end, failure] = std::from_chars(text.begin(), text.end(), power);
    if (failure != std::errc{} || end != text.end() || power > exponent_max) return false;
    decimal.exponent += is_negative ? -power : power;
    return true;
}

bool parse(std::string_view text, Decimal& decimal) {
    decimal.is_negative = take(text, "-");
    if (!decimal.is_negative) take(text, "+");
    auto const before = take_digits(text);
    std::string_view after;
    if (take(text, ".")) after = take_digits(text);
    while (!after.empty() && after.back() == '0')
        after.remove_suffix(1);
    auto const digits = std::string{before} + std::string{after};
    if (before.empty() && digits.empty()) return false;
    if (digits.size() > digits_max) return false;
    for (auto const digit : digits)
        decimal.digits = decimal.digits * 10 + (digit - '0');
    decimal.exponent = -static_cast<std::int64_t>(after.size());
    if (take(text, "eE")) return parse_exponent(text, decimal);
    return text.empty();
}

// In units of ten to the -`places`; false where that loses or overflows.
bool scale(Decimal decimal, std::int64_t places, std::int64_t& value) {
    constexpr std::int64_t most = std::int64_t{1} << 59U;
    decimal.exponent += places;
    for (; decimal.exponent > 0 && decimal.digits != 0; --decimal.exponent) {
        if (decimal.digits > most / 10) return false;
        decimal.digits *= 10;
    }
    for (; decimal.exponent < 0 && decimal.digits != 0; ++decimal.exponent) {
        if (decimal.digits % 10 != 0) return false;
        decimal.digits /= 10;
    }
    value = decimal.is_negative ? -decimal.digits : decimal.digits;
    return true;
}

}  // namespace

Error unexpected(Word const& word, std::string const& wanted) {
    auto const found = word.text.substr(0, shown_max);
    return Error{
        Errc::malformed,
        "line " + std::to_string(word.line) + ": expected " + wanted + ", found \"" +
            std::string{found} + "\""};
}

Result<std::int64_t> whole(Word const& word, std::string const& what, Limits limits) {
    Decimal decimal;
    std::int64_t value = 0;
    bool const is_whole = parse(word.text, decimal) && scale(decimal, 0, value);
    if (!is_whole || value < limits.least || value > limits.most) {
        return unexpected(
            word,
            what + " as a whole number from " + std::to_string(limits.least) + " to " +
                std::to_string(limits.most)
        );
    }
    return value;
}

Result<std::int64_t> thousandths(Word const& word, std::string const& what, Limits limits) {
    Decimal decimal;
    std::int64_t value = 0;
    bool const is_exact = parse(word.text, decimal) && scale(decimal, 3, value);
    if (!is_exact || value < limits.least * 1000 || value > limits.most * 1000) {
        return unexpected(
            word,
            what + " as a number from " + std::to_string(limits.least) + " to " +
                std::to_string(limits.most) + " with at most three decimals"
        );
    }
    return value;
}

bool Scanner::next() {
    while (!rest_.empty()) {
        auto const end = std::min(rest_.find('\n'), rest_.size());
        line_ = trimmed(rest_.substr(0, end));
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        if (!line_.empty()) return true;
    }
    line_ = {};
    return false;
}

Words Scanner::words() const {
    Words words;
    auto rest = line_;
    while (!rest.empty()) {
        auto const end = std::min(rest.find_first_of(blanks), rest.size());
        words.push_back({rest.substr(0, end), number_});
        rest.remove_prefix(end);
        rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
    }
    return words;
}

std::string_view trimmed(std::string_view text) {
    auto const first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace posthaste::plan
