#include "load/document.hpp"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <charconv>
#include <cmath>

#include "base/fields.hpp"
#include "views/json_text.hpp"

namespace posthaste::load {

namespace dom = simdjson::dom;

namespace {

std::string_view text_at(dom::element const& object, std::string_view name) {
    std::string_view text;
    if (object[name].get_string().get(text) != simdjson::SUCCESS) return {};
    return text;
}

std::int64_t number_at(dom::element const& object, std::string_view name) {
    std::int64_t number = 0;
    if (object[name].get_int64().get(number) != simdjson::SUCCESS) return 0;
    return number;
}

// Ids and big numbers are decimal strings.
std::uint64_t big_at(dom::element const& object, std::string_view name) {
    auto const text = text_at(object, name);
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

template <class E>
E enum_at(dom::element const& object, std::string_view name) {
    return from_name<E>(text_at(object, name)).value_or(E{});
}

dom::array list_at(dom::element const& object, std::string_view name) {
    dom::array list;
    if (object[name].get_array().get(list) != simdjson::SUCCESS) return {};
    return list;
}

bool has_list(dom::element const& object, std::string_view name) {
    return object[name].is_array();
}

model::Load load_at(dom::element const& object, std::string_view name) {
    model::Load load;
    if (!has_list(object, name)) return load;
    std::size_t i = 0;
    for (auto const each : list_at(object, name)) {
        std::int64_t amount = 0;
        if (i == load.amount.size() || each.get_int64().get(amount) != simdjson::SUCCESS) break;
        load.amount[i++] = static_cast<std::int32_t>(amount);
    }
    return load;
}

std::int32_t degrees_at(dom::element const& object, std::string_view name) {
    double degrees = 0;
    if (object[name].get_double().get(degrees) != simdjson::SUCCESS) return 0;
    return static_cast<std::int32_t>(std::llround(degrees * 1e7));
}

StopSeen stop_of(dom::element const& json) {
    StopSeen stop;
    dom::element place;
    if (json["place"].get(place) == simdjson::SUCCESS)
        stop.place = {degrees_at(place, "lat"), degrees_at(place, "lon")};
    stop.service = Millis{number_at(json, "service")};
    stop.pickup = load_at(json, "pickup");
    stop.dropoff = load_at(json, "dropoff");
    return stop;
}

template <class T>
std::vector<T> list_of(
    dom::element const& json, std::string_view name, T (*read)(dom::element const&)
) {
    std::vector<T> list;
    if (!has_list(json, name)) return list;
    for (auto const each : list_at(json, name))
        list.push_back(read(each));
    return list;
}

AssignmentSeen assignment_of(dom::element const& json) {
    return {
        .id = model::AssignmentId{big_at(json, "id")},
        .agent = model::AgentId{big_at(json, "agent")},
        .slot = static_cast<std::uint8_t>(number_at(json, "slot")),
        .state = std::string{text_at(json, "state")}};
}

model::SlotStatus slot_of(dom::element const& json) {
    return enum_at<model::SlotStatus>(json, "status");
}

JobSeen job_of(dom::element const& json) {
    return {
        .id = model::JobId{big_at(json, "id")},
        .reference = std::string{text_at(json, "reference")},
        .workflow = std::string{text_at(json, "workflow")},
        .phase = enum_at<model::Phase>(json, "phase"),
        .stops = list_of(json, "stops", stop_of),
        .slots = list_of(json, "slots", slot_of),
        .assignments = list_of(json, "assignments", assignment_of)};
}

// Nothing: not an offer.
std::optional<OfferSeen> offer_of(dom::element const& json) {
    OfferSeen offer{
        .id = model::OfferId{big_at(json, "id")},
        .agent = model::AgentId{big_at(json, "agent")},
        .attempt = big_at(json, "attempt")};
    dom::element job;
    bool const is_whole = offer.id != model::OfferId{} &&
                          json["received"].get_bool().get(offer.received) == simdjson::SUCCESS &&
                          json["job"].get(job) == simdjson::SUCCESS;
    if (!is_whole) return std::nullopt;
    offer.job = model::JobId{big_at(job, "id")};
    offer.reference = text_at(job, "reference");
    return offer;
}

VisitSeen visit_of(dom::element const& json) {
    return {
        .assignment = model::AssignmentId{big_at(json, "assignment")},
        .job = model::JobId{big_at(json, "job")},
        .stop = static_cast<std::uint8_t>(number_at(json, "stop"))};
}

AgentSeen agent_of(dom::element const& json) {
    return {
        .id = model::AgentId{big_at(json, "id")},
        .reference = std::string{text_at(json, "reference")},
        .capacity = load_at(json, "capacity"),
        .aboard = load_at(json, "aboard"),
        .route = list_of(json, "route", visit_of)};
}

Error not_json(std::string_view json) {
    return Error{Errc::malformed, "not the JSON expected: " + std::string{json.substr(0, 200)}};
}

}  // namespace

struct Reader::Memory {
    dom::parser parser;

    Result<dom::element> parse(std::string_view json) {
        dom::element root;
        auto const code = parser.parse(json.data(), json.size()).get(root);
        if (code != simdjson::SUCCESS || !root.is_object()) return not_json(json);
        return root;
    }
};

Reader::Reader() : memory_{std::make_unique<Memory>()} {}
Reader::~Reader() = default;

Result<JobSeen> Reader::job(std::string_view json) {
    auto job = job_of(TRY(memory_->parse(json)));
    if (job.id == model::JobId{}) return not_json(json);
    return job;
}

Result<OfferSeen> Reader::offer(std::string_view json) {
    auto offer = offer_of(TRY(memory_->parse(json)));
    if (!offer) return not_json(json);
    return *std::move(offer);
}

Result<MessageSeen> Reader::message(std::string_view json) {
    auto const root = TRY(memory_->parse(json));
    MessageSeen message{
        .type = std::string{text_at(root, "type")}, .operation = big_at(root, "operation")};
    if (message.type.empty()) return not_json(json);
    dom::element part;
    if (root["problem"].get(part) == simdjson::SUCCESS) {
        message.status = static_cast<int>(number_at(part, "status"));
        message.code = text_at(part, "code");
    }
    if (root["data"].get(part) != simdjson::SUCCESS) return message;
    if (message.type == "offer") message.offer = offer_of(part);
    if (message.type == "job") message.job = job_of(part);
    return message;
}

Result<DecisionSeen> Reader::decision(std::string_view json) {
    auto const root = TRY(memory_->parse(json));
    DecisionSeen decision{.job = model::JobId{big_at(root, "job")}};
    if (!views::from_text(text_at(root, "at"), decision.at)) return not_json(json);
    return decision;
}

std::string Reader::text(std::string_view json, std::string_view name) {
    auto const root = memory_->parse(json);
    if (!root.ok()) return {};
    auto const text = text_at(root.value(), name);
    if (!text.empty()) return std::string{text};
    std::int64_t number = 0;
    if (root.value()[name].get_int64().get(number) != simdjson::SUCCESS) return {};
    return std::to_string(number);
}

Result<model::Policy> Reader::policy(std::string_view json) {
    auto const root = TRY(memory_->parse(json));
    model::Policy policy;
    policy.radius = Metres{number_at(root, "radius")};
    policy.stack_max = static_cast<std::int32_t>(number_at(root, "stack_max"));
    policy.detour_per_mille = static_cast<std::int32_t>(number_at(root, "detour_per_mille"));
    if (policy.stack_max == 0 || !has_list(root, "speed_mm_s")) return not_json(json);
    std::size_t i = 0;
    for (auto const each : list_at(root, "speed_mm_s")) {
        std::int64_t speed = 0;
        bool const is_speed = each.get_int64().get(speed) == simdjson::SUCCESS && speed > 0;
        if (!is_speed || i == policy.speed_mm_s.size()) return not_json(json);
        policy.speed_mm_s[i++] = static_cast<std::int32_t>(speed);
    }
    return policy;
}

Result<Page<JobSeen>> Reader::jobs(std::string_view json) {
    auto const root = TRY(memory_->parse(json));
    if (!has_list(root, "jobs")) return not_json(json);
    return Page<JobSeen>{list_of(root, "jobs", job_of), std::string{text_at(root, "next")}};
}

Result<Page<AgentSeen>> Reader::agents(std::string_view json) {
    auto const root = TRY(memory_->parse(json));
    if (!has_list(root, "agents")) return not_json(json);
    return Page<AgentSeen>{list_of(root, "agents", agent_of), std::string{text_at(root, "next")}};
}

}  // namespace posthaste::load
