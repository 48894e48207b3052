#include "node/outside_travel.hpp"

#include <algorithm>

#include "base/codec.hpp"

namespace posthaste::node {

using model::Position;
using model::TravelSource;

namespace {

constexpr std::int32_t cell_side = 10'000;

std::int32_t middle_of_cell(std::int32_t degrees) {
    auto const below = degrees / cell_side - (degrees % cell_side < 0 ? 1 : 0);
    return below * cell_side + cell_side / 2;
}

Position middle_of_cell(Position place) {
    return {middle_of_cell(place.lat), middle_of_cell(place.lon)};
}

class OutsideTravel final : public match::Travel {
public:
    OutsideTravel(
        std::shared_ptr<OutsideTimes> times,
        model::Policy const& policy,
        std::vector<std::string> const& kinds
    )
        : times_{std::move(times)}, straight_{policy} {
        profiles_.fill(road::Profile::car);
        for (std::size_t kind = 0; kind < std::min(kinds.size(), profiles_.size()); ++kind)
            profiles_[kind] = road::profile_of(kinds[kind]);
    }

    Millis time(Position from, Position to, std::uint8_t kind) const override {
        auto const pair = outside_pair(from, to, profiles_[kind]);
        auto const kept = pair.from == pair.to ? std::nullopt : times_->time(pair);
        times_->count(kept ? TravelSource::outside : TravelSource::great_circle);
        if (!kept) return straight_.time(from, to, kind);
        return std::clamp(*kept, Millis{1}, match::travel_max);
    }
    match::Outlook outlook(Millis drive, Position to, model::AgentId agent) const override {
        auto outlook = straight_.outlook(drive, to, agent);
        if (times_->size() > 0) outlook.source = TravelSource::outside;
        return outlook;
    }
    std::uint64_t hash() const override { return times_->hash(); }

private:
    std::shared_ptr<OutsideTimes> times_;
    match::StraightLine straight_;
    std::array<road::Profile, model::vehicle_kinds_max> profiles_{};
};

}  // namespace

OutsidePair outside_pair(Position from, Position to, road::Profile profile) {
    return {middle_of_cell(from), middle_of_cell(to), profile};
}

std::optional<Millis> OutsideTimes::time(OutsidePair const& pair) {
    auto const found = kept_.find(pair);
    if (found != kept_.end()) return found->second.time;
    std::lock_guard const lock{mutex_};
    if (wishes_.size() < wishes_max) wishes_.insert(pair);
    return std::nullopt;
}

std::uint64_t OutsideTimes::offer(std::vector<OutsideTime> times, Instant now, Instant oldest) {
    std::lock_guard const lock{mutex_};
    Writer out;
    out.varint(offered_hash_);
    for (auto const& [pair, time] : times) {
        for (auto const part : {pair.from.lat, pair.from.lon, pair.to.lat, pair.to.lon})
            out.varint(static_cast<std::uint32_t>(part));
        out.varint(time ? static_cast<std::uint64_t>(time->count()) + 1 : 0);
    }
    offered_hash_ = digest(std::move(out).bytes()).head();
    offered_.push_back({std::move(times), now, oldest});
    return offered_hash_;
}

void OutsideTimes::adopt() {
    std::vector<Offered> offered;
    {
        std::lock_guard const lock{mutex_};
        offered.swap(offered_);
        hash_ = offered_hash_;
    }
    for (auto const& each : offered)
        keep(each);
}

void OutsideTimes::keep(Offered const& offered) {
    for (auto const& [pair, time] : offered.times) {
        kept_.insert_or_assign(pair, Kept{time, offered.at});
        by_age_.emplace_back(offered.at, pair);
    }
    while (!by_age_.empty() && (by_age_.front().first < offered.oldest || kept_.size() > kept_max)
    ) {
        auto const [at, pair] = by_age_.front();
        by_age_.pop_front();
        auto const found = kept_.find(pair);
        if (found != kept_.end() && found->second.at == at) kept_.erase(found);
    }
}

std::vector<OutsidePair> OutsideTimes::take_wishes(std::size_t limit) {
    std::lock_guard const lock{mutex_};
    std::vector<OutsidePair> taken;
    while (!wishes_.empty() && taken.size() < limit)
        taken.push_back(wishes_.extract(wishes_.begin()).value());
    return taken;
}

match::MakeTravel travel_outside(std::shared_ptr<OutsideTimes> times) {
    return [times = std::move(times)](
               model::Policy const& policy, std::vector<std::string> const& kinds
           ) { return std::make_unique<OutsideTravel>(times, policy, kinds); };
}

}  // namespace posthaste::node
