#include "node/road_travel.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/fields.hpp"

namespace posthaste::node {

using model::Position;
using road::Profile;

namespace {

// FNV's prime and a last mix: neighbours must not share a slot.
std::size_t slot_of(Position a, Position b, Profile profile, std::size_t slots) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (auto const part : {a.lat, a.lon, b.lat, b.lon, static_cast<std::int32_t>(profile)})
        hash = (hash ^ static_cast<std::uint32_t>(part)) * 0x100000001b3ULL;
    hash ^= hash >> 29U;
    return hash % slots;
}

class RoadTravel final : public match::Travel {
public:
    RoadTravel(
        std::shared_ptr<RoadTimes> times,
        model::Policy const& policy,
        std::vector<std::string> const& kinds
    )
        : times_{std::move(times)}, straight_{policy} {
        profiles_.fill(Profile::car);
        for (std::size_t kind = 0; kind < std::min(kinds.size(), profiles_.size()); ++kind)
            profiles_[kind] = road::profile_of(kinds[kind]);
    }

    Millis time(Position from, Position to, std::uint8_t kind) const override {
        if (from == to) return Millis{};
        auto const profile = profiles_[kind];
        if (!times_->roads().is_for(profile)) return beside_roads(from, to, kind);
        auto const drive = times_->time(from, to, profile);
        if (!drive) return beside_roads(from, to, kind);
        times_->count(times_->conditions().source());
        if (*drive >= road::never) return match::travel_max;
        auto const before = access(from, profile, kind);
        auto const after = access(to, profile, kind);
        auto const way = before + corrected(Millis{*drive}, from, to) + after;
        return std::clamp(way, Millis{1}, match::travel_max);
    }

    void foresee(Foresight const& foresight) const override {
        auto const profile = profiles_[foresight.kind];
        if (times_->roads().is_for(profile)) times_->foresee(foresight, profile);
    }

    match::Outlook outlook(Millis drive, Position to, model::AgentId agent) const override {
        auto const& conditions = times_->conditions();
        if (conditions.drives().is_empty()) {
            auto outlook = straight_.outlook(drive, to, agent);
            outlook.source = conditions.source();
            return outlook;
        }
        auto const band = conditions.drives().around(drive, agent);
        return {
            band.p50,
            std::max(band.p50, band.p90),
            conditions.source(),
            static_cast<std::uint8_t>(band.confidence / 10)};
    }

    std::uint64_t hash() const override { return times_->conditions().hash(); }

private:
    Millis beside_roads(Position from, Position to, std::uint8_t kind) const {
        times_->count(model::TravelSource::great_circle);
        return straight_.time(from, to, kind);
    }
    Millis corrected(Millis drive, Position from, Position to) const {
        auto const& conditions = times_->conditions();
        if (conditions.drives().is_empty()) return drive;
        return conditions.drives().corrected({drive, conditions.at(), from, to});
    }
    Millis access(Position at, Profile profile, std::uint8_t kind) const {
        return straight_.time(at, times_->spot(at, profile).on_road, kind);
    }

    std::shared_ptr<RoadTimes> times_;
    match::StraightLine straight_;
    std::array<Profile, model::vehicle_kinds_max> profiles_{};
};

}  // namespace

RoadTimes::RoadTimes(std::shared_ptr<road::Conditions const> conditions)
    : conditions_{std::move(conditions)},
      query_{roads().network(), roads().lower()},
      foreseen_(pairs_foreseen),
      searched_(pairs_searched),
      spots_(spots_kept) {}

void RoadTimes::adopt(std::shared_ptr<road::Conditions const> conditions) {
    ASSERT(&conditions->roads() == &roads());
    conditions_ = std::move(conditions);
    ++generation_;
}

std::optional<road::Snapped> RoadTimes::snap(Position at, Profile profile) const {
    constexpr std::size_t roads_tried = 16;
    auto const& times = conditions_->metric(profile).edges;
    auto const is_open = [&](road::Snapped const& snapped) {
        return std::ranges::any_of(snapped.place.all(), [&](road::Spot spot) {
            return times[spot.edge] < road::never;
        });
    };
    auto const& index = roads().index();
    auto nearest = index.snap(at, profile, {.reach = road_reach});
    if (!nearest || is_open(*nearest)) return nearest;
    auto const others = index.nearest(at, profile, roads_tried, {.reach = road_reach});
    auto const open = std::ranges::find_if(others, is_open);
    return open == others.end() ? nearest : *open;
}

RoadTimes::Spot const& RoadTimes::spot(Position at, Profile profile) {
    auto& kept = spots_[slot_of(at, at, profile, spots_.size())];
    bool const is_kept = kept.generation == generation_ && kept.at == at && kept.profile == profile;
    if (is_kept) return kept.spot;
    auto const snapped = snap(at, profile);
    kept = {at, snapped ? Spot{snapped->place, snapped->on_road} : Spot{}, profile, generation_};
    return kept.spot;
}

std::optional<std::int32_t> RoadTimes::time(Position from, Position to, Profile profile) {
    auto const is_of = [&](Pair const& pair) {
        return pair.generation == generation_ && pair.from == from && pair.to == to &&
               pair.profile == profile;
    };
    auto const& foreseen = foreseen_[slot_of(from, to, profile, foreseen_.size())];
    if (is_of(foreseen)) return foreseen.time;
    auto& searched = searched_[slot_of(from, to, profile, searched_.size())];
    if (is_of(searched)) return searched.time;
    auto const source = spot(from, profile).place;
    auto const target = spot(to, profile).place;
    if (source.count == 0 || target.count == 0) return std::nullopt;
    auto const time = query_.time(conditions_->metric(profile), source, target);
    searched = pair(from, to, time, profile);
    return time;
}

void RoadTimes::add_to_fan(std::span<Position const> places, Profile profile) {
    for (auto const place : places) {
        auto const& here = spot(place, profile).place;
        if (here.count == 0) continue;
        fan_.push_back(here);
        fan_at_.push_back(place);
    }
}

void RoadTimes::remember_to(Position hub, std::size_t count, Profile profile) {
    auto const at = spot(hub, profile).place;
    if (at.count == 0) return;
    auto const times = query_.to(conditions_->metric(profile), at, count);
    for (std::size_t i = 0; i < times.size(); ++i)
        foreseen_[slot_of(fan_at_[i], hub, profile, foreseen_.size())] =
            pair(fan_at_[i], hub, times[i], profile);
}

void RoadTimes::remember_from(Position hub, std::size_t count, Profile profile) {
    auto const at = spot(hub, profile).place;
    if (at.count == 0) return;
    auto const times = query_.from(conditions_->metric(profile), at, count);
    for (std::size_t i = 0; i < times.size(); ++i)
        foreseen_[slot_of(hub, fan_at_[i], profile, foreseen_.size())] =
            pair(hub, fan_at_[i], times[i], profile);
}

// Who is idle drives to the first stop; who is not may make any stop between any two visits.
void RoadTimes::foresee(match::Travel::Foresight const& foresight, Profile profile) {
    fan_.clear();
    fan_at_.clear();
    add_to_fan(foresight.visits, profile);
    auto const visits = fan_.size();
    add_to_fan(foresight.busy, profile);
    auto const busy = fan_.size();
    add_to_fan(foresight.idle, profile);
    query_.gather(fan_);
    remember_to(foresight.stops[0], fan_.size(), profile);
    for (auto const stop : foresight.stops.subspan(1))
        remember_to(stop, busy, profile);
    for (auto const stop : foresight.stops)
        remember_from(stop, visits, profile);
}

match::MakeTravel travel_on(std::shared_ptr<RoadTimes> times) {
    return [times = std::move(times)](
               model::Policy const& policy, std::vector<std::string> const& kinds
           ) { return std::make_unique<RoadTravel>(times, policy, kinds); };
}

}  // namespace posthaste::node
