#include "day/office.hpp"

#include <fstream>
#include <string>

namespace posthaste::day {

namespace {

// Field service without its guards: nobody quotes, takes photos or signs here.
std::string workflow_text() {
    std::ifstream file{POSTHASTE_WORKFLOWS "/field-service.toml"};
    ASSERT(file.good());
    std::string text;
    for (std::string line; std::getline(file, line);)
        if (!line.starts_with("guards")) text += line + '\n';
    return text;
}

}  // namespace

Office::Office(Instant now, Ground const& ground, std::vector<node::Follower*> followers)
    : clock{now} {
    node::ShardOptions options;
    options.travel = ground.travel();
    auto opened = node::Shard::open(log_, clock, options, std::move(followers));
    ASSERT(opened.ok());
    shard_ = std::move(opened).value();
}

void Office::open(model::Policy const& policy) {
    must(call(core::control_region, model::CreateTenant{"acme"}, {}));
    must(call(core::control_region, model::CreateRegion{region_id, "acme", "city", {}}, {}));
    must(tell(model::SetPolicy{policy}));
    must(tell(model::SetWorkflow{"field_service", workflow_text()}));
}

core::Answer Office::call(RegionId region, model::Command command, model::AgentId agent) {
    bool const is_phone = agent != model::AgentId{};
    model::Envelope const envelope{
        .role = is_phone ? model::Role::agent : model::Role::admin,
        .key = model::KeyId{is_phone ? raw(agent) : 7},
        .agent = agent,
        .command = {static_cast<std::uint64_t>(clock.now().millis()) << 16U, ++command_count_}};
    std::optional<core::Answer> answer;
    auto const submitted =
        shard_->submit(region, {envelope, std::move(command), [&](node::Reply const& reply) {
                                    ASSERT(reply.answer.ok());
                                    answer = reply.answer.value();
                                }});
    ASSERT(submitted.ok());
    turn();
    ASSERT(answer.has_value());
    return *answer;
}

std::uint64_t Office::must(core::Answer const& answer) const {
    if (answer.rejection != model::Rejection::none)
        std::fprintf(stderr, "refused: %s\n", answer.detail.c_str());
    ASSERT(answer.rejection == model::Rejection::none);
    return answer.subject;
}

void Office::see(model::AgentId agent, model::Position place) {
    auto const now = clock.now();
    auto const taken = shard_->add_fixes(
        region_id, {{.agent = agent, .place = place, .time = now, .received = now}}
    );
    ASSERT(taken == 1);
    turn();
}

void Office::turn() {
    for (;;) {
        auto const turned = shard_->turn();
        ASSERT(turned.ok());
        if (!turned.value()) return;
    }
}

}  // namespace posthaste::day
