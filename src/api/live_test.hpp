// A whole server in a test: a shard over a memory log, its views, the routes, real sockets.
//
// Gives    tenant acme with region 7 and an agent T-1 at work there; keys by name; commands decided
//          before they return; a WebSocket client.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "api/json.hpp"
#include "api/live.hpp"
#include "api/service.hpp"
#include "api/test_client.hpp"
#include "api/tracks.hpp"
#include "log/memory/memory_log.hpp"

namespace posthaste::api::testing {

constexpr RegionId city{7};
constexpr model::Position centre{577'000'000, 119'700'000};

/// Asks again until it holds, ten seconds at most.
inline void until(std::function<bool()> const& holds) {
    for (int i = 0; i < 2000; ++i) {
        if (holds()) return;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    FAIL("it never came true");
}

class LiveServer {
public:
    explicit LiveServer(std::size_t ring_messages = views::ring_messages_max)
        : ring{ring_messages} {
        std::filesystem::create_directories(folder_);
        history = views::History::open(folder_ / "history.db", log).value();
        vault = views::Vault::open(folder_ / "vault").value();
        blobs.emplace(views::Blobs::open(folder_ / "blobs").value());
        shard = node::Shard::open(log, clock, {}, {&board, history.get()}).value();
        publisher.start();
        turns_ = std::thread{[this] { run_turns(); }};
        tracks.emplace(*shard, board, *history, metrics);
        service.emplace(Service{
            *shard, board, publisher, *history, *vault, *blobs, metrics, clock, live, *tracks});
        router.emplace(RouterOptions{
            .keys = [this](model::KeyId id) { return key_record(id); },
            .rate = {.per_second = 10'000, .burst = 10'000},
            .clock = [this] { return clock.now(); }});
        add_job_routes(*router, *service);
        add_fix_routes(*router, *service);
        add_live_routes(*router, *service);
        server.emplace(Server::start({}, [this](Request request, Responder responder) {
                           router->dispatch(std::move(request), std::move(responder));
                       }).value());
        settle_city();
    }
    LiveServer(LiveServer const&) = delete;
    LiveServer& operator=(LiveServer const&) = delete;
    ~LiveServer() {
        server.reset();
        service->waits->stop();
        service->slow->stop();
        ended_ = true;
        turns_.join();
        publisher.stop();
        tracks.reset();
        history.reset();
        vault.reset();
        std::filesystem::remove_all(folder_);
    }

    node::SystemClock clock;
    log::MemoryLog log;
    views::Ring ring;
    std::atomic<std::int64_t> seen_micros = -1;  ///< of the last job that was shown
    Live live{ring, {.on_seen = [this](std::int64_t micros) { seen_micros = micros; }}};
    views::Publisher publisher{ring, [this](auto messages) { live.publish(messages); }};
    views::Board board{[this](auto change) { publisher.give(std::move(change)); }};
    Metrics metrics;
    std::unique_ptr<views::History> history;
    std::unique_ptr<views::Vault> vault;
    std::optional<views::Blobs> blobs;
    std::unique_ptr<node::Shard> shard;
    std::optional<Tracks> tracks;
    std::optional<Service> service;
    std::optional<Router> router;
    std::optional<Server> server;
    model::AgentId agent{};

    core::Answer command(RegionId region, model::Command command) {
        auto const told = std::make_shared<Awaited<node::Reply>>();
        model::Envelope const who{.role = model::Role::admin};
        node::Submission submission{
            who, std::move(command), [told](node::Reply const& reply) { told->set(reply); }};
        REQUIRE(shard->submit(region, std::move(submission)).ok());
        auto const reply = told->get();
        REQUIRE(reply.answer.ok());
        INFO(reply.answer.value().detail);
        REQUIRE(reply.answer.value().rejection == model::Rejection::none);
        return reply.answer.value();
    }
    model::JobId create_ride() {
        model::CreateJob create{.workflow = "ride", .stops = std::vector<model::Stop>(2)};
        create.stops[0].place = centre;
        create.stops[1].place = {577'100'000, 119'800'000};
        return model::JobId{command(city, create).subject};
    }
    model::AgentId put_agent(std::string reference) {
        model::PutAgent put{.reference = std::move(reference), .home = centre};
        put.capacity.amount = {4, 4, 4, 4};
        model::AgentId const id{command(city, put).subject};
        command(city, model::SetAvailability{id, model::Availability::on_duty});
        return id;
    }
    /// Only who was seen is asked.
    void see_agent() {
        auto const now = clock.now();
        shard->add_fixes(city, {{.agent = agent, .place = centre, .time = now, .received = now}});
        until([&] { return board.agent(agent)->is_seen(); });
    }

    TestClient connect() const { return TestClient{server->port()}; }
    /// The answer to one request, on a connection of its own.
    std::string ask(std::string_view line, std::string_view headers, std::string_view body = {}) {
        std::string text{line};
        text.append(" HTTP/1.1\r\nHost: h\r\n").append(headers);
        if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
        text.append("\r\n").append(body);
        return connect().ask(text);
    }

    // Keys, their secret is "s": 1 dispatcher, 2 viewer, 3 the agent's, 4 another tenant's.
    static std::string bearer(unsigned key) {
        return "Authorization: Bearer ph_" + std::to_string(key) + "_s\r\n";
    }
    std::atomic<unsigned> revoked_key = 0;

private:
    std::optional<KeyRecord> key_record(model::KeyId id) const {
        using model::Role;
        constexpr std::array roles{
            Role::dispatcher, Role::viewer, Role::agent, Role::dispatcher, Role::admin};
        if (raw(id) < 1 || raw(id) > roles.size()) return std::nullopt;
        auto const role = roles[raw(id) - 1];
        if (raw(id) == revoked_key) return std::nullopt;
        return KeyRecord{
            .tenant = raw(id) == 4 ? "other" : "acme",
            .secret = secret_digest("s"),
            .role = role,
            .agent = role == Role::agent ? agent : model::AgentId{}};
    }

    void run_turns() {
        while (!ended_) {
            shard->wait(Millis{20});
            REQUIRE(shard->turn().ok());
        }
    }

    void settle_city() {
        command(core::control_region, model::CreateTenant{"acme"});
        command(core::control_region, model::CreateTenant{"other"});
        command(core::control_region, model::CreateRegion{city, "acme", "city", centre});
        until([this] { return std::ranges::count(shard->regions(), city) == 1; });
        command(city, model::SetPolicy{});
        std::ifstream file{POSTHASTE_ROOT "/workflows/ride.toml"};
        std::ostringstream text;
        text << file.rdbuf();
        command(city, model::SetWorkflow{"ride", text.str()});
        agent = put_agent("T-1");
    }

    static std::filesystem::path make_folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "live_test_XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        return pattern;
    }

    std::filesystem::path folder_ = make_folder();
    std::atomic<bool> ended_ = false;
    std::thread turns_;
};

/// Speaks text messages over a WebSocket.
class WsClient {
public:
    WsClient(std::uint16_t port, std::string_view path, std::string_view headers) : client_{port} {
        std::string text = "GET ";
        text.append(path).append(" HTTP/1.1\r\nHost: h\r\n").append(headers);
        text +=
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        REQUIRE(client_.send(text));
        head = client_.read_until("\r\n\r\n");
    }

    std::string head;

    void say(std::string_view text) const {
        REQUIRE(text.size() < 65'536);
        std::string frame{static_cast<char>(0x81)};
        if (text.size() < 126) {
            frame += static_cast<char>(0x80U | text.size());
        } else {
            frame += static_cast<char>(0xfe);
            frame += static_cast<char>(text.size() >> 8U);
            frame += static_cast<char>(text.size() & 0xffU);
        }
        frame.append(4, '\0');  // a mask of zeros changes nothing
        REQUIRE(client_.send(frame.append(text)));
    }
    /// The next message; "" when the peer has closed.
    std::string hear() {
        for (;;) {
            auto const start = client_.read_bytes(2);
            if (start.size() < 2) return {};
            auto const opcode = static_cast<unsigned char>(start[0]) & 0xfU;
            auto text = client_.read_bytes(read_size(static_cast<unsigned char>(start[1])));
            if (opcode == 8) return {};
            if (opcode == 1) return text;
        }
    }
    /// The first message of that type, skipping others; what came before it is in `heard`.
    JsonValue await(std::string_view type) {
        for (;;) {
            auto const text = hear();
            REQUIRE(!text.empty());
            heard.push_back(text);
            auto message = parse_json(text);
            REQUIRE(message.ok());
            if (message.value().member("type")->text == type) return std::move(message).value();
        }
    }
    std::vector<std::string> heard;

private:
    std::size_t read_size(unsigned char first) {
        if (first < 126) return first;
        std::size_t size = 0;
        for (auto const c : client_.read_bytes(first == 126 ? 2 : 8))
            size = size << 8U | static_cast<unsigned char>(c);
        return size;
    }

    TestClient client_;
};

inline std::string text_of(JsonValue const& value, std::string_view name) {
    auto const* const member = value.member(name);
    return member == nullptr ? "" : member->text;
}

}  // namespace posthaste::api::testing
