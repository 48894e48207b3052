#include "road/traffic/matcher.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::road {

namespace {

constexpr std::int64_t accuracy_min_m = 5;
constexpr std::int64_t accuracy_said_m = 10;  // where a fix says nothing
constexpr std::int64_t accuracy_max_m = 50;
constexpr std::int64_t reach_min_m = 40;
constexpr std::int64_t metres_per_second_max = 60;
constexpr std::int32_t headings_from_mm_s = 2500;  // slower, a heading says nothing
constexpr double against_heading = 3;              // for the opposite direction
constexpr double turn_ms_per_nat = 15'000;
constexpr double unlikely = 25;               // behind the likeliest: e^-25
constexpr double longer_per_straight = 0.08;  // of a detour, that the straight line explains

std::int64_t accuracy_of(model::Fix const& fix) {
    if (fix.accuracy_m <= 0) return accuracy_said_m;
    return std::clamp<std::int64_t>(fix.accuracy_m, accuracy_min_m, accuracy_max_m);
}

bool has_heading(model::Fix const& fix) {
    if (fix.heading_deg == model::unknown_heading) return false;
    return fix.speed_mm_s < 0 || fix.speed_mm_s >= headings_from_mm_s;
}

}  // namespace

Matcher::Matcher(Network const& network, SnapIndex const& index, Metric const& metric)
    : network_{network}, index_{index}, metric_{metric}, search_{network, metric} {}

std::vector<Matcher::Candidate> Matcher::candidates_at(model::Fix const& fix) const {
    auto const accuracy = accuracy_of(fix);
    SnapWish wish{.reach = Metres{std::max(reach_min_m, 4 * accuracy)}};
    if (has_heading(fix)) wish.heading = fix.heading_deg;
    std::vector<Candidate> candidates;
    for (auto const& near : index_.nearest(fix.place, metric_.profile, candidates_max, wish)) {
        auto const off =
            static_cast<double>(near.distance_mm) / static_cast<double>(accuracy * 1000);
        auto const turned = static_cast<double>(near.turned) / 2000;
        for (auto const spot : near.place.all()) {
            if (metric_.edges[spot.edge] >= never) continue;
            Candidate candidate{.spot = spot, .state = spot.edge, .way = {}};
            candidate.cost = off * off / 2 + turned * against_heading;
            candidates.push_back(std::move(candidate));
        }
    }
    return candidates;
}

// The likeliest way to each candidate; those that no way leads to are taken out. False: none is
// left.
bool Matcher::follow(Track const& track, Layer& layer) {
    auto const& last = track.layers.back();
    auto const straight_mm = geo::distance_mm(last.place, layer.place);
    auto const noise_mm = last.deviation_mm + layer.deviation_mm;
    auto const scale_mm = noise_mm / 2 + static_cast<double>(straight_mm) * longer_per_straight;
    auto const span = layer.time - last.time;
    auto const length_max_mm = std::min(
        3 * straight_mm + 500'000,
        span.count() * metres_per_second_max + static_cast<std::int64_t>(3 * noise_mm)
    );
    std::vector<EdgeId> targets;
    for (auto const& candidate : layer.candidates)
        targets.push_back(candidate.spot.edge);
    auto const alone = layer.candidates;
    auto reached = alone;
    for (auto& candidate : reached)
        candidate.is_alive = false;
    for (std::uint32_t i = 0; i < last.candidates.size(); ++i) {
        auto const& source = last.candidates[i];
        if (!source.is_alive) continue;
        search_.run(source.spot, source.state, targets, length_max_mm);
        for (std::size_t j = 0; j < reached.size(); ++j) {
            auto spot = alone[j].spot;
            bool const is_same = spot.edge == source.spot.edge;
            // A little back along the same edge is noise: whoever is there has not moved.
            auto const back_mm = is_same && spot.part < source.spot.part
                                     ? ((source.spot.part - spot.part) *
                                        std::int64_t{network_.edge_length_mm[spot.edge]}) >>
                                           16U
                                     : 0;
            if (back_mm > 0 && static_cast<double>(back_mm) < 2 * noise_mm)
                spot.part = source.spot.part;
            auto way = search_.way_to(spot);
            if (!way) continue;
            auto const longer =
                std::abs(static_cast<double>(way->length_mm - back_mm - straight_mm));
            auto const cost = source.cost + alone[j].cost + longer / scale_mm +
                              static_cast<double>(way->turns_ms) / turn_ms_per_nat;
            if (reached[j].is_alive && reached[j].cost <= cost) continue;
            reached[j] = {spot, way->state, cost, i, *std::move(way), true};
        }
    }
    layer.candidates = std::move(reached);
    auto const& best = layer.candidates[best_of(layer)];
    if (!best.is_alive) {
        layer.candidates = alone;
        return false;
    }
    auto const limit = best.cost + unlikely;
    std::erase_if(layer.candidates, [&](Candidate const& candidate) {
        return !candidate.is_alive || candidate.cost > limit;
    });
    return true;
}

std::uint32_t Matcher::best_of(Layer const& layer) {
    auto const best =
        std::ranges::min_element(layer.candidates, {}, [](Candidate const& candidate) {
            return std::pair{!candidate.is_alive, candidate.cost};
        });
    return static_cast<std::uint32_t>(best - layer.candidates.begin());
}

bool Matcher::make_room(Instant now) {
    if (tracks_.size() < tracks_max) return true;
    if (now - swept_ < gap_max) return false;
    swept_ = now;
    for (auto at = tracks_.begin(); at != tracks_.end();) {
        if (now - at->second.seen <= gap_max) {
            ++at;
            continue;
        }
        finish(at->first, at->second);
        at = tracks_.erase(at);
    }
    return tracks_.size() < tracks_max;
}

std::vector<Passage> Matcher::take(model::Fix const& fix) {
    passages_.clear();
    auto found = tracks_.find(fix.agent);
    if (found == tracks_.end()) {
        if (!make_room(fix.time)) {
            ++counts_.refused;
            return std::exchange(passages_, {});
        }
        found = tracks_.try_emplace(fix.agent).first;
    }
    auto& track = found->second;
    if (!track.layers.empty()) {
        auto const& last = track.layers.back();
        if (fix.time <= track.seen) {
            ++counts_.stale;
            return {};
        }
        track.seen = fix.time;
        if (geo::distance(fix.place, last.place) < step_min) {
            ++counts_.too_near;
            return {};
        }
    }
    track.seen = fix.time;
    Layer layer{
        fix.place, fix.time, static_cast<double>(accuracy_of(fix) * 1000), candidates_at(fix)};
    if (layer.candidates.empty()) {
        ++counts_.off_road;
        return {};
    }
    ++counts_.used;
    if (!track.layers.empty()) {
        bool const is_gap = fix.time - track.layers.back().time > gap_max;
        if (is_gap || !follow(track, layer)) {
            ++(is_gap ? counts_.gaps : counts_.breaks);
            finish(fix.agent, track);
        }
    }
    track.layers.push_back(std::move(layer));
    decide(fix.agent, track);
    counts_.passages += passages_.size();
    return std::exchange(passages_, {});
}

std::vector<Passage> Matcher::end(model::AgentId agent) {
    passages_.clear();
    auto const found = tracks_.find(agent);
    if (found == tracks_.end()) return {};
    finish(agent, found->second);
    tracks_.erase(found);
    counts_.passages += passages_.size();
    return std::exchange(passages_, {});
}

// What all candidates of the last fix agree on; or, when there are too many fixes, what the
// likeliest says.
void Matcher::decide(model::AgentId agent, Track& track) {
    auto& layers = track.layers;
    for (auto i = layers.size() - 1; i-- > 0;) {
        std::vector<bool> is_used(layers[i].candidates.size(), false);
        for (auto const& after : layers[i + 1].candidates)
            if (after.is_alive) is_used[after.before] = true;
        for (std::size_t j = 0; j < is_used.size(); ++j)
            if (!is_used[j]) layers[i].candidates[j].is_alive = false;
    }
    for (auto i = layers.size(); i-- > 1;) {
        auto const& candidates = layers[i].candidates;
        if (std::ranges::count(candidates, true, &Candidate::is_alive) != 1) continue;
        auto const only = std::ranges::find(candidates, true, &Candidate::is_alive);
        return settle(agent, track, i, static_cast<std::uint32_t>(only - candidates.begin()));
    }
    if (layers.size() <= fixes_open_max) return;
    auto chosen = best_of(layers.back());
    for (auto i = layers.size() - 1; i > 1; --i)
        chosen = layers[i].candidates[chosen].before;
    settle(agent, track, 1, chosen);
}

// Drives along the likeliest way to `chosen` of layer `last`, which stands first from now on.
void Matcher::settle(model::AgentId agent, Track& track, std::size_t last, std::uint32_t chosen) {
    auto& layers = track.layers;
    std::vector<std::uint32_t> chain(last + 1, chosen);
    for (auto i = last; i > 0; --i)
        chain[i - 1] = layers[i].candidates[chain[i]].before;
    for (std::size_t i = 1; i <= last; ++i)
        drive(agent, track, layers[i - 1], layers[i], chain[i]);
    auto& first = layers[last].candidates;
    for (std::uint32_t j = 0; j < first.size(); ++j)
        first[j].is_alive = j == chosen;
    for (auto i = last + 1; i < layers.size(); ++i)
        for (auto& candidate : layers[i].candidates)
            candidate.is_alive &= layers[i - 1].candidates[candidate.before].is_alive;
    layers.erase(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(last));
}

// Turns take what they cost, or less where all went faster than foreseen; the rest is the edges'.
void Matcher::drive(
    model::AgentId agent,
    Track& track,
    Layer const& before,
    Layer const& after,
    std::uint32_t chosen
) {
    auto const& target = after.candidates[chosen];
    auto const& source = before.candidates[target.before];
    auto const& edges = target.way.edges;
    auto const last = edges.size() - 1;
    std::vector<std::uint32_t> parts(edges.size(), whole_edge);
    parts[last] = target.spot.part;
    parts[0] -= source.spot.part;
    if (last == 0) parts[0] = target.spot.part - source.spot.part;
    std::vector<double> free_ms;
    double all_free_ms = 0;
    for (std::size_t i = 0; i <= last; ++i) {
        free_ms.push_back(static_cast<double>(metric_.edges[edges[i]]) * parts[i] / whole_edge);
        all_free_ms += free_ms.back();
    }
    auto const span_ms = static_cast<double>((after.time - before.time).count());
    auto const turns_ms = static_cast<double>(target.way.turns_ms);
    auto const edges_ms =
        all_free_ms > 0
            ? std::max(span_ms - turns_ms, span_ms * all_free_ms / (all_free_ms + turns_ms))
            : span_ms;
    auto const turn_ms = last == 0 ? 0 : (span_ms - edges_ms) / static_cast<double>(last);
    double at_ms = 0;
    for (std::size_t i = 0; i <= last; ++i) {
        auto const took_ms = all_free_ms > 0 ? edges_ms * free_ms[i] / all_free_ms
                                             : edges_ms / static_cast<double>(edges.size());
        if (i > 0 || track.open.edge != edges[0]) {
            close(agent, track);
            track.open = {edges[i], 0, before.time + Millis{std::llround(at_ms)}, 0};
        }
        track.open.part = std::min(track.open.part + parts[i], whole_edge);
        track.open.took_ms += took_ms;
        at_ms += took_ms + turn_ms;
    }
}

void Matcher::close(model::AgentId agent, Track& track) {
    auto const open = std::exchange(track.open, {});
    if (open.edge == none || open.part == 0) return;
    auto const whole = open.took_ms * whole_edge / open.part;
    passages_.push_back(
        {agent,
         open.edge,
         open.part,
         open.entered,
         Millis{std::clamp<std::int64_t>(std::llround(whole), 1, longest_edge_ms)}}
    );
}

void Matcher::finish(model::AgentId agent, Track& track) {
    if (track.layers.empty()) return;
    settle(agent, track, track.layers.size() - 1, best_of(track.layers.back()));
    close(agent, track);
    track.layers.clear();
}

}  // namespace posthaste::road
