// The first start of a data folder: its tenant, its first region, and what a region works by.
//
// Takes    a shard that nobody else turns yet.
// Gives    each step only where it is missing, so that every start may call it.
// Errors   what the log says; malformed with the rejection's sentence and detail.
#pragma once

#include <filesystem>
#include <string>

#include "node/shard.hpp"

namespace posthaste::main {

constexpr RegionId first_region{1};
constexpr std::string_view first_tenant = "main";

struct Genesis {
    std::string region_name = "city";
    model::Position centre;           ///< of the first region
    std::filesystem::path workflows;  ///< more of them, imported at every start; empty: none
};

/// Decides one command, under no id, and turns the shard until it is answered.
Result<core::Answer> carry_out(node::Shard& shard, RegionId region, model::Command command);

/// The tenant, without which there are no keys.
Status make_tenant(node::Shard& shard, std::string_view name);

/// The first region, when there is none; in each region without rules the default policy and the
/// built-in workflows; then the folder's workflows, in all regions.
Status make_regions(node::Shard& shard, Genesis const& genesis);

}  // namespace posthaste::main
