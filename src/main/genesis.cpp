#include "main/genesis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "main/built_in.hpp"
#include "main/terminal.hpp"
#include "workflow/load.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

/// A workflow and where it is from, for messages.
struct Text {
    std::string file_name;
    std::string toml;
};

Result<std::vector<Text>> texts_of(fs::path const& folder) {
    std::vector<Text> texts;
    std::error_code failed;
    for (auto const& entry : fs::directory_iterator{folder, failed}) {
        if (entry.path().extension() != ".toml") continue;
        texts.push_back({entry.path().string(), TRY(read_text(entry.path()))});
    }
    if (failed) {
        return Error{
            Errc::io_failed, fmt::format("cannot read {}: {}", folder.string(), failed.message())};
    }
    std::ranges::sort(texts, {}, &Text::file_name);
    return texts;
}

Status set_workflow(node::Shard& shard, RegionId region, Text const& text) {
    auto const loaded = workflow::load(text.toml, text.file_name);
    if (!loaded.ok()) return Error{Errc::malformed, text_of(loaded)};
    TRY(carry_out(shard, region, model::SetWorkflow{loaded.machine->name, std::string{text.toml}}));
    return Unit{};
}

Status set_rules(node::Shard& shard, RegionId region) {
    TRY(carry_out(shard, region, model::SetPolicy{}));
    for (auto const toml : built_in_workflows())
        TRY(set_workflow(shard, region, {"built-in workflow", std::string{toml}}));
    return Unit{};
}

}  // namespace

Result<core::Answer> carry_out(node::Shard& shard, RegionId region, model::Command command) {
    std::optional<Result<core::Answer>> answer;
    model::Envelope const envelope{.role = model::Role::admin};  // no id: nobody sends it again
    TRY(shard.submit(region, {envelope, std::move(command), [&](node::Reply const& reply) {
                                  answer = reply.answer;
                              }}));
    while (!answer)
        TRY(shard.turn());
    auto decided = TRY(std::move(*answer));
    if (decided.rejection == model::Rejection::none) return decided;
    auto const text = model::text_of(decided.rejection);
    return Error{Errc::malformed, fmt::format("{} {}", text.sentence, decided.detail)};
}

Status make_tenant(node::Shard& shard, std::string_view name) {
    TRY(carry_out(shard, core::control_region, model::CreateTenant{std::string{name}}));
    return Unit{};
}

Status make_regions(node::Shard& shard, Genesis const& genesis) {
    auto const& control = shard.region(core::control_region).state.control;
    if (control.regions.empty()) {
        TRY(make_tenant(shard, first_tenant));
        model::CreateRegion const region{
            first_region, std::string{first_tenant}, genesis.region_name, genesis.centre};
        TRY(carry_out(shard, core::control_region, region));
    }
    for (auto const& [region, entry] : control.regions) {
        bool const is_new = shard.region(region).state.workflow_names.empty();
        if (is_new) TRY(set_rules(shard, region));
    }
    if (genesis.workflows.empty()) return Unit{};
    auto const texts = TRY(texts_of(genesis.workflows));
    for (auto const& [region, entry] : control.regions) {
        for (auto const& text : texts)
            TRY(set_workflow(shard, region, text));
    }
    return Unit{};
}

}  // namespace posthaste::main
