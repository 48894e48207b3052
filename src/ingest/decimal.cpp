#include "ingest/decimal.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"

namespace posthaste::ingest {

namespace {

constexpr int mantissa_digits_max = 18;  // 10^18 fits in 63 bits
constexpr int exponent_max = 1000;       // more would only be farther beyond scaled_max, or zero

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr std::array<std::int64_t, mantissa_digits_max + 1> make_powers() {
    std::array<std::int64_t, mantissa_digits_max + 1> table{1};
    for (std::size_t i = 1; i < table.size(); ++i)
        table[i] = table[i - 1] * 10;
    return table;
}
constexpr auto powers = make_powers();

/// value / 10^places, rounded half away from zero. Requires: value >= 0.
std::int64_t drop_places(std::int64_t value, std::size_t places) {
    std::int64_t const divisor = powers[places];
    std::int64_t const rest = value % divisor;
    return value / divisor + (places > 0 && rest >= divisor - rest ? 1 : 0);
}

/// Digits and at most one point, at most 18 digits: nearly every number there is. Nothing: it is
/// not one of these, or too large.
std::optional<std::int64_t> parse_plain(std::string_view text, unsigned decimals) {
    std::int64_t mantissa = 0;
    std::size_t digits = 0;
    std::size_t whole_digits = text.size();
    for (char const c : text) {
        if (is_digit(c)) {
            if (++digits > mantissa_digits_max) return std::nullopt;
            mantissa = mantissa * 10 + (c - '0');
        } else if (c == '.' && whole_digits == text.size()) {
            whole_digits = digits;
        } else {
            return std::nullopt;
        }
    }
    if (digits == 0) return std::nullopt;
    std::size_t const fraction_digits = digits - std::min(digits, whole_digits);
    if (fraction_digits > decimals) return drop_places(mantissa, fraction_digits - decimals);
    std::int64_t const factor = powers[decimals - fraction_digits];
    if (mantissa > scaled_max / factor) return std::nullopt;
    return mantissa * factor;
}

// mantissa * 10^exponent; dropped: whole digits that the mantissa had no room for.
struct Scientific {
    std::int64_t mantissa = 0;
    int exponent = 0;
    bool has_digits = false;
};

void take_digits(std::string_view& text, Scientific& number, int place) {
    int count = 0;
    for (std::int64_t limit = number.mantissa; limit != 0; limit /= 10)
        ++count;
    while (!text.empty() && is_digit(text.front())) {
        number.has_digits = true;
        if (count < mantissa_digits_max) {
            number.mantissa = number.mantissa * 10 + (text.front() - '0');
            if (number.mantissa != 0) ++count;
            number.exponent += place;
        } else {
            number.exponent += place + 1;
        }
        text.remove_prefix(1);
    }
}

// The e+12 at the end. False: there is an e, and no number after it.
bool take_exponent(std::string_view& text, Scientific& number) {
    if (text.empty() || (text.front() != 'e' && text.front() != 'E')) return true;
    text.remove_prefix(1);
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !is_digit(text.front())) return false;
    int exponent = 0;
    while (!text.empty() && is_digit(text.front())) {
        exponent = std::min(exponent * 10 + (text.front() - '0'), exponent_max);
        text.remove_prefix(1);
    }
    number.exponent += negative ? -exponent : exponent;
    return true;
}

std::int64_t shift(Scientific number, int decimals) {
    std::int64_t value = number.mantissa;
    int places = number.exponent + decimals;
    if (value == 0) return 0;
    for (; places > 0; --places) {
        if (value > scaled_max / 10) return scaled_max;
        value *= 10;
    }
    if (places < -mantissa_digits_max) return 0;
    // The digits that the mantissa had no room for cannot turn a remainder below half into half.
    if (places < 0) value = drop_places(value, static_cast<std::size_t>(-places));
    return std::min(value, scaled_max);
}

}  // namespace

std::optional<std::int64_t> parse_scaled(std::string_view text, unsigned decimals) {
    ASSERT(decimals <= 9);
    if (text.size() > number_bytes_max) return std::nullopt;
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (auto const plain = parse_plain(text, decimals)) return negative ? -*plain : *plain;
    Scientific number;
    take_digits(text, number, 0);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        take_digits(text, number, -1);
    }
    if (!number.has_digits) return std::nullopt;
    if (!take_exponent(text, number) || !text.empty()) return std::nullopt;
    std::int64_t const value = shift(number, static_cast<int>(decimals));
    return negative ? -value : value;
}

std::int64_t scale_ratio(std::int64_t value, std::int64_t numerator, std::int64_t denominator) {
    ASSERT(denominator > 0);
    __extension__ using Wide = __int128;
    Wide const product = static_cast<Wide>(value) * numerator;
    Wide const half = denominator / 2;
    Wide const rounded = (product < 0 ? product - half : product + half) / denominator;
    return static_cast<std::int64_t>(
        std::clamp<Wide>(rounded, -static_cast<Wide>(scaled_max), scaled_max)
    );
}

}  // namespace posthaste::ingest
