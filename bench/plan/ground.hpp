// A city's roads for benches that make their own work: where places are, how long drives take.
//
// Takes    a file of OpenStreetMap roads.
// Gives    the roads as `serve` opens them, for cars, vans and bicycles; travel times are those of
//          node/road_travel.hpp, on empty roads.
// Errors   io_failed where the data is absent; the importer's.
// Threads  open_ground: one. Roads: shared immutable; a Travel is one thread's.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/prng.hpp"
#include "base/result.hpp"
#include "node/road_travel.hpp"
#include "plan/problem.hpp"

namespace posthaste::bench {

constexpr std::uint8_t van_kind = 0;
constexpr std::uint8_t bicycle_kind = 1;

Result<std::shared_ptr<road::Roads const>> open_ground(std::filesystem::path const& file);

/// Anywhere on the roads: more of them where roads bend and meet.
model::Position anywhere_on(road::Roads const& roads, Prng& prng);

/// For vans and bicycles; who asks owns it.
std::unique_ptr<match::Travel> travel_over(std::shared_ptr<road::Roads const> const& roads);

/// From each place to each, in seconds.
plan::Profile drives_between(
    match::Travel const& travel, std::span<model::Position const> places, std::uint8_t kind
);

}  // namespace posthaste::bench
