#include "load/requests.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/digest.hpp"
#include "views/json.hpp"

namespace posthaste::load {

namespace {

using views::JsonText;
using views::write_member;

std::string text_of(auto const& write) {
    JsonText out;
    out.open('{');
    write(out);
    out.close('}');
    return std::move(out).text();
}

std::uint64_t wall_ms() {
    auto const since = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(since).count()
    );
}

std::string path_of(std::string_view list, auto id, std::string_view rest) {
    return "/v1/" + std::string{list} + "/" + std::to_string(raw(id)) + std::string{rest};
}

std::vector<model::Stop> stops_of(demand::Trip const& trip, model::Window window) {
    std::vector<model::Stop> stops{
        {.place = trip.pickup, .window = window, .service = trip.service}};
    if (!trip.dropoff) return stops;
    stops.front().pickup = trip.load;
    stops.push_back({.place = *trip.dropoff, .service = trip.service, .dropoff = trip.load});
    return stops;
}

void write_fix(JsonText& json, FixLine const& line) {
    json.key("lat");
    json.degrees(line.place.lat);
    json.key("lon");
    json.degrees(line.place.lon);
    json.key("time");
    json.instant(line.time);
    json.key("accuracy");
    json.integer(5);
    json.key("speed");
    json.raw(
        std::to_string(line.speed_mm_s / 1000) + "." + std::to_string(line.speed_mm_s % 1000 / 100)
    );
}

template <class C>
std::string fields_of(C const& command) {
    JsonText out;
    views::write_json_fields(out, command);
    return std::move(out).text();
}

constexpr char const* not_now = "not now";

}  // namespace

Requests::Requests(std::string region, std::uint64_t seed)
    : region_{std::move(region)}, prng_{seed ^ wall_ms()} {}

std::string Requests::at(std::string path) const {
    if (region_.empty()) return path;
    path += path.find('?') == std::string::npos ? "?region=" : "&region=";
    return path + region_;
}

// RFC 9562, 5.7: 48 bits of milliseconds, the version, 74 drawn bits around the variant.
std::string Requests::new_id() {
    std::uint64_t const high = (wall_ms() << 16U) | 0x7000U | (prng_.next() & 0xfffU);
    std::uint64_t const low = (prng_.next() >> 2U) | 0x8000'0000'0000'0000ULL;
    return fmt::format(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32U,
        (high >> 16U) & 0xffffU,
        high & 0xffffU,
        low >> 48U,
        low & 0xffff'ffff'ffffULL
    );
}

Ask Requests::command(Verb verb, std::string path, std::string body) {
    return {
        .verb = verb,
        .path = at(std::move(path)),
        .body = std::move(body),
        .idempotency = new_id()};
}

Ask Requests::put_agent(demand::Member const& member, model::Shift shift) {
    auto body = text_of([&](JsonText& out) {
        write_member(out, "home", member.home);
        write_member(out, "shift", shift);
        write_member(out, "skills", member.skills);
        write_member(out, "vehicle_label", member.vehicle);
        write_member(out, "vehicle_kind", member.vehicle);
        write_member(out, "features", member.features);
        write_member(out, "capacity", member.capacity);
        write_member(out, "weight", member.weight);
    });
    return command(Verb::put, "/v1/agents/" + member.reference, std::move(body));
}

Ask Requests::set_availability(std::string_view agent, model::Availability availability) {
    auto body = text_of([&](JsonText& out) { write_member(out, "availability", availability); });
    auto path = "/v1/agents/" + std::string{agent} + "/availability";
    return command(Verb::put, std::move(path), std::move(body));
}

Ask Requests::create_job(
    demand::Trip const& trip, std::string reference, std::string_view workflow, model::Window window
) {
    model::NeedDraft const need{
        .skills = trip.skills, .kinds = trip.vehicles, .features = trip.features};
    auto body = text_of([&](JsonText& out) {
        write_member(out, "reference", reference);
        write_member(out, "workflow", std::string{workflow});
        write_member(out, "priority", trip.priority);
        write_member(out, "stops", stops_of(trip, window));
        write_member(out, "slots", std::vector{need});
    });
    return command(Verb::post, "/v1/jobs", std::move(body));
}

Ask Requests::propose_quote(model::JobId job) {
    auto body = text_of([&](JsonText& out) {
        write_member(out, "amount", Cents{9900});
        write_member(out, "currency", std::string{"SEK"});
    });
    return command(Verb::post, path_of("jobs", job, "/quote"), std::move(body));
}

Ask Requests::approve_quote(model::JobId job) {
    auto body = text_of([&](JsonText& out) { write_member(out, "approve", true); });
    return command(Verb::post, path_of("jobs", job, "/quote/decision"), std::move(body));
}

Ask Requests::step(model::JobId job, model::AssignmentId assignment, std::string_view to) {
    auto body = text_of([&](JsonText& out) {
        if (assignment != model::AssignmentId{}) write_member(out, "assignment", assignment);
        write_member(out, "to", std::string{to});
    });
    return command(Verb::post, path_of("jobs", job, "/transitions"), std::move(body));
}

Ask Requests::attach(model::JobId job, std::string_view kind, std::string_view content) {
    auto body = text_of([&](JsonText& out) {
        write_member(out, "content", digest(content));
        write_member(out, "kind", std::string{kind});
        write_member(out, "bytes", std::uint64_t{content.size()});
    });
    return command(Verb::post, path_of("jobs", job, "/attachments"), std::move(body));
}

Ask Requests::put_content(model::JobId job, std::string content) const {
    auto path = path_of("jobs", job, "/attachments/") + digest(content).hex();
    return {
        .verb = Verb::put,
        .path = at(std::move(path)),
        .body = std::move(content),
        .type = "application/octet-stream"};
}

Ask Requests::create_key(std::string const& tenant, model::AgentId agent) {
    auto body = text_of([&](JsonText& out) {
        write_member(out, "tenant", tenant);
        write_member(out, "role", model::Role::agent);
        write_member(out, "agent", agent);
        write_member(out, "label", std::string{"load"});
    });
    return command(Verb::post, "/v1/keys", std::move(body));
}

Ask Requests::receive(model::OfferId offer) {
    return command(Verb::post, path_of("offers", offer, "/receipt"), "{}");
}

Ask Requests::accept(OfferSeen const& offer) {
    auto body = text_of([&](JsonText& out) { write_member(out, "attempt", offer.attempt); });
    return command(Verb::post, path_of("offers", offer.id, "/accept"), std::move(body));
}

Ask Requests::decline(OfferSeen const& offer) {
    auto body = text_of([&](JsonText& out) {
        write_member(out, "attempt", offer.attempt);
        write_member(out, "reason", std::string{not_now});
    });
    return command(Verb::post, path_of("offers", offer.id, "/decline"), std::move(body));
}

Ask Requests::policy() const {
    return {.path = at("/v1/policy")};
}

Ask Requests::set_policy(std::string body) {
    return command(Verb::put, "/v1/policy", std::move(body));
}

Ask Requests::fixes(std::span<FixLine const> lines) const {
    std::string body;
    for (auto const& line : lines) {
        JsonText json;
        json.open('{');
        json.key("agent");
        json.string(line.agent);
        write_fix(json, line);
        json.close('}');
        body += json.text();
        body += '\n';
    }
    return {
        .verb = Verb::post,
        .path = at("/v1/fixes"),
        .body = std::move(body),
        .type = "application/x-ndjson"};
}

Ask Requests::session() const {
    return {.path = "/v1/session"};
}

Ask Requests::snapshot() const {
    return {.path = at("/v1/snapshot")};
}

Ask Requests::page_of_jobs(std::string_view after) const {
    auto const from = after.empty() ? std::string{} : "&after=" + std::string{after};
    return {.path = at("/v1/jobs?limit=1000" + from)};
}

Ask Requests::page_of_agents(std::string_view after) const {
    auto const from = after.empty() ? std::string{} : "&after=" + std::string{after};
    return {.path = at("/v1/agents?limit=1000" + from)};
}

std::string Requests::stream_path() const {
    return at("/v1/stream");
}

Say say_receipt(model::OfferId offer) {
    return {.type = "receipt", .fields = fields_of(model::ReceiveOffer{.offer = offer})};
}

Say say_accept(OfferSeen const& offer) {
    model::AcceptOffer const command{.offer = offer.id, .attempt = offer.attempt};
    return {.type = "accept", .fields = fields_of(command)};
}

Say say_decline(OfferSeen const& offer) {
    model::DeclineOffer const command{
        .offer = offer.id, .attempt = offer.attempt, .reason = not_now};
    return {.type = "decline", .fields = fields_of(command)};
}

Say say_step(model::JobId job, model::AssignmentId assignment, std::string_view to) {
    model::TransitionJob const command{.job = job, .assignment = assignment, .to = std::string{to}};
    return {.type = "transition", .fields = fields_of(command)};
}

Say say_fix(FixLine const& line) {
    JsonText json;
    write_fix(json, line);
    return {.type = "fix", .fields = std::move(json).text(), .once = true};
}

}  // namespace posthaste::load
