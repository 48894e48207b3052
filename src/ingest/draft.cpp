#include "ingest/draft.hpp"

#include <algorithm>
#include <utility>

#include "ingest/decimal.hpp"
#include "ingest/json.hpp"

namespace posthaste::ingest {

namespace {

constexpr std::string_view want_degrees = "must be a number, in decimal degrees";
constexpr std::string_view want_number = "must be a number";
constexpr std::string_view want_epoch =
    "must be seconds or milliseconds since 1970, or ISO 8601 text";
constexpr std::string_view want_timestamp =
    "must be ISO 8601 with Z or an offset, as 2026-01-31T12:00:00Z, or a number since 1970";

bool is_unsaid(std::string_view text) {
    return text.empty() || text == "null" || text == "NaN";
}

std::int32_t narrow(std::int64_t value) {
    constexpr std::int64_t limit = 2'147'483'647;
    return static_cast<std::int32_t>(std::clamp(value, -limit, limit));
}

bool is_printable(std::string_view text) {
    bool is_ascii = true;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) return false;
        is_ascii = is_ascii && byte < 0x80;
    }
    return is_ascii || is_utf8(text);
}

}  // namespace

void FixDraft::fail(std::string_view field, std::string_view what) {
    if (!problem_.empty()) return;
    problem_.reserve(field.size() + what.size() + 2);
    problem_.append(field).append(": ").append(what);
}

void FixDraft::set_device(std::string_view field, std::string_view text) {
    if (text.size() > device_bytes_max) return fail(field, "is longer than 64 bytes");
    if (!is_printable(text)) return fail(field, "must be printable UTF-8");
    fix_.device = text;
}

void FixDraft::set_latitude(std::string_view field, std::string_view number) {
    if (is_unsaid(number)) return;
    auto const value = parse_scaled(number, 7);
    if (!value) return fail(field, want_degrees);
    fix_.lat = {*value};
    has_lat_ = true;
}

void FixDraft::set_longitude(std::string_view field, std::string_view number) {
    if (is_unsaid(number)) return;
    auto const value = parse_scaled(number, 7);
    if (!value) return fail(field, want_degrees);
    fix_.lon = {*value};
    has_lon_ = true;
}

void FixDraft::set_time(Instant time) {
    fix_.time = time;
    has_time_ = true;
}

void FixDraft::set_epoch(std::string_view field, std::string_view number) {
    if (is_unsaid(number)) return;
    auto const time = parse_epoch(number);
    if (!time) return fail(field, want_epoch);
    set_time(*time);
}

void FixDraft::set_timestamp(std::string_view field, std::string_view text, Zone zone) {
    if (is_unsaid(text)) return;
    auto const time = parse_timestamp(text, zone);
    if (!time) return fail(field, want_timestamp);
    set_time(*time);
}

void FixDraft::set_accuracy(std::string_view field, std::string_view number) {
    if (is_unsaid(number)) return;
    auto const millimetres = parse_scaled(number, 3);
    if (!millimetres) return fail(field, want_number);
    fix_.accuracy_m = *millimetres <= 0 ? 0 : narrow((*millimetres + 999) / 1000);
}

void FixDraft::set_speed(std::string_view field, std::string_view number, SpeedUnit unit) {
    if (is_unsaid(number)) return;
    auto const thousandths = parse_scaled(number, 3);
    if (!thousandths) return fail(field, want_number);
    if (*thousandths < 0) {
        fix_.speed_mm_s = -1;
        return;
    }
    switch (unit) {
        case SpeedUnit::metres_per_second:
            fix_.speed_mm_s = narrow(*thousandths);
            break;
        case SpeedUnit::knots:  // 1852 m an hour
            fix_.speed_mm_s = narrow(scale_ratio(*thousandths, 1852, 3600));
            break;
        case SpeedUnit::kilometres_per_hour:
            fix_.speed_mm_s = narrow(scale_ratio(*thousandths, 1000, 3600));
            break;
    }
}

void FixDraft::set_heading(std::string_view field, std::string_view number) {
    if (is_unsaid(number)) return;
    auto const degrees = parse_scaled(number, 0);
    if (!degrees) return fail(field, want_number);
    fix_.heading_deg = *degrees < 0 ? -1 : static_cast<std::int32_t>(*degrees % 360);
}

void FixDraft::set_battery(std::string_view field, std::string_view number, BatteryUnit unit) {
    if (is_unsaid(number)) return;
    auto const percent = parse_scaled(number, unit == BatteryUnit::fraction ? 2 : 0);
    if (!percent) return fail(field, want_number);
    fix_.battery = *percent < 0 ? std::int8_t{-1}
                                : static_cast<std::int8_t>(std::min<std::int64_t>(*percent, 100));
}

Result<RawFix> FixDraft::finish() && {
    if (!has_device()) fail(required_.device, "is missing; send who the fix is of");
    if (fix_.has_fix && !has_lat_) fail(required_.lat, "is missing; send decimal degrees");
    if (fix_.has_fix && !has_lon_) fail(required_.lon, "is missing; send decimal degrees");
    if (!has_time_) fail(required_.time, "is missing; send when the device was there");
    if (!ok()) return Error{Errc::malformed, std::move(problem_)};
    return std::move(fix_);
}

void add_result(Batch& batch, std::uint32_t line, Result<RawFix> fix) {
    if (!fix.ok()) {
        batch.errors.push_back({line, std::move(fix).error()});
        return;
    }
    batch.fixes.push_back(std::move(fix).value());
    batch.fixes.back().line = line;
}

Result<Batch> single(Result<RawFix> fix) {
    Batch batch;
    add_result(batch, 1, TRY(std::move(fix)));
    return batch;
}

Status check_message_size(std::string_view body) {
    if (body.size() <= message_bytes_max) return Unit{};
    return Error{Errc::limit_exceeded, "the message is larger than 64 KiB"};
}

}  // namespace posthaste::ingest
