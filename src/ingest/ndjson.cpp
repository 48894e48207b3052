#include "ingest/ndjson.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "ingest/draft.hpp"
#include "ingest/json.hpp"

namespace posthaste::ingest {

namespace {

constexpr RequiredFields required{"agent", "lat", "lon", "time"};

void read_field(FixDraft& draft, std::string_view key, json::Value value) {
    std::string_view const token = json::token_of(value);
    if (key == "lat") return draft.set_latitude(key, token);
    if (key == "lon") return draft.set_longitude(key, token);
    if (key == "agent") {
        return draft.set_device(key, json::is_text(token) ? json::text_of(value) : token);
    }
    if (key == "time") {
        if (!json::is_text(token)) return draft.set_epoch(key, token);
        return draft.set_timestamp(key, json::text_of(value), Zone::required);
    }
    if (key == "accuracy") return draft.set_accuracy(key, token);
    if (key == "speed") return draft.set_speed(key, token, SpeedUnit::metres_per_second);
    if (key == "heading") return draft.set_heading(key, token);
    if (key == "battery") return draft.set_battery(key, token, BatteryUnit::percent);
    if (key == "mock") return draft.set_mock(token == "true");
}

Result<RawFix> parse_line(JsonScratch::Memory& memory, std::string_view line) {
    if (line.size() > line_bytes_max) {
        return Error{Errc::limit_exceeded, "the line is longer than 4096 bytes"};
    }
    FixDraft draft{Source::ndjson, required};
    auto const code = json::read_object(memory, line, [&](std::string_view key, json::Value value) {
        read_field(draft, key, value);
    });
    if (code != simdjson::SUCCESS) return json::not_json(code);
    return std::move(draft).finish();
}

Result<Batch> parse_lines(JsonScratch::Memory& memory, std::string_view text) {
    Batch batch;
    batch.fixes.reserve(std::min(text.size() / 64 + 1, batch_fixes_max));
    std::uint32_t number = 0;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (++number > batch_fixes_max) {
            return Error{Errc::limit_exceeded, "more than 10000 lines; send smaller batches"};
        }
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        add_result(batch, number, parse_line(memory, line));
    }
    return batch;
}

Result<RawFix> parse_element(json::Value value) {
    FixDraft draft{Source::ndjson, required};
    if (!json::is_object(json::token_of(value))) {
        return Error{Errc::malformed, "the element is not a JSON object"};
    }
    auto const code = json::for_each_field_of(value, [&](std::string_view key, json::Value field) {
        read_field(draft, key, field);
    });
    if (code != simdjson::SUCCESS) return json::not_json(code);
    return std::move(draft).finish();
}

Result<Batch> parse_array(JsonScratch::Memory& memory, std::string_view text) {
    json::Document document;
    auto code = memory.parser.iterate(simdjson::padded_string_view{text, memory.bytes.size()})
                    .get(document);
    if (code != simdjson::SUCCESS) return json::not_json(code);
    simdjson::ondemand::array array;
    if (code = document.get_array().get(array); code != simdjson::SUCCESS) {
        return json::not_json(code);
    }
    Batch batch;
    std::uint32_t number = 0;
    for (auto element : array) {
        if (++number > batch_fixes_max) {
            return Error{Errc::limit_exceeded, "more than 10000 elements; send smaller batches"};
        }
        if (element.error() != simdjson::SUCCESS) {
            add_result(batch, number, json::not_json(element.error()));
            return batch;
        }
        add_result(batch, number, parse_element(element.value_unsafe()));
    }
    if (!json::is_at_end(document))
        add_result(batch, number + 1, json::not_json(simdjson::TRAILING_CONTENT));
    return batch;
}

}  // namespace

Result<Batch> parse_ndjson(JsonScratch& scratch, std::string_view body) {
    if (body.size() > batch_bytes_max) {
        return Error{Errc::limit_exceeded, "the body is larger than 4 MiB; send smaller batches"};
    }
    auto& memory = scratch.memory();
    std::string_view const text = memory.load(body);
    auto const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) {
        return Error{Errc::malformed, "the body is empty; send one JSON object a line"};
    }
    if (text[first] == '[') return parse_array(memory, text);
    return parse_lines(memory, text);
}

}  // namespace posthaste::ingest
