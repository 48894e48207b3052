#include "api/conditions.hpp"

#include <charconv>

#include "api/json.hpp"
#include "api/random.hpp"
#include "base/codec.hpp"

namespace posthaste::api {
namespace {

constexpr unsigned version_shift = 12;
constexpr std::uint64_t version_mask = 0xf;
constexpr std::uint64_t variant_bits = 0b10;

Problem bad_header(std::string_view name, std::string_view must) {
    return {
        .status = 400,
        .code = "bad_header",
        .detail = std::string{name} + " " + std::string{must} + "."};
}

Instant time_of(model::CommandId id) {
    return Instant{static_cast<std::int64_t>(id.high >> 16U)};
}

std::uint64_t random_word() {
    auto const bytes = random_bytes(8);
    std::uint64_t word = 0;
    for (char const byte : bytes)
        word = word << 8U | static_cast<unsigned char>(byte);
    return word;
}

std::string hex_of(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (char const byte : bytes) {
        auto const value = static_cast<unsigned char>(byte);
        text += digits[value >> 4U];
        text += digits[value & 15U];
    }
    return text;
}

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_zeros(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

std::optional<model::EventNumber> version_of(std::string_view tag) {
    if (tag.size() < 3 || !tag.starts_with('"') || !tag.ends_with('"')) return std::nullopt;
    tag = tag.substr(1, tag.size() - 2);
    model::EventNumber version = 0;
    auto const [stop, error] = std::from_chars(tag.data(), tag.data() + tag.size(), version);
    if (error != std::errc{} || stop != tag.data() + tag.size()) return std::nullopt;
    return version;
}

}  // namespace

std::variant<model::CommandId, Problem> command_id(Request const& request, Instant now) {
    auto text = request.header("idempotency-key");
    if (text.empty()) return make_command_id(now);
    // The draft has it as a quoted string; most clients send it bare.
    if (text.size() > 2 && text.starts_with('"') && text.ends_with('"'))
        text = text.substr(1, text.size() - 2);
    auto const id = detail::parse_uuid(text);
    bool const is_seven =
        id && (id->high >> version_shift & version_mask) == 7 && id->low >> 62U == variant_bits;
    if (!is_seven) return bad_header("Idempotency-Key", "must be a UUID of version 7");
    if (time_of(*id) > now + id_ahead_max)
        return bad_header("Idempotency-Key", "has a time that is yet to come");
    return *id;
}

model::CommandId make_command_id(Instant now) {
    auto const millis = static_cast<std::uint64_t>(now.millis());
    std::uint64_t const low = random_word();
    return {
        .high = millis << 16U | std::uint64_t{7} << version_shift | (random_word() & 0xfffU),
        .low = variant_bits << 62U | low >> 2U};
}

std::string etag(model::EventNumber version) {
    return "\"" + std::to_string(version) + "\"";
}

std::variant<std::optional<model::EventNumber>, Problem> if_match(Request const& request) {
    auto const text = request.header("if-match");
    if (text.empty() || text == "*") return std::nullopt;
    auto const version = version_of(text);
    if (!version) return bad_header("If-Match", "must be one ETag as we gave it, or *");
    return version;
}

bool is_unchanged(Request const& request, model::EventNumber version) {
    auto text = request.header("if-none-match");
    if (text.starts_with("W/")) text.remove_prefix(2);
    return !text.empty() && version_of(text) == version;
}

Millis wait_of(Request const& request) {
    auto rest = request.header("prefer");
    while (!rest.empty()) {
        auto part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        constexpr std::string_view name = "wait=";
        if (!part.starts_with(name)) continue;
        part.remove_prefix(name.size());
        part = part.substr(0, part.find_first_of("; "));
        std::int64_t seconds = 0;
        auto const [stop, error] = std::from_chars(part.data(), part.data() + part.size(), seconds);
        if (stop != part.data() + part.size() || seconds < 0) return Millis{0};
        if (error == std::errc::result_out_of_range) return wait_max;
        if (error != std::errc{}) return Millis{0};
        return Millis{std::min(seconds, wait_max.count() / 1000) * 1000};
    }
    return Millis{0};
}

std::string traceparent_of(Request const& request) {
    return traceparent_after(request.header("traceparent"));
}

std::string traceparent_after(std::string_view given) {
    // version "-" trace id "-" parent id "-" flags, and what later versions may append.
    auto const version = given.substr(0, 2);
    bool const has_shape = given.size() >= 55 && given[2] == '-' && given[35] == '-' &&
                           given[52] == '-' && is_hex(version) && version != "ff" &&
                           (given.size() == 55 || (version != "00" && given[55] == '-'));
    auto const span = hex_of(random_bytes(8));
    if (has_shape) {
        auto const trace = given.substr(3, 32);
        auto const parent = given.substr(36, 16);
        auto const flags = given.substr(53, 2);
        if (is_hex(trace) && is_hex(parent) && is_hex(flags) && !is_zeros(trace) &&
            !is_zeros(parent))
            return "00-" + std::string{trace} + "-" + span + "-" + std::string{flags};
    }
    return "00-" + hex_of(random_bytes(16)) + "-" + span + "-00";
}

}  // namespace posthaste::api
