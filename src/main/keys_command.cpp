#include <fmt/format.h>

#include <cstdio>

#include "api/auth.hpp"
#include "log/sqlite/sqlite_log.hpp"
#include "main/commands.hpp"
#include "main/genesis.hpp"
#include "main/remote_keys.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste keys create --data D --role admin              prints the key, this once\n"
    "  posthaste keys create --data D --role agent --agent W1   a phone's: speaks as agent W1\n"
    "  posthaste keys create --data D --role calendar --agent W1   reads this agent's feed only\n"
    "  posthaste keys create --data D --role viewer --expires 30d --label board\n"
    "  posthaste keys create --data D --role admin --installation   for /metrics and tenants\n"
    "  posthaste keys list --data D\n"
    "  posthaste keys revoke --data D 12\n"
    "  posthaste keys list --url http://127.0.0.1:8080 --key K  of a running server; so too "
    "create\n"
    "                                                           and revoke\n"
    "\nWith --data they work on the folder itself, while no server runs on it; with --url on a\n"
    "server, with an admin's key of it (or POSTHASTE_KEY in the environment).";

struct KeyOptions {
    fs::path data = "data";
    std::string url;
    std::string key;

    std::string role = "viewer";
    std::string tenant{first_tenant};
    std::string agent;
    std::string label;
    std::string expires;
    bool installation = false;
    std::uint64_t id = 0;
};

/// The folder's shard, turned by this process alone.
struct Opened {
    std::unique_ptr<node::SystemClock> clock = std::make_unique<node::SystemClock>();
    std::unique_ptr<log::SqliteLog> log;
    std::unique_ptr<node::Shard> shard;

    core::Control const& control() const {
        return shard->region(core::control_region).state.control;
    }
};

Result<Opened> open(fs::path const& data) {
    Opened opened;
    opened.log = TRY(log::SqliteLog::open(data));
    opened.shard = TRY(node::Shard::open(*opened.log, *opened.clock, {}, {}));
    return opened;
}

Result<model::Role> role_from(std::string_view text) {
    constexpr auto names = names_of(model::Role{});
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) return static_cast<model::Role>(i);
    }
    return Error{Errc::malformed, fmt::format("there is no role {}", text)};
}

Result<model::AgentId> agent_named(Opened const& opened, KeyOptions const& options) {
    for (auto const& [region, entry] : opened.control().regions) {
        if (entry.tenant != options.tenant) continue;
        auto const found = opened.shard->region(region).state.agent_named(options.agent);
        if (found) return *found;
    }
    return Error{
        Errc::not_found,
        fmt::format("tenant {} has no agent called {}", options.tenant, options.agent)};
}

Result<load::Target> server_of(KeyOptions const& options) {
    auto target = TRY(load::parse_url(options.url));
    target.key = options.key;
    if (target.key.empty()) return Error{Errc::malformed, "--url wants an admin's --key"};
    return target;
}

Status create_remote(KeyOptions const& options) {
    if (options.installation)
        return Error{Errc::malformed, "an installation's key is made on the folder, with --data"};
    NewKey key{options.tenant, options.role, options.agent, options.label};
    if (!options.expires.empty())
        key.expires = node::SystemClock{}.now() + TRY(span_from(options.expires));
    auto const server = TRY(server_of(options));
    fmt::print("{}\n", TRY(create_key(server, key)));
    return Unit{};
}

Status create(KeyOptions const& options) {
    if (!options.url.empty()) return create_remote(options);
    auto const opened = TRY(open(options.data));
    auto const secret = api::make_secret();
    model::CreateKey key{.tenant = options.tenant, .secret = api::secret_digest(secret)};
    key.role = TRY(role_from(options.role));
    if (options.installation) key.tenant.clear();
    key.label = options.label;
    if (!options.agent.empty()) key.agent = TRY(agent_named(opened, options));
    if (!options.expires.empty())
        key.expires = opened.clock->now() + TRY(span_from(options.expires));
    if (key.tenant == first_tenant) TRY(make_tenant(*opened.shard, options.tenant));
    auto const answer = TRY(carry_out(*opened.shard, core::control_region, std::move(key)));
    fmt::print("{}\n", api::key_text(model::KeyId{answer.subject}, secret));
    return Unit{};
}

std::string expiry_of(core::Key const& key, Instant now) {
    if (key.revoked) return "revoked";
    if (key.expires >= instant_max) return "never";
    constexpr std::int64_t hour = 3'600'000;
    auto const left = (key.expires - now).count();
    return left <= 0 ? "expired" : fmt::format("in {} h", (left + hour - 1) / hour);
}

constexpr char const* row = "{:<6} {:<16} {:<11} {:<25} {}\n";

Status list_remote(KeyOptions const& options) {
    auto const server = TRY(server_of(options));
    for (auto const& key : TRY(list_keys(server))) {
        auto const& expires = key.revoked ? "revoked" : key.expires;
        fmt::print(fmt::runtime(row), key.id, key.tenant, key.role, expires, key.label);
    }
    return Unit{};
}

Status list(KeyOptions const& options) {
    fmt::print(fmt::runtime(row), "id", "tenant", "role", "expires", "label");
    if (!options.url.empty()) return list_remote(options);
    auto const opened = TRY(open(options.data));
    auto const& keys = opened.control().keys;
    for (auto const id : keys.ids()) {
        auto const& key = keys.at(id);
        fmt::print(
            fmt::runtime(row),
            raw(id),
            key.tenant,
            name_of(key.role),
            expiry_of(key, opened.clock->now()),
            key.label
        );
    }
    return Unit{};
}

Status revoke_here(KeyOptions const& options) {
    auto const opened = TRY(open(options.data));
    TRY(carry_out(*opened.shard, core::control_region, model::RevokeKey{model::KeyId{options.id}}));
    return Unit{};
}

Status revoke(KeyOptions const& options) {
    if (options.url.empty()) {
        TRY(revoke_here(options));
    } else {
        auto const server = TRY(server_of(options));
        TRY(revoke_key(server, options.id));
    }
    fmt::print("Key {} opens nothing any more.\n", options.id);
    return Unit{};
}

using Options = std::shared_ptr<KeyOptions>;
using Action = Status (*)(KeyOptions const&);

CLI::App* add_action(
    CLI::App& keys, Options const& options, Chosen& chosen, char const* name, Action action
) {
    auto* const command = keys.add_subcommand(name);
    auto* const data = command->add_option("--data", options->data, "The server's folder");
    data->capture_default_str();
    command->add_option("--url", options->url, "http://HOST:PORT of a running server")
        ->excludes(data);
    command->add_option("--key", options->key, "With --url: an admin's")->envname("POSTHASTE_KEY");
    command->callback([options, action, &chosen] {
        chosen = [options, action] {
            auto const done = action(*options);
            if (done.ok()) return exit_done;
            return fail(done.error(), options->url.empty() ? options->data : fs::path{});
        };
    });
    return command;
}

}  // namespace

void add_keys(CLI::App& app, Chosen& chosen) {
    auto* const keys = app.add_subcommand("keys", "Make, list and revoke keys");
    auto const options = std::make_shared<KeyOptions>();
    keys->require_subcommand(1);
    keys->footer(examples);
    auto* const creating = add_action(*keys, options, chosen, "create", create);
    creating->description("Make a key and print it; it cannot be shown again");
    auto* const role = creating->add_option("--role", options->role, "What it may do");
    role->check(CLI::IsMember({"admin", "dispatcher", "viewer", "agent", "calendar"}))->required();
    creating->add_option(
        "--agent", options->agent, "With --role agent: as whom it speaks; with calendar: whose"
    );
    auto* const tenant = creating->add_option("--tenant", options->tenant, "Whose it is");
    tenant->capture_default_str();
    creating
        ->add_flag(
            "--installation",
            options->installation,
            "Nobody's: with --role admin for tenants, regions, keys and /metrics, and no board"
        )
        ->excludes(tenant);
    creating->add_option("--label", options->label, "For people, in lists");
    creating->add_option("--expires", options->expires, "After so long, as 24h or 30d");
    add_action(*keys, options, chosen, "list", list)->description("All keys, without secrets");
    auto* const revoking = add_action(*keys, options, chosen, "revoke", revoke);
    revoking->description("From now on the key opens nothing");
    revoking->add_option("id", options->id, "As list shows it")->required();
}

}  // namespace posthaste::main
