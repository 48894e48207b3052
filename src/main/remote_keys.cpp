#include "main/remote_keys.hpp"

#include <fmt/format.h>

#include <chrono>

#include <boost/asio/io_context.hpp>

#include "api/json_value.hpp"
#include "load/requests.hpp"
#include "views/json.hpp"

namespace posthaste::main {

namespace {

std::string text_of(api::JsonValue const& object, std::string_view name) {
    auto const* const member = object.member(name);
    return member == nullptr ? std::string{} : member->text;
}

/// The answer's document.
Result<api::JsonValue> ask(load::Target const& server, load::Ask request) {
    constexpr std::chrono::seconds patience{60};
    boost::asio::io_context io;
    load::Answer answer;
    load::Lane lane{io, server, 1};
    bool const sent = lane.send(std::move(request), [&](load::Answer const& it) {
        answer = it;
        io.stop();
    });
    ASSERT(sent);
    io.run_for(patience);
    if (answer.status == 0) {
        return Error{
            Errc::io_failed, fmt::format("no answer from {}:{}", server.host, server.port)};
    }
    auto document = api::parse_json(answer.body);
    if (answer.ok()) return document;
    auto const detail = document.ok() ? text_of(document.value(), "detail") : std::string{};
    return Error{Errc::malformed, fmt::format("the server says {}: {}", answer.status, detail)};
}

load::Ask with_id(load::Verb verb, std::string path, std::string body) {
    auto const seed = static_cast<std::uint64_t>(load::now_micros());
    return load::Requests{"", seed}.command(verb, std::move(path), std::move(body));
}

}  // namespace

Result<std::string> create_key(load::Target const& server, NewKey const& key) {
    views::JsonText out;
    out.open('{');
    views::write_member(out, "tenant", key.tenant);
    views::write_member(out, "role", key.role);
    views::write_member(out, "label", key.label);
    if (key.expires < instant_max) views::write_member(out, "expires", key.expires);
    if (!key.agent.empty()) {
        auto const agent = TRY(ask(server, {.path = "/v1/agents/" + key.agent}));
        views::write_member(out, "agent", text_of(agent, "id"));
    }
    out.close('}');
    auto const made =
        TRY(ask(server, with_id(load::Verb::post, "/v1/keys", std::move(out).text())));
    auto secret = text_of(made, "secret");
    if (secret.empty()) return Error{Errc::corrupt, "the server's answer has no secret"};
    return secret;
}

Result<std::vector<ListedKey>> list_keys(load::Target const& server) {
    auto const listed = TRY(ask(server, {.path = "/v1/keys"}));
    std::vector<ListedKey> keys;
    auto const* const all = listed.member("keys");
    if (all == nullptr) return Error{Errc::corrupt, "the server's answer has no keys"};
    for (auto const& key : all->elements) {
        auto const* const revoked = key.member("revoked");
        auto const expires = text_of(key, "expires");  // what is as it starts is left out
        keys.push_back(
            {.id = text_of(key, "id"),
             .tenant = text_of(key, "tenant"),
             .role = text_of(key, "role"),
             .label = text_of(key, "label"),
             .expires = expires.empty() ? "never" : expires,
             .revoked = revoked != nullptr && revoked->truth}
        );
    }
    return keys;
}

Status revoke_key(load::Target const& server, std::uint64_t id) {
    TRY(ask(server, with_id(load::Verb::erase, "/v1/keys/" + std::to_string(id), {})));
    return Unit{};
}

}  // namespace posthaste::main
