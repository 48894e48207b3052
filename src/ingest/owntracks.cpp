#include "ingest/owntracks.hpp"

#include <string>
#include <utility>

#include "ingest/draft.hpp"
#include "ingest/json.hpp"

namespace posthaste::ingest {

namespace {

constexpr RequiredFields required{"topic (or X-Limit-U and X-Limit-D)", "lat", "lon", "tst"};
constexpr std::size_t type_bytes_max = 32;

struct Message {
    std::string type;
    std::string topic;
    FixDraft draft{Source::owntracks, required};
};

void read_field(Message& message, std::string_view key, json::Value value) {
    std::string_view const token = json::token_of(value);
    auto& draft = message.draft;
    if (key == "_type") {
        message.type = json::text_of(value);
    } else if (key == "topic") {
        message.topic = json::text_of(value);
    } else if (key == "lat") {
        draft.set_latitude(key, token);
    } else if (key == "lon") {
        draft.set_longitude(key, token);
    } else if (key == "tst") {
        draft.set_epoch(key, token);
    } else if (key == "acc") {
        draft.set_accuracy(key, token);
    } else if (key == "vel") {
        draft.set_speed(key, token, SpeedUnit::kilometres_per_hour);
    } else if (key == "cog") {
        draft.set_heading(key, token);
    } else if (key == "batt") {
        draft.set_battery(key, token, BatteryUnit::percent);
    }
}

/// "USER/DEVICE" by the sender, or what follows the first level of the topic.
std::string device_of(OwntracksSender const& sender, std::string_view topic) {
    if (!sender.user.empty() && !sender.device.empty()) {
        return std::string{sender.user} + "/" + std::string{sender.device};
    }
    auto const slash = topic.find('/');
    if (slash != std::string_view::npos) return std::string{topic.substr(slash + 1)};
    return std::string{sender.user.empty() ? sender.device : sender.user};
}

std::string why_ignored(std::string_view type) {
    if (type == "encrypted") return "encrypted: turn payload encryption off; use HTTPS instead";
    if (type.size() > type_bytes_max) type = "unknown";
    return std::string{type} + ": carries no position";
}

}  // namespace

Result<Batch> parse_owntracks(
    JsonScratch& scratch, std::string_view body, OwntracksSender const& sender
) {
    TRY(check_message_size(body));
    auto& memory = scratch.memory();
    Message message;
    auto const code =
        json::read_object(memory, memory.load(body), [&](std::string_view key, json::Value value) {
            read_field(message, key, value);
        });
    if (code != simdjson::SUCCESS) return json::not_json(code);
    if (message.type.empty()) {
        return Error{Errc::malformed, "_type: is missing; send \"location\" for a position"};
    }
    if (message.type != "location") {
        Batch batch;
        batch.ignored = why_ignored(message.type);
        return batch;
    }
    message.draft.set_device("topic", device_of(sender, message.topic));
    return single(std::move(message.draft).finish());
}

}  // namespace posthaste::ingest
