#include "api/json.hpp"

namespace posthaste::api {

std::string JsonIn::path() const {
    std::vector<JsonIn const*> steps;
    for (auto const* at = this; at->parent_ != nullptr; at = at->parent_)
        steps.push_back(at);
    std::string path;
    for (std::size_t i = steps.size(); i-- > 0;) {
        auto const& step = *steps[i];
        if (step.name_.empty() && step.parent_->is(JsonValue::Kind::array)) {
            path += "[" + std::to_string(step.index_) + "]";
        } else {
            path += (path.empty() ? "" : ".") + std::string{step.name_};
        }
    }
    return path;
}

void JsonIn::fail(std::string_view must, std::string_view name) const {
    auto const parent = path();
    add((parent.empty() ? "" : parent + ".") + std::string{name}, must);
}

void JsonIn::add(std::string path, std::string_view must) const {
    if (errors_.size() < fields_wrong_max) errors_.push_back({std::move(path), std::string{must}});
}

namespace detail {
namespace {

constexpr int digits_max = 18;

bool is_digit(char letter) {
    return letter >= '0' && letter <= '9';
}

/// A number's digits without its point, and the power of ten they stand for.
struct Decimal {
    bool negative = false;
    std::string digits;
    std::int64_t exponent = 0;
};

/// Requires: JSON's grammar.
std::optional<Decimal> split(std::string_view number) {
    Decimal decimal;
    if (number.starts_with('-')) {
        decimal.negative = true;
        number.remove_prefix(1);
    }
    auto const e = std::min(number.find_first_of("eE"), number.size());
    auto power = number.substr(std::min(e + 1, number.size()));
    if (power.starts_with('+')) power.remove_prefix(1);
    if (!power.empty()) {
        auto const end = power.data() + power.size();
        auto const [stop, error] = std::from_chars(power.data(), end, decimal.exponent);
        if (error != std::errc{} || stop != end) return std::nullopt;
    }
    bool past_point = false;
    for (char const letter : number.substr(0, e)) {
        if (letter == '.') {
            past_point = true;
        } else {
            if (!is_digit(letter)) return std::nullopt;
            decimal.digits += letter;
            decimal.exponent -= past_point ? 1 : 0;
        }
    }
    decimal.digits.erase(0, std::min(decimal.digits.find_first_not_of('0'), decimal.digits.size()));
    return decimal;
}

}  // namespace

std::optional<std::int64_t> parse_scaled(std::string_view number, int scale) {
    auto const decimal = split(number);
    if (!decimal) return std::nullopt;
    if (decimal->digits.empty()) return 0;
    constexpr std::int64_t exponent_max = 1'000'000;  // far past any answer but 0 or "too large"
    std::int64_t const exponent =
        std::clamp(decimal->exponent, -exponent_max, exponent_max) + scale;
    // The number is 0.digits times 10^magnitude.
    std::int64_t const magnitude = static_cast<std::int64_t>(decimal->digits.size()) + exponent;
    if (magnitude > digits_max) return std::nullopt;
    if (magnitude < 0) return 0;
    auto const whole = static_cast<std::size_t>(magnitude);
    std::int64_t value = 0;
    for (std::size_t i = 0; i < whole; ++i)
        value = value * 10 + (i < decimal->digits.size() ? decimal->digits[i] - '0' : 0);
    if (whole < decimal->digits.size() && decimal->digits[whole] >= '5') ++value;
    return decimal->negative ? -value : value;
}

std::optional<model::CommandId> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    model::CommandId id;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-')) return std::nullopt;
        if (dash) continue;
        unsigned digit = 0;
        auto const [stop, error] = std::from_chars(&text[i], &text[i] + 1, digit, 16);
        if (error != std::errc{}) return std::nullopt;
        auto& half = i < 18 ? id.high : id.low;
        half = half << 4U | digit;
    }
    return id;
}

std::optional<std::string_view> digits_of(JsonValue const& value) {
    if (value.kind != JsonValue::Kind::string && value.kind != JsonValue::Kind::number)
        return std::nullopt;
    return value.text;
}

std::string range_text(std::int64_t low, std::int64_t high) {
    return "must be a whole number from " + std::to_string(low) + " to " + std::to_string(high);
}

bool read_degrees(JsonIn const& in, std::int32_t limit, std::int32_t& number) {
    constexpr int decimals = 7;
    auto const scaled =
        in.is(JsonValue::Kind::number) ? parse_scaled(in.value().text, decimals) : std::nullopt;
    if (!scaled || *scaled < -limit || *scaled > limit) {
        auto const degrees = std::to_string(limit / 10'000'000);
        in.fail("must be degrees from -" + degrees + " to " + degrees);
        return false;
    }
    number = static_cast<std::int32_t>(*scaled);
    return true;
}

void JsonCoder<model::Position>::read(JsonIn const& in, model::Position& value) {
    if (!in.is(JsonValue::Kind::object)) return in.fail("must be an object with lat and lon");
    for (std::string_view const name : {"lat", "lon"}) {
        if (in.value().member(name) == nullptr) in.fail("is required", name);
    }
    auto const& names = in.value().names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == "lat") {
            read_degrees(in.member(i), model::lat_max, value.lat);
        } else if (names[i] == "lon") {
            read_degrees(in.member(i), model::lon_max, value.lon);
        } else {
            in.member(i).fail("is not a field of this");
        }
    }
}

}  // namespace detail
}  // namespace posthaste::api
