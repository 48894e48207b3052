#include "main/terminal.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>

namespace posthaste::main {

namespace {

constexpr std::int64_t span_max = 1'000'000;  // of any unit

std::string way_out(Errc code, std::filesystem::path const& data) {
    switch (code) {
        case Errc::corrupt:
        case Errc::io_failed:
            if (data.empty()) return {};
            return fmt::format(
                "`posthaste doctor --data {}` says what is whole and what to do.", data.string()
            );
        case Errc::too_new:
            return "Start the version that wrote it, or a newer one.";
        case Errc::in_use:
            return "Only one process may have it: stop the other, or use its API.";
        case Errc::limit_exceeded:
        case Errc::malformed:
        case Errc::not_found:
        case Errc::fenced:
            return {};
    }
    return {};
}

std::optional<double> degrees(std::string_view text, double most) {
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool const whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || !(std::abs(value) <= most)) return std::nullopt;
    return value;
}

}  // namespace

int fail(Error const& error, std::filesystem::path const& data) {
    fmt::print(stderr, "posthaste: {}\n", error.detail);
    auto const way = way_out(error.code, data);
    if (!way.empty()) fmt::print(stderr, "  {}\n", way);
    return exit_wrong;
}

Result<model::Position> position_from(std::string_view text) {
    auto const comma = text.find(',');
    Error const wrong{
        Errc::malformed, fmt::format("`{}` is no place: LAT,LON in degrees, as 57.7,11.97", text)};
    if (comma == text.npos) return wrong;
    auto const lat = degrees(text.substr(0, comma), 90);
    auto const lon = degrees(text.substr(comma + 1), 180);
    if (!lat || !lon) return wrong;
    constexpr double units = 1e7;
    return model::Position{
        static_cast<std::int32_t>(std::lround(*lat * units)),
        static_cast<std::int32_t>(std::lround(*lon * units))};
}

Result<Millis> span_from(std::string_view text) {
    Error const wrong{
        Errc::malformed,
        fmt::format("`{}` is no span: a whole number and s, m, h or d, as 24h", text)};
    if (text.empty()) return wrong;
    std::int64_t count = 0;
    auto const last = text.data() + text.size() - 1;
    auto const [end, error] = std::from_chars(text.data(), last, count);
    if (error != std::errc{} || end != last || count <= 0 || count > span_max) return wrong;
    constexpr std::int64_t minute = 60'000;
    switch (*last) {
        case 's':
            return Millis{count * 1000};
        case 'm':
            return Millis{count * minute};
        case 'h':
            return Millis{count * 60 * minute};
        case 'd':
            return Millis{count * 24 * 60 * minute};
        default:
            return wrong;
    }
}

Result<std::string> read_text(std::filesystem::path const& file) {
    std::ifstream in{file, std::ios::binary};
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) return Error{Errc::io_failed, "cannot read " + file.string()};
    return text.str();
}

}  // namespace posthaste::main
