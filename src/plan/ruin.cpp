#include "plan/ruin.hpp"

#include <algorithm>

namespace posthaste::plan {

namespace {

constexpr std::uint64_t split_per_mille = 500;
constexpr std::uint64_t wider_per_mille = 10;  // one more is spared in the middle of a string

}  // namespace

// Uniform in [1, most].
std::uint32_t Ruin::draw(std::uint32_t most) {
    return most <= 1 ? 1 : 1 + static_cast<std::uint32_t>(prng_.below(most));
}

void Ruin::begin() {
    ++number_;
    taken_.clear();
}

std::span<std::uint32_t const> Ruin::choose(Size const& size) {
    begin();
    auto const going = tours_.going_count();
    if (going == 0) return taken_;
    auto const visits = instance_.visit_count;
    auto const length = std::max<std::uint32_t>(1, visits / static_cast<std::uint32_t>(going));
    auto const string_max = std::min(size.string_max, length);
    auto const routes_max = std::max<std::uint32_t>(1, 4 * size.average / (1 + string_max));
    auto const routes = draw(routes_max);
    auto const seed = static_cast<Node>(prng_.below(visits));
    std::uint32_t ruined = 0;
    auto const consider = [&](Node node) {
        auto const vehicle = tours_.spot(node).vehicle;
        if (vehicle == nobody || ruined_in_[vehicle] == number_) return;
        if (taken_in_[instance_.sites[node].job] == number_) return;
        ruined_in_[vehicle] = number_;
        ++ruined;
        auto const on_route = static_cast<std::uint32_t>(tours_.visits(vehicle).size());
        take_string(node, draw(std::min(string_max, on_route)));
    };
    consider(seed);
    for (auto const node : instance_.near(seed)) {
        if (ruined >= routes) break;
        consider(node);
    }
    return taken_;
}

// A string of the route with this visit in it; half of them with a gap in the middle.
void Ruin::take_string(Node around, std::uint32_t length) {
    auto const vehicle = tours_.spot(around).vehicle;
    auto const& visits = tours_.visits(vehicle);
    auto const on_route = static_cast<std::uint32_t>(visits.size());
    std::uint32_t spared = 0;
    if (length > 1 && length < on_route && prng_.chance(split_per_mille)) {
        spared = 1;
        while (length + spared < on_route && prng_.chance(wider_per_mille))
            ++spared;
    }
    auto const span = length + spared;
    auto const at = tours_.position(around);
    auto const lowest = at + 1 > span ? at + 1 - span : 0;
    auto const highest = std::min(at, on_route - span);
    auto const from =
        lowest + static_cast<std::uint32_t>(prng_.below(std::uint64_t{highest} - lowest + 1));
    auto const gap = spared == 0 ? span : 1 + static_cast<std::uint32_t>(prng_.below(length - 1));
    for (std::uint32_t i = 0; i < span; ++i) {
        if (i >= gap && i < gap + spared) continue;
        take(visits[from + i]);
    }
}

void Ruin::take(Node visit) {
    auto const job = instance_.sites[visit].job;
    auto const vehicle = tours_.spot(visit).vehicle;
    auto const locked = instance_.problem.vehicles[vehicle].locked;
    if (taken_in_[job] == number_) return;
    if (locked > 0 && tours_.position(instance_.first_of[job]) < locked) return;
    taken_in_[job] = number_;
    taken_.push_back(job);
}

std::span<std::uint32_t const> Ruin::choose_route(std::uint32_t vehicle) {
    begin();
    for (auto const visit : tours_.visits(vehicle))
        take(visit);
    return taken_;
}

}  // namespace posthaste::plan
