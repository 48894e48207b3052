#include "node/road_travel.hpp"

#include <algorithm>

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
            profiles_[kind] = profile_of(kinds[kind]);
    }

    Millis time(Position from, Position to, std::uint8_t kind) const override {
        if (from == to) return Millis{};
        auto const profile = profiles_[kind];
        if (!times_->roads().is_for(profile)) return straight_.time(from, to, kind);
        auto const drive = times_->time(from, to, profile);
        if (!drive) return straight_.time(from, to, kind);
        if (*drive >= road::never) return match::travel_max;
        auto const before = access(from, profile, kind);
        auto const after = access(to, profile, kind);
        return std::clamp(before + Millis{*drive} + after, Millis{1}, match::travel_max);
    }

    void foresee(std::span<Position const> places, Position hub, Ways ways, std::uint8_t kind)
        const override {
        auto const profile = profiles_[kind];
        if (times_->roads().is_for(profile)) times_->foresee(places, hub, ways, profile);
    }

    std::uint64_t hash() const override { return times_->roads().hash(); }

private:
    Millis access(Position at, Profile profile, std::uint8_t kind) const {
        return straight_.time(at, times_->spot(at, profile).on_road, kind);
    }

    std::shared_ptr<RoadTimes> times_;
    match::StraightLine straight_;
    std::array<Profile, model::vehicle_kinds_max> profiles_{};
};

}  // namespace

Profile profile_of(std::string_view vehicle_kind) {
    struct Alias {
        std::string_view name;
        Profile profile;
    };
    static constexpr std::array aliases{
        Alias{"bike", Profile::bicycle},
        Alias{"cargo_bike", Profile::bicycle},
        Alias{"walker", Profile::foot},
        Alias{"ambulance", Profile::emergency},
        Alias{"fire_engine", Profile::emergency},
        Alias{"police", Profile::emergency}};
    auto const* const alias = std::ranges::find(aliases, vehicle_kind, &Alias::name);
    if (alias != aliases.end()) return alias->profile;
    return from_name<Profile>(vehicle_kind).value_or(Profile::car);
}

RoadTimes::RoadTimes(std::shared_ptr<road::Roads const> roads)
    : roads_{std::move(roads)},
      query_{roads_->network(), roads_->lower()},
      pairs_(pairs_kept),
      spots_(spots_kept) {}

RoadTimes::Spot const& RoadTimes::spot(Position at, Profile profile) {
    auto& kept = spots_[slot_of(at, at, profile, spots_.size())];
    if (kept.is_known && kept.at == at && kept.profile == profile) return kept.spot;
    auto const snapped = roads_->index().snap(at, profile, {.reach = road_reach});
    kept = {at, snapped ? Spot{snapped->place, snapped->on_road} : Spot{}, profile, true};
    return kept.spot;
}

RoadTimes::Pair& RoadTimes::pair(Position from, Position to, Profile profile) {
    return pairs_[slot_of(from, to, profile, pairs_.size())];
}

std::optional<std::int32_t> RoadTimes::time(Position from, Position to, Profile profile) {
    auto const source = spot(from, profile).place;
    auto const target = spot(to, profile).place;
    if (source.count == 0 || target.count == 0) return std::nullopt;
    auto& kept = pair(from, to, profile);
    bool const is_same =
        kept.is_known && kept.from == from && kept.to == to && kept.profile == profile;
    if (!is_same) {
        auto const time = query_.time(roads_->metric(profile), source, target);
        kept = {from, to, time, profile, true};
    }
    return kept.time;
}

void RoadTimes::foresee(
    std::span<Position const> places, Position hub, match::Travel::Ways ways, Profile profile
) {
    bool const to_hub = ways == match::Travel::Ways::to_hub;
    auto const at_hub = spot(hub, profile).place;
    if (at_hub.count == 0) return;
    asked_.clear();
    asked_at_.clear();
    for (auto const place : places) {
        auto const& here = spot(place, profile).place;
        if (here.count == 0) continue;
        asked_.push_back(here);
        asked_at_.push_back(place);
    }
    if (asked_.empty()) return;
    auto const& metric = roads_->metric(profile);
    auto const times =
        to_hub ? query_.times(metric, asked_, at_hub) : query_.times_from(metric, at_hub, asked_);
    for (std::size_t i = 0; i < asked_.size(); ++i) {
        auto const from = to_hub ? asked_at_[i] : hub;
        auto const to = to_hub ? hub : asked_at_[i];
        pair(from, to, profile) = {from, to, times[i], profile, true};
    }
}

match::MakeTravel travel_on(std::shared_ptr<RoadTimes> times) {
    return [times = std::move(times)](
               model::Policy const& policy, std::vector<std::string> const& kinds
           ) { return std::make_unique<RoadTravel>(times, policy, kinds); };
}

}  // namespace posthaste::node
