#include "plan/island.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::plan {

namespace {

constexpr Ruin::Size ruin_size{10, 10};
constexpr std::uint32_t blink_per_mille = 10;
constexpr std::size_t reach = 40;
constexpr std::size_t rebuilt_max = 60;  // jobs tried again in a step

}  // namespace

Island::Island(Problem const& problem, std::uint64_t seed)
    : instance_{problem},
      prng_{seed},
      tours_{instance_},
      pricing_{instance_, tours_, prng_},
      ruin_{instance_, tours_, prng_} {
    tours_.mark();
    find_scale();
}

// A job costs about what the drive from its nearest neighbours comes to.
void Island::find_scale() {
    Cost sum = 0;
    Cost time = 0;
    std::size_t count = 0;
    auto const* const arcs = instance_.arcs(0);
    for (std::size_t i = 0; i < 64 && instance_.visit_count > 1; ++i) {
        auto const from = static_cast<Node>(prng_.below(instance_.visit_count));
        for (std::size_t k = 0; k < 16; ++k) {
            auto const to = static_cast<Node>(prng_.below(instance_.visit_count));
            auto const arc =
                arcs[instance_.sites[from].place * instance_.stride() + instance_.sites[to].place];
            sum += arc.cost;
            time += arc.time;
            ++count;
        }
    }
    auto const legs = static_cast<Cost>(std::max<std::size_t>(1, count));
    scale_ = std::max<Cost>(1, sum / legs);
    Cost fixed = 0;
    for (auto const& vehicle : instance_.problem.vehicles)
        fixed = std::max(fixed, vehicle.fixed);
    per_unserved_ = 4 * scale_ + 2 * fixed;
    per_lateness_ = std::max<Cost>(1, 20 * sum / std::max<Cost>(1, time));
}

Cost Island::energy(Score const& score) const {
    return score.cost + per_lateness_ * score.lateness + per_unserved_ * score.unserved +
           score.disturbance / 1000;
}

void Island::start_from_routes() {
    auto const& vehicles = instance_.problem.vehicles;
    for (std::uint32_t i = 0; i < vehicles.size(); ++i)
        tours_.set_route(i, vehicles[i].route);
    tours_.holds();  // lateness and disturbance are the timetable's: without them nothing is better
    tours_.mark();
}

bool Island::construct_one() {
    if (constructed_ == 0) {
        sort_absent();
    }
    if (constructed_ >= order_.size()) return false;
    auto const job = order_[constructed_++];
    if (pricing_.best(job, {reach, 0, true}, placement_) ||
        pricing_.best(job, {0, 0, true}, placement_)) {
        tours_.insert(job, placement_);
        if (!tours_.holds()) tours_.take_back();
        tours_.mark();
    }
    return true;
}

void Island::settle() {
    auto const jobs = static_cast<Cost>(std::max<std::size_t>(1, instance_.problem.jobs.size()));
    auto const each = std::max<Cost>(1, tours_.score().cost / jobs);
    cooling_.emplace(each, std::max<Cost>(1, each / 100));
    remember();
}

// The keys of Christiaens and Vanden Berghe, for windows: at random, by load, far or near first,
// short windows, early ones, late ones.
void Island::sort_absent() {
    order_ = tours_.absent();
    if (order_.size() > rebuilt_max && constructed_ > 0) {
        for (std::size_t i = 0; i < rebuilt_max; ++i)
            std::swap(order_[i], order_[i + prng_.below(order_.size() - i)]);
        order_.resize(rebuilt_max);
    }
    static constexpr std::array<std::uint8_t, 17> weights{
        0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6};
    auto const by = weights[prng_.below(weights.size())];
    auto const* const arcs = instance_.arcs(0);
    auto const start = instance_.sites[instance_.start_of(0)].place * instance_.stride();
    keys_.clear();
    for (auto const job : order_) {
        auto const& site = instance_.sites[instance_.first_of[job]];
        Time key = 0;
        switch (by) {
            case 0:
                key = static_cast<Time>(prng_.below(1U << 30U));
                break;
            case 1:
                for (auto const& visit : instance_.problem.jobs[job].visits)
                    for (std::size_t d = 0; d < loads_max; ++d)
                        key -= visit.pickup[d] + visit.dropoff[d];
                break;
            case 2:
                key = -Time{arcs[start + site.place].cost};
                break;
            case 3:
                key = arcs[start + site.place].cost;
                break;
            case 4:
                key = site.latest - site.earliest;
                break;
            case 5:
                key = site.earliest;
                break;
            default:
                key = -site.latest;
                break;
        }
        keys_.emplace_back(key, job);
    }
    std::ranges::sort(keys_);
    for (std::size_t i = 0; i < keys_.size(); ++i)
        order_[i] = keys_[i].second;
}

void Island::rebuild() {
    sort_absent();
    for (auto const job : order_) {
        if (pricing_.best(job, {reach, blink_per_mille, true}, placement_))
            tours_.insert(job, placement_);
    }
}

void Island::step(std::uint32_t done) {
    cooling_->set_done(done);
    auto const before = energy(tours_.score());
    tours_.mark();
    tours_.remove(ruin_.choose(ruin_size));
    rebuild();
    bool const better =
        tours_.holds() && energy(tours_.score()) < before + cooling_->tolerance(prng_);
    if (!better) {
        tours_.take_back();
        return;
    }
    if (tours_.score() < best_score_) remember();
}

void Island::remember() {
    best_score_ = tours_.score();
    best_absent_ = tours_.absent();
    best_.resize(instance_.vehicle_count);
    for (std::uint32_t vehicle = 0; vehicle < instance_.vehicle_count; ++vehicle)
        best_[vehicle] = tours_.visits(vehicle);
}

Routes Island::best_routes() const {
    Routes routes;
    for (auto const& visits : best_) {
        auto& stops = routes.emplace_back();
        for (auto const visit : visits)
            stops.push_back(instance_.stop_of(visit));
    }
    return routes;
}

}  // namespace posthaste::plan
