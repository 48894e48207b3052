#include "ingest/osmand.hpp"

#include <utility>

#include "ingest/draft.hpp"
#include "ingest/form.hpp"
#include "ingest/json.hpp"

namespace posthaste::ingest {

namespace {

constexpr RequiredFields query_required{"id", "lat", "lon", "timestamp"};
constexpr RequiredFields json_required{
    "device_id", "location.coords.latitude", "location.coords.longitude", "location.timestamp"};

void set_any_time(FixDraft& draft, std::string_view field, std::string_view text) {
    bool const is_date = text.find_first_of("T:") != std::string_view::npos;
    if (is_date) return draft.set_timestamp(field, text, Zone::utc_if_absent);
    draft.set_epoch(field, text);
}

void set_pair(FixDraft& draft, std::string_view pair) {
    auto const comma = pair.find(',');
    if (comma == std::string_view::npos) return draft.fail("location", "must be lat,lon");
    draft.set_latitude("location", pair.substr(0, comma));
    draft.set_longitude("location", pair.substr(comma + 1));
}

void read_parameter(FixDraft& draft, std::string_view name, std::string_view value) {
    if (name == "id" || name == "deviceid") return draft.set_device(name, value);
    if (name == "lat") return draft.set_latitude(name, value);
    if (name == "lon") return draft.set_longitude(name, value);
    if (name == "location") return set_pair(draft, value);
    if (name == "timestamp") return set_any_time(draft, name, value);
    if (name == "speed") return draft.set_speed(name, value, SpeedUnit::knots);
    if (name == "bearing" || name == "heading") return draft.set_heading(name, value);
    if (name == "accuracy") return draft.set_accuracy(name, value);
    if (name == "batt") return draft.set_battery(name, value, BatteryUnit::percent);
    if (name == "mock") return draft.set_mock(value == "true" || value == "1");
    if (name == "valid" && value != "true" && value != "1") return draft.set_no_fix();
}

void read_coords(FixDraft& draft, std::string_view key, json::Value value) {
    std::string_view const token = json::token_of(value);
    if (key == "latitude") return draft.set_latitude("location.coords.latitude", token);
    if (key == "longitude") return draft.set_longitude("location.coords.longitude", token);
    if (key == "accuracy") return draft.set_accuracy("location.coords.accuracy", token);
    if (key == "heading") return draft.set_heading("location.coords.heading", token);
    if (key == "speed") {
        draft.set_speed("location.coords.speed", token, SpeedUnit::metres_per_second);
    }
}

simdjson::error_code read_location(FixDraft& draft, json::Value& location) {
    simdjson::error_code inner = simdjson::SUCCESS;
    auto const code =
        json::for_each_field_of(location, [&](std::string_view key, json::Value value) {
            std::string_view const token = json::token_of(value);
            if (key == "coords" && json::is_object(token)) {
                inner = json::for_each_field_of(value, [&](std::string_view name, json::Value v) {
                    read_coords(draft, name, v);
                });
            } else if (key == "battery" && json::is_object(token)) {
                inner = json::for_each_field_of(value, [&](std::string_view name, json::Value v) {
                    if (name != "level") return;
                    draft.set_battery(
                        "location.battery.level", json::token_of(v), BatteryUnit::fraction
                    );
                });
            } else if (key == "timestamp") {
                bool const is_text = json::is_text(token);
                set_any_time(draft, "location.timestamp", is_text ? json::text_of(value) : token);
            } else if (key == "mock") {
                draft.set_mock(token == "true");
            }
        });
    return code != simdjson::SUCCESS ? code : inner;
}

struct Located {
    FixDraft draft{Source::osmand, json_required};
    simdjson::error_code code = simdjson::SUCCESS;
};

void read_element(std::vector<Located>& all, json::Value& location) {
    Located& located = all.emplace_back();
    if (json::is_object(json::token_of(location))) {
        located.code = read_location(located.draft, location);
    } else {
        located.draft.fail("location", "must be an object with timestamp and coords");
    }
}

/// One fix, or one for each element of an array.
simdjson::error_code read_locations(std::vector<Located>& all, json::Value& value) {
    if (!json::token_of(value).starts_with('[')) {
        read_element(all, value);
        return simdjson::SUCCESS;
    }
    simdjson::ondemand::array array;
    if (auto const code = value.get_array().get(array); code != simdjson::SUCCESS) return code;
    for (auto element : array) {
        if (element.error() != simdjson::SUCCESS) return element.error();
        json::Value location = element.value_unsafe();
        if (all.size() == batch_fixes_max) return simdjson::CAPACITY;
        read_element(all, location);
    }
    return simdjson::SUCCESS;
}

}  // namespace

Result<Batch> parse_osmand_query(std::string_view query, Instant received) {
    TRY(check_message_size(query));
    FixDraft draft{Source::osmand, query_required};
    FormReader form{query};
    bool has_network = false;
    for (;;) {
        auto const parameter = form.next();
        if (!parameter) break;
        if (!parameter->ok) draft.fail(parameter->name, "has a bad % escape");
        has_network = has_network || parameter->name == "cell" || parameter->name == "wifi";
        read_parameter(draft, parameter->name, parameter->value);
    }
    if (has_network && !draft.has_place()) draft.set_no_fix();
    if (!draft.has_time()) draft.set_time(received);
    return single(std::move(draft).finish());
}

Result<Batch> parse_osmand_json(JsonScratch& scratch, std::string_view body, Instant received) {
    if (body.size() > batch_bytes_max) {
        return Error{Errc::limit_exceeded, "the body is larger than 4 MiB; send smaller batches"};
    }
    auto& memory = scratch.memory();
    std::vector<Located> all;
    std::string device;
    simdjson::error_code inner = simdjson::SUCCESS;
    auto const code =
        json::read_object(memory, memory.load(body), [&](std::string_view key, json::Value value) {
            if (key == "device_id") {
                auto const token = json::token_of(value);
                device = json::is_text(token) ? json::text_of(value) : token;
            } else if (key == "location" && inner == simdjson::SUCCESS) {
                inner = read_locations(all, value);
            }
        });
    if (inner == simdjson::CAPACITY) {
        return Error{Errc::limit_exceeded, "more than 10000 locations; send smaller batches"};
    }
    if (code != simdjson::SUCCESS) return json::not_json(code);
    if (inner != simdjson::SUCCESS) return json::not_json(inner);
    if (all.empty())
        return Error{Errc::malformed, "location: is missing; send timestamp and coords"};
    Batch batch;
    for (Located& located : all) {
        auto const line = static_cast<std::uint32_t>(&located - all.data()) + 1;
        located.draft.set_device("device_id", device);
        if (!located.draft.has_time()) located.draft.set_time(received);
        Result<RawFix> fix = located.code != simdjson::SUCCESS
                                 ? Result<RawFix>{json::not_json(located.code)}
                                 : std::move(located.draft).finish();
        if (!fix.ok() && all.size() == 1) return std::move(fix).error();
        add_result(batch, line, std::move(fix));
    }
    return batch;
}

}  // namespace posthaste::ingest
