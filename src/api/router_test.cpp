#include "api/router.hpp"

#include <doctest/doctest.h>

#include <set>

#include "api/json_value.hpp"

namespace posthaste::api {
namespace {

using model::AgentId;
using model::KeyId;
using model::Role;

/// Keeps what a Responder was told.
class Recorder final : public detail::Exchange {
public:
    void respond(std::uint64_t, Response given) override { response = std::move(given); }
    std::shared_ptr<Stream> start_stream(std::uint64_t, Response, std::function<void()>) override {
        return nullptr;
    }
    std::shared_ptr<WsSession> upgrade(std::uint64_t, WsHandlers) override { return nullptr; }

    Response response{.status = 0};
};

constexpr Instant now{1'763'712'000'000};

/// Keys 1: dispatcher of acme, 2: agent 5 of acme, 3: dispatcher of other; the secret is "s".
std::optional<KeyRecord> key_of(KeyId id) {
    auto const number = raw(id);
    if (number < 1 || number > 3) return std::nullopt;
    return KeyRecord{
        .tenant = number == 3 ? "other" : "acme",
        .secret = secret_digest("s"),
        .role = number == 2 ? Role::agent : Role::dispatcher,
        .agent = number == 2 ? AgentId{5} : AgentId{}};
}

struct Fixture {
    explicit Fixture(RatePolicy rate = {}) : router{options(rate)} {
        auto const acme = [](Call const&) { return Resource{.tenant = "acme"}; };
        router.add(
            {.path = "/v1/jobs",
             .door = {.permission = Permission::read_board, .whose = acme},
             .text =
                 {.summary = "The jobs.",
                  .query = {{"state", R"({"type":"string"})", "Only those in this state."}}},
             .response = json_body<std::vector<model::Job>>(),
             .handler = [](Call const&, Responder responder) { responder.send({.body = "jobs"}); }}
        );
        router.add<model::CreateJob>(
            {.method = Method::post,
             .path = "/v1/jobs",
             .door = {.permission = Permission::create_job, .whose = acme},
             .text = {.summary = "A new job.", .success = 202}},
            [](Call const&, model::CreateJob const& job, Responder responder) {
                responder.send({.status = 202, .body = job.workflow});
            }
        );
        router.add<model::AcceptOffer>(
            {.method = Method::post,
             .path = "/v1/agents/{agent}/offers/{offer}/accept",
             .door =
                 {.permission = Permission::answer_offer,
                  .whose = [](Call const& call) -> std::optional<Resource> {
                      if (call.request.parameter("agent") == "9") return std::nullopt;
                      return Resource{
                          .tenant = "acme",
                          .agent =
                              call.request.parameter("agent") == "5" ? AgentId{5} : AgentId{6}};
                  }},
             .text = {.summary = "Takes the offer."}},
            [](Call const&, model::AcceptOffer const& offer, Responder responder) {
                responder.send(
                    {.body = std::to_string(raw(offer.offer)) + " " + std::to_string(offer.attempt)}
                );
            }
        );
        router.add(
            {.path = "/static/{file*}",
             .text = {.summary = "A file."},
             .response = raw_body("text/html"),
             .handler =
                 [](Call const& call, Responder responder) {
                     responder.send({.body = std::string{call.request.parameter("file")}});
                 }}
        );
    }

    RouterOptions options(RatePolicy rate) {
        return {
            .keys = key_of,
            .rate = rate,
            .clock = [] { return now; },
            .on_answer = [this](Response const& response) { refusals.push_back(response.refusal); },
            .version = "0"};
    }

    Response ask(Method method, std::string path, int key = 1, std::string body = {}) {
        Request request{.method = method, .path = std::move(path), .body = std::move(body)};
        if (key > 0)
            request.headers.push_back({"authorization", "Bearer ph_" + std::to_string(key) + "_s"});
        request.headers.push_back({"content-type", "application/json; charset=utf-8"});
        return ask(std::move(request));
    }
    Response ask(Request request) {
        auto const recorder = std::make_shared<Recorder>();
        router.dispatch(std::move(request), Responder{recorder, 1});
        return recorder->response;
    }

    std::vector<std::string> refusals;
    Router router;
};

std::string header(Response const& response, std::string_view name) {
    for (auto const& field : response.headers) {
        if (field.name == name) return field.value;
    }
    return {};
}

constexpr std::string_view job = R"({"workflow":"ride","stops":[{"place":{"lat":1,"lon":2}}]})";

}  // namespace

TEST_CASE("a request that passes every door comes to its handler") {
    Fixture fixture;
    CHECK(fixture.ask(Method::get, "/v1/jobs").body == "jobs");
    CHECK(fixture.ask(Method::head, "/v1/jobs").body == "jobs");  // the server sends the head only
    auto const made = fixture.ask(Method::post, "/v1/jobs", 1, std::string{job});
    CHECK(made.status == 202);
    CHECK(made.body == "ride");
    CHECK(header(made, "RateLimit-Policy") == "\"key\";q=500;w=5");
    CHECK(
        fixture.ask(Method::post, "/v1/agents/5/offers/77/accept", 2, R"({"attempt":"3"})").body ==
        "77 3"
    );
    CHECK(fixture.ask(Method::get, "/static/a/b%20c.html", 0).body == "a/b c.html");
}

TEST_CASE("each door has its own refusal, in their order") {
    struct Row {  // NOLINT(clang-analyzer-optin.performance.Padding): reads as a request does
        Method method;
        std::string path;
        int key;
        std::string body;
        int status;
        std::string_view refusal;
    };
    Row const rows[] = {
        {Method::get, "/v1/nothing", 0, "", 404, "not_found"},
        {Method::get, "/v1/jobs/", 1, "", 404, "not_found"},
        {Method::get, "/v1", 1, "", 404, "not_found"},
        {Method::get, "/v1/%zz", 1, "", 404, "not_found"},
        {Method::erase, "/v1/jobs", 0, "", 405, "method_not_allowed"},
        {Method::get, "/v1/jobs", 0, "", 401, "unauthenticated"},
        {Method::get, "/v1/jobs", 4, "", 401, "unauthenticated"},
        {Method::get, "/v1/jobs", 2, "", 403, "forbidden"},
        {Method::get, "/v1/jobs", 3, "", 404, "not_found"},  // another tenant's
        {Method::post, "/v1/agents/6/offers/1/accept", 2, "{}", 403, "forbidden"},
        {Method::post, "/v1/agents/9/offers/1/accept", 2, "{}", 404, "not_found"},
        {Method::post, "/v1/agents/5/offers/x/accept", 2, R"({"attempt":"1"})", 404, "not_found"},
        {Method::post,
         "/v1/agents/5/offers/1/accept",
         2,
         R"({"attempt":"1","offer":"2"})",
         422,
         "invalid"},
        {Method::post, "/v1/jobs", 1, "", 422, "invalid"},
        {Method::post, "/v1/jobs", 1, "{", 400, "malformed"},
    };
    for (auto const& row : rows) {
        CAPTURE(row.path);
        Fixture fixture;
        auto const answer = fixture.ask(row.method, row.path, row.key, row.body);
        CHECK(answer.status == row.status);
        CHECK(header(answer, "Content-Type") == "application/problem+json");
        CHECK(fixture.refusals == std::vector<std::string>{std::string{row.refusal}});
    }
    Fixture fixture;
    CHECK(header(fixture.ask(Method::erase, "/v1/jobs"), "Allow") == "GET, POST");
    CHECK(header(fixture.ask(Method::get, "/v1/jobs", 0), "WWW-Authenticate") == "Bearer");
    Request form{.method = Method::post, .path = "/v1/jobs", .body = "a=b"};
    form.headers = {{"authorization", "Bearer ph_1_s"}, {"content-type", "text/plain"}};
    CHECK(fixture.ask(form).status == 415);
}

TEST_CASE("a key that asks too often is told when to come back, and others are not held up") {
    Fixture fixture{{.per_second = 1, .burst = 2}};
    CHECK(fixture.ask(Method::get, "/v1/jobs").status == 200);
    CHECK(fixture.ask(Method::get, "/v1/jobs").status == 200);
    auto const refused = fixture.ask(Method::get, "/v1/jobs");
    CHECK(refused.status == 429);
    CHECK(header(refused, "Retry-After") == "1");
    CHECK(header(refused, "RateLimit") == "\"key\";r=0;t=2");
    CHECK(fixture.ask(Method::get, "/v1/jobs", 2).status == 403);
    // Guesses at keys are counted by where they come from.
    CHECK(fixture.ask(Method::get, "/v1/jobs", 4).status == 401);
    CHECK(fixture.ask(Method::get, "/v1/jobs", 5).status == 401);
    CHECK(fixture.ask(Method::get, "/v1/jobs", 6).status == 429);
}

TEST_CASE("fixes and requests are counted apart") {
    Fixture fixture{{.per_second = 1, .burst = 2}};
    auto const acme = [](Call const&) { return Resource{.tenant = "acme"}; };
    fixture.router.add(
        {.method = Method::post,
         .path = "/v1/fixes",
         .door = {.permission = Permission::send_fixes, .whose = acme, .lane = Lane::fixes},
         .text = {.summary = "Fixes."},
         .handler = [](Call const&, Responder responder) { responder.send({}); }}
    );
    // Twice the policy's burst for fixes, which is the usual one here.
    for (int i = 0; i < 4; ++i)
        CHECK(fixture.ask(Method::post, "/v1/fixes").status == 200);
    CHECK(fixture.ask(Method::get, "/v1/jobs").status == 200);
    CHECK(fixture.ask(Method::get, "/v1/jobs").status == 200);
    CHECK(fixture.ask(Method::get, "/v1/jobs").status == 429);
    CHECK(fixture.ask(Method::post, "/v1/fixes").status == 200);
}

TEST_CASE("the document and the routes are the same, and every reference in it leads somewhere") {
    Fixture const fixture;
    auto const text = fixture.router.openapi();
    auto const parsed = parse_json(text, {.depth_max = 64});
    REQUIRE(parsed.ok());
    auto const& document = parsed.value();
    std::set<std::string> described;
    auto const& paths = *document.member("paths");
    for (std::size_t i = 0; i < paths.names.size(); ++i) {
        for (auto const& method : paths.elements[i].names)
            described.insert(method + " " + paths.names[i]);
    }
    CHECK(
        described ==
        std::set<std::string>{
            "get /openapi.json",
            "get /v1/jobs",
            "post /v1/jobs",
            "post /v1/agents/{agent}/offers/{offer}/accept",
            "get /static/{file}"}
    );
    CHECK(fixture.router.routes().size() == described.size());
    auto const& schemas = *document.member("components")->member("schemas");
    constexpr std::string_view reference = "#/components/schemas/";
    std::size_t references = 0;
    for (auto at = text.find(reference); at != std::string::npos;
         at = text.find(reference, at + 1)) {
        auto const name = text.substr(at + reference.size());
        CHECK(schemas.member(name.substr(0, name.find('"'))) != nullptr);
        ++references;
    }
    CHECK(references > 10);
    auto const& accept = *paths.member("/v1/agents/{agent}/offers/{offer}/accept")->member("post");
    auto const& schema = *accept.member("requestBody")
                              ->member("content")
                              ->member("application/json")
                              ->member("schema");
    CHECK(schema.member("properties")->names == std::vector<std::string>{"attempt"});
}

TEST_CASE("the schema of a command says what its reader takes") {
    Components components;
    CHECK(
        schema_of<model::SetAvailability>(components) ==
        R"({"$ref":"#/components/schemas/SetAvailability"})"
    );
    CHECK(
        components.at("SetAvailability") ==
        R"({"type":"object","properties":{"agent":{"type":"string","pattern":"^[0-9]{1,20}$"},)"
        R"("availability":{"type":"string","enum":["off","paused","on_duty"]}},)"
        R"("additionalProperties":false,"required":["availability"]})"
    );
    auto const all = schema_of<model::Command>(components);
    CHECK(parse_json(all, {.depth_max = 64}).ok());
    CHECK(all.find(R"("properties":{"type":{"const":"AcceptOffer"},"offer")") != std::string::npos);
}

}  // namespace posthaste::api
