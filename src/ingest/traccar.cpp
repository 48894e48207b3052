#include "ingest/traccar.hpp"

#include <utility>

#include "ingest/draft.hpp"
#include "ingest/json.hpp"

namespace posthaste::ingest {

namespace {

constexpr RequiredFields required{
    "device.uniqueId", "position.latitude", "position.longitude", "position.fixTime"};

void set_any_time(FixDraft& draft, std::string_view field, json::Value& value) {
    std::string_view const token = json::token_of(value);
    if (!json::is_text(token)) return draft.set_epoch(field, token);
    draft.set_timestamp(field, json::text_of(value), Zone::required);
}

void read_attribute(FixDraft& draft, std::string_view key, json::Value value) {
    std::string_view const token = json::token_of(value);
    if (key == "batteryLevel") {
        draft.set_battery("position.attributes.batteryLevel", token, BatteryUnit::percent);
    } else if (key == "mock") {
        draft.set_mock(token == "true");
    }
}

class PositionReader {
public:
    explicit PositionReader(FixDraft& draft) : draft_{draft} {}

    void read(std::string_view key, json::Value value) {
        std::string_view const token = json::token_of(value);
        if (key == "latitude") return draft_.set_latitude("position.latitude", token);
        if (key == "longitude") return draft_.set_longitude("position.longitude", token);
        if (key == "fixTime" && token != "null") {
            has_fix_time_ = true;
            return set_any_time(draft_, "position.fixTime", value);
        }
        if (key == "deviceTime" && !has_fix_time_) {
            return set_any_time(draft_, "position.deviceTime", value);
        }
        if (key == "speed") return draft_.set_speed("position.speed", token, SpeedUnit::knots);
        if (key == "course") return draft_.set_heading("position.course", token);
        if (key == "accuracy") return draft_.set_accuracy("position.accuracy", token);
        if (key == "valid" && token == "false") return draft_.set_no_fix();
        if (key == "outdated" && token == "true") return draft_.set_no_fix();
        if (key == "attributes" && json::is_object(token)) {
            code_ = json::for_each_field_of(value, [&](std::string_view name, json::Value v) {
                read_attribute(draft_, name, v);
            });
        }
    }
    simdjson::error_code code() const { return code_; }

private:
    FixDraft& draft_;
    bool has_fix_time_ = false;
    simdjson::error_code code_ = simdjson::SUCCESS;
};

simdjson::error_code read_position(FixDraft& draft, json::Value& position) {
    PositionReader reader{draft};
    auto const code = json::for_each_field_of(
        position, [&](std::string_view key, json::Value value) { reader.read(key, value); }
    );
    return code != simdjson::SUCCESS ? code : reader.code();
}

simdjson::error_code read_device(FixDraft& draft, json::Value& device) {
    return json::for_each_field_of(device, [&](std::string_view key, json::Value value) {
        if (key == "uniqueId") draft.set_device("device.uniqueId", json::text_of(value));
    });
}

}  // namespace

Result<Batch> parse_traccar(JsonScratch& scratch, std::string_view body) {
    TRY(check_message_size(body));
    auto& memory = scratch.memory();
    FixDraft draft{Source::traccar, required};
    simdjson::error_code inner = simdjson::SUCCESS;
    bool has_position = false;
    auto const code =
        json::read_object(memory, memory.load(body), [&](std::string_view key, json::Value value) {
            if (inner != simdjson::SUCCESS || !json::is_object(json::token_of(value))) return;
            if (key == "position") {
                has_position = true;
                inner = read_position(draft, value);
            } else if (key == "device") {
                inner = read_device(draft, value);
            }
        });
    if (code != simdjson::SUCCESS) return json::not_json(code);
    if (inner != simdjson::SUCCESS) return json::not_json(inner);
    if (!has_position)
        return Error{Errc::malformed, "position: is missing; forward positions as JSON"};
    return single(std::move(draft).finish());
}

}  // namespace posthaste::ingest
