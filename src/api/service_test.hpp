// A whole service in a test: shard, views and routes, turned by hand under a clock of its own.
//
// Gives    ask(): a request through the router, the answer when it is there. Keys of a tenant's
//          people, one region with the ride workflow, an agent on duty.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "api/json_value.hpp"
#include "api/live.hpp"
#include "api/service.hpp"
#include "api/tracks.hpp"
#include "log/memory/memory_log.hpp"

namespace posthaste::api::testing {

/// A stream that nobody reads.
class DeafStream final : public Stream {
public:
    bool write(Frame) override { return true; }
    void close() override {}
};

/// Keeps what a Responder was told.
class Recorder final : public detail::Exchange {
public:
    void respond(std::uint64_t, Response given) override {
        {
            std::lock_guard const lock{mutex_};
            response_ = std::move(given);
        }
        told_.notify_all();
    }
    std::shared_ptr<Stream> start_stream(std::uint64_t ticket, Response head, std::function<void()>)
        override {
        respond(ticket, std::move(head));
        return std::make_shared<DeafStream>();
    }
    std::shared_ptr<WsSession> upgrade(std::uint64_t, WsHandlers) override { return nullptr; }

    std::optional<Response> wait(std::chrono::milliseconds most) {
        std::unique_lock lock{mutex_};
        told_.wait_for(lock, most, [&] { return response_.has_value(); });
        return response_;
    }

private:
    std::mutex mutex_;
    std::condition_variable told_;
    std::optional<Response> response_;
};

class HandClock final : public node::Clock {
public:
    Instant now() const override { return Instant{millis.load()}; }
    std::atomic<std::int64_t> millis = 1'800'000'000'000;
};

class Folder {
public:
    Folder() {
        std::string text = std::filesystem::temp_directory_path() / "posthaste-api-XXXXXX";
        REQUIRE(::mkdtemp(text.data()) != nullptr);
        path = text;
    }
    Folder(Folder const&) = delete;
    Folder& operator=(Folder const&) = delete;
    ~Folder() { std::filesystem::remove_all(path); }
    std::filesystem::path path;
};

inline std::string workflow_text(std::string const& name) {
    std::ifstream file{POSTHASTE_ROOT "/workflows/" + name};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline std::string header(Response const& response, std::string_view name) {
    for (auto const& field : response.headers) {
        if (field.name == name) return field.value;
    }
    return {};
}

/// The text of a member of the answer; "" when it has none.
inline std::string member(std::string_view json, std::string_view name) {
    auto const document = parse_json(json);
    REQUIRE(document.ok());
    auto const* const found = document.value().member(name);
    return found == nullptr ? "" : found->text;
}
inline std::string member(Response const& response, std::string_view name) {
    return member(response.content(), name);
}

struct Asked {
    Method method = Method::get;
    std::string path;
    std::string key;
    std::string body = {};
    std::vector<Field> headers = {};
    std::string type = "application/json";
};

class City {
public:
    City()
        : publisher{ring, [](auto) {}},
          board{[this](auto change) { publisher.give(std::move(change)); }} {
        auto opened_history = views::History::open(folder.path / "history.db", log);
        REQUIRE(opened_history.ok());
        history = std::move(opened_history).value();
        auto opened_vault = views::Vault::open(folder.path);
        REQUIRE(opened_vault.ok());
        vault = std::move(opened_vault).value();
        auto opened_blobs = views::Blobs::open(folder.path / "blobs");
        REQUIRE(opened_blobs.ok());
        blobs.emplace(std::move(opened_blobs).value());
        auto opened = node::Shard::open(log, clock, {}, {&board, history.get()});
        REQUIRE(opened.ok());
        shard = std::move(opened).value();
        tracks.emplace(*shard, board, *history, metrics);
        service.emplace(Service{
            *shard, board, publisher, *history, *vault, *blobs, metrics, clock, live, *tracks});
        add_job_routes(router, *service);
        add_agent_routes(router, *service);
        add_region_routes(router, *service);
        add_system_routes(router, *service);
        set_up();
    }

    City(City const&) = delete;
    City& operator=(City const&) = delete;
    ~City() {
        service->waits->stop();
        service->slow->stop();
        service->routing->stop();
    }

    /// Waits for the answer, turning meanwhile.
    Response ask(Asked const& asked) { return wait(begin(asked)); }
    std::shared_ptr<Recorder> begin(Asked const& asked) {
        auto const query = asked.path.find('?');
        Request request{
            .method = asked.method,
            .path = asked.path.substr(0, query),
            .headers = asked.headers,
            .body = asked.body};
        if (query != std::string::npos) request.query = *parse_query(asked.path.substr(query + 1));
        if (!asked.key.empty()) request.headers.push_back({"authorization", "Bearer " + asked.key});
        request.headers.push_back({"content-type", asked.type});
        auto const recorder = std::make_shared<Recorder>();
        router.dispatch(std::move(request), Responder{recorder, 1});
        return recorder;
    }
    Response wait(std::shared_ptr<Recorder> const& recorder) {
        for (int tries = 0; tries < 20'000; ++tries) {
            turn();
            if (auto response = recorder->wait(std::chrono::milliseconds{2})) return *response;
        }
        FAIL("no answer");
        return {};
    }
    void turn() {
        while (true) {
            auto const done = shard->turn();
            REQUIRE(done.ok());
            if (!done.value()) return;
        }
    }
    void pass(Millis span) {
        clock.millis += span.count();
        turn();
    }
    void see(std::string const& agent, model::Position place) {
        auto const now = clock.now();
        model::Fix const fix{
            .agent = model::AgentId{std::stoull(agent)},
            .place = place,
            .time = now,
            .received = now};
        REQUIRE(shard->add_fixes(RegionId{7}, {fix}) == 1);
        turn();
    }
    /// The service's roads are those of a file, when they are empty.
    void open_roads(std::filesystem::path const& file) {
        auto opened = road::Roads::open(file);
        REQUIRE(opened.ok());
        service->roads = std::move(opened).value();
        service->conditions = [now = road::Conditions::free_flow(service->roads)] { return now; };
    }
    /// Everything that was decided is in the history.
    void catch_up() {
        while (true) {
            auto const done = history->step();
            REQUIRE(done.ok());
            if (!done.value()) return;
        }
    }

    std::string make_key(
        std::string const& tenant, std::string const& role, std::string agent = {}
    ) {
        std::string body = R"({"tenant":")" + tenant + R"(","role":")" + role + "\"";
        if (!agent.empty()) body += R"(,"agent":")" + agent + "\"";
        auto const made = ask({Method::post, "/v1/keys", operators, body + "}"});
        REQUIRE(made.status == 201);
        return member(made, "secret");
    }
    /// On duty and seen.
    std::string make_agent(std::string const& reference, model::Position place) {
        auto const made = ask(
            {Method::put,
             "/v1/agents/" + reference,
             dispatcher,
             R"({"home":{"lat":57.7,"lon":11.97},"capacity":[4,4,4,4]})"}
        );
        REQUIRE(made.status == 200);
        auto agent = member(made, "agent");
        auto const duty = ask(
            {Method::put,
             "/v1/agents/" + agent + "/availability",
             dispatcher,
             R"({"availability":"on_duty"})"}
        );
        REQUIRE(duty.status == 200);
        see(agent, place);
        return agent;
    }

    Folder folder;
    log::MemoryLog log;
    HandClock clock;
    views::Ring ring;
    Live live{ring};
    views::Publisher publisher;
    views::Board board;
    std::unique_ptr<views::History> history;
    std::unique_ptr<views::Vault> vault;
    std::optional<views::Blobs> blobs;
    Metrics metrics;
    std::unique_ptr<node::Shard> shard;
    std::optional<Tracks> tracks;
    std::optional<Service> service;
    Router router{
        {.keys = [this](model::KeyId id) { return key_of(id); },
         .rate = {.per_second = 1'000'000, .burst = 1'000'000},
         .clock = [this] { return clock.now(); },
         .version = "0"}};

    std::string operators = "ph_999999_s";
    std::string admin;
    std::string dispatcher;
    std::string viewer;
    std::string stranger;  ///< admin of another tenant

private:
    std::optional<KeyRecord> key_of(model::KeyId id) const {
        if (id == model::KeyId{999'999})
            return KeyRecord{
                .tenant = "", .secret = secret_digest("s"), .role = model::Role::admin};
        for (auto const& key : board.keys()) {
            if (key.id == id && !key.revoked)
                return KeyRecord{key.tenant, key.secret, key.role, key.agent, key.expires};
        }
        return std::nullopt;
    }

    void set_up() {
        for (std::string const tenant : {"acme", "other"}) {
            auto const made =
                ask({Method::post, "/v1/tenants", operators, R"({"name":")" + tenant + "\"}"});
            REQUIRE(made.status == 200);
            auto const region = tenant == "acme" ? "7" : "8";
            auto const body = R"({"region":)" + std::string{region} + R"(,"tenant":")" + tenant +
                              R"(","name":"Here","centre":{"lat":57.7,"lon":11.97}})";
            REQUIRE(ask({Method::post, "/v1/regions", operators, body}).status == 200);
        }
        admin = make_key("acme", "admin");
        dispatcher = make_key("acme", "dispatcher");
        viewer = make_key("acme", "viewer");
        stranger = make_key("other", "admin");
        auto const workflow = ask(
            {Method::put,
             "/v1/workflows/ride",
             admin,
             workflow_text("ride.toml"),
             {},
             "application/toml"}
        );
        REQUIRE(workflow.status == 200);
    }
};

inline constexpr model::Position here{577'000'000, 119'700'000};

inline std::string ride(std::string_view more = "") {
    return R"({"workflow":"ride","stops":[{"place":{"lat":57.7,"lon":11.97}},)"
           R"({"place":{"lat":57.71,"lon":11.98}}])" +
           std::string{more} + "}";
}

inline std::string make_job(City& city, std::string_view more = "") {
    auto const made = city.ask({Method::post, "/v1/jobs", city.dispatcher, ride(more)});
    REQUIRE(made.status == 202);
    return member(made, "job");
}

inline Response get(City& city, std::string path, std::string const& key) {
    return city.ask({Method::get, std::move(path), key});
}

inline bool is_problem(Response const& response, int status, std::string_view code) {
    CHECK(response.status == status);
    CHECK(header(response, "Content-Type") == "application/problem+json");
    return member(response, "code") == code;
}

inline bool holds(Response const& response, std::string_view text) {
    return response.content().find(text) != std::string_view::npos;
}

/// The first offer in the agent's inbox: its id and attempt.
inline std::pair<std::string, std::string> offer_of(City& city, std::string const& agent) {
    auto const pending = get(city, "/v1/agents/" + agent + "/pending", city.dispatcher);
    REQUIRE(pending.status == 200);
    auto const document = parse_json(pending.content());
    REQUIRE(document.ok());
    auto const& offers = document.value().member("offers")->elements;
    REQUIRE(offers.size() == 1);
    return {offers[0].member("id")->text, offers[0].member("attempt")->text};
}

}  // namespace posthaste::api::testing
