// One fix being read, field by field; remembers the first thing that is wrong with it.
//
// Takes    the field's name in the tracker's own format, for the message, and the value as text:
//          a JSON token or a query value. `null`, `NaN` and nothing at all mean "not said".
// Errors   finish: malformed, with the field and what to send instead.
#pragma once

#include <string>
#include <string_view>

#include "ingest/device_time.hpp"
#include "ingest/raw_fix.hpp"

namespace posthaste::ingest {

enum class SpeedUnit : std::uint8_t { metres_per_second, knots, kilometres_per_hour };
enum class BatteryUnit : std::uint8_t { percent, fraction };

/// What a format calls the fields that no fix can do without.
struct RequiredFields {
    std::string_view device;
    std::string_view lat;
    std::string_view lon;
    std::string_view time;
};

class FixDraft {
public:
    FixDraft(Source source, RequiredFields const& required) : required_{required} {
        fix_.source = source;
    }

    bool ok() const { return problem_.empty(); }
    void set_device(std::string_view field, std::string_view text);
    void set_latitude(std::string_view field, std::string_view number);
    void set_longitude(std::string_view field, std::string_view number);
    void set_epoch(std::string_view field, std::string_view number);
    void set_timestamp(std::string_view field, std::string_view text, Zone zone);
    void set_time(Instant time);
    void set_accuracy(std::string_view field, std::string_view number);
    void set_speed(std::string_view field, std::string_view number, SpeedUnit unit);
    void set_heading(std::string_view field, std::string_view number);
    void set_battery(std::string_view field, std::string_view number, BatteryUnit unit);
    void set_mock(bool is_mock) { fix_.is_mock = is_mock; }
    void set_no_fix() { fix_.has_fix = false; }
    void fail(std::string_view field, std::string_view what);

    bool has_device() const { return !fix_.device.empty(); }
    bool has_place() const { return has_lat_ && has_lon_; }
    bool has_time() const { return has_time_; }

    Result<RawFix> finish() &&;

private:
    RawFix fix_;
    RequiredFields const& required_;
    bool has_lat_ = false;
    bool has_lon_ = false;
    bool has_time_ = false;
    std::string problem_;
};

/// Files a line's fix, or its error, under the line's number.
void add_result(Batch& batch, std::uint32_t line, Result<RawFix> fix);

/// The batch of a message that carries one fix.
Result<Batch> single(Result<RawFix> fix);

/// Refuses a message beyond message_bytes_max.
Status check_message_size(std::string_view body);

}  // namespace posthaste::ingest
