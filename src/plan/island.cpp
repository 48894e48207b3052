#include "plan/island.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/shuffle.hpp"

namespace posthaste::plan {

namespace {

constexpr Ruin::Size ruin_size{10, 10};
constexpr std::uint32_t blink_per_mille = 10;
constexpr std::size_t reach = 30;
constexpr std::uint32_t scattered_per_mille = 200;
// Where a vehicle is dear, fewer are looked for until this much of the budget is used: longer, the
// longer the last one took to be given up.
constexpr std::uint32_t squeezed_least = Cooling::done_max * 3 / 16;
constexpr std::uint32_t squeezed_most = Cooling::done_max / 2;
constexpr std::uint64_t room_every = 10;  // steps of the squeeze
constexpr std::size_t rebuilt_max = 60;   // jobs tried again in a step

}  // namespace

Island::Island(Problem const& problem, std::uint64_t seed)
    : instance_{problem},
      prng_{seed},
      tours_{instance_},
      pricing_{instance_, tours_, prng_},
      ruin_{instance_, tours_, prng_},
      ejection_{instance_, tours_, prng_} {
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
    Cost fixed = 0;
    Cost driving = 0;
    for (std::uint32_t vehicle = 0; vehicle < instance_.vehicle_count; ++vehicle) {
        if (tours_.visits(vehicle).empty()) continue;
        fixed = std::max(fixed, instance_.problem.vehicles[vehicle].fixed);
        driving += tours_.spot(instance_.start_of(vehicle)).onward;
        for (auto const visit : tours_.visits(vehicle))
            driving += tours_.spot(visit).onward;
    }
    auto const jobs = static_cast<Cost>(std::max<std::size_t>(1, instance_.problem.jobs.size()));
    auto const each = std::max<Cost>(1, driving / jobs);
    squeezes_ = fixed > 10 * each && tours_.absent().empty();
    squeezed_until_ = squeezed_least;
    auto const hot = squeezes_ ? 10 * each : each;  // the fewest vehicles leave routes hard to mend
    cooling_ = Cooling{hot, std::max<Cost>(1, each / 50)};
    absences_.assign(instance_.problem.jobs.size(), 1);
    remember();
}

// The keys of Christiaens and Vanden Berghe, for windows: at random, by load, far or near first,
// short windows, early ones, late ones.
void Island::sort_absent() {
    order_ = tours_.absent();
    if (order_.size() > rebuilt_max && constructed_ > 0) {
        shuffle(order_, prng_, rebuilt_max);
        order_.resize(rebuilt_max);
    }
    static constexpr std::array<Urgency, 17> weighted{
        Urgency::any,
        Urgency::any,
        Urgency::any,
        Urgency::any,
        Urgency::load,
        Urgency::load,
        Urgency::load,
        Urgency::load,
        Urgency::far,
        Urgency::far,
        Urgency::near,
        Urgency::short_window,
        Urgency::short_window,
        Urgency::early,
        Urgency::early,
        Urgency::late,
        Urgency::late};
    auto const by = weighted[prng_.below(weighted.size())];
    keys_.clear();
    for (auto const job : order_)
        keys_.emplace_back(key_of(job, by), job);
    std::ranges::sort(keys_);
    for (std::size_t i = 0; i < keys_.size(); ++i)
        order_[i] = keys_[i].second;
}

Time Island::key_of(std::uint32_t job, Urgency by) {
    auto const& site = instance_.sites[instance_.first_of[job]];
    auto const start = instance_.sites[instance_.start_of(0)].place;
    auto const away = Time{instance_.arcs(0)[start * instance_.stride() + site.place].cost};
    switch (by) {
        case Urgency::any:
            return static_cast<Time>(prng_.below(1U << 30U));
        case Urgency::load:
            return -load_of(job);
        case Urgency::far:
            return -away;
        case Urgency::near:
            return away;
        case Urgency::short_window:
            return site.latest - site.earliest;
        case Urgency::early:
            return site.earliest;
        case Urgency::late:
            return -site.latest;
    }
    ASSERT(false);
}

std::int64_t Island::load_of(std::uint32_t job) const {
    std::int64_t load = 0;
    for (auto const& visit : instance_.problem.jobs[job].visits) {
        for (std::size_t d = 0; d < loads_max; ++d)
            load += visit.pickup[d] + visit.dropoff[d];
    }
    return load;
}

void Island::rebuild(bool new_vehicles) {
    sort_absent();
    for (auto const job : order_) {
        if (pricing_.best(job, {reach, blink_per_mille, new_vehicles}, placement_)) {
            tours_.insert(job, placement_);
        }
    }
}

void Island::step(std::uint32_t done) {
    if (squeezes_) {
        if (done < squeezed_until_) return squeeze(done);
        squeezes_ = false;
        annealed_from_ = done;
        restore();
    }
    auto const left = Cooling::done_max - annealed_from_;
    cooling_.set_done((done - annealed_from_) * Cooling::done_max / std::max(1U, left));
    auto const before = energy(tours_.score());
    tours_.mark();
    tours_.remove(ruin_.choose(ruin_size));
    rebuild(true);
    bool const stays =
        tours_.holds() && energy(tours_.score()) < before + cooling_.tolerance(prng_);
    if (!stays) return tours_.take_back();
    if (tours_.score() < best_score_) remember();
}

// With a vehicle less, until the jobs it had are on others. Who is left out often counts more.
void Island::squeeze(std::uint32_t done) {
    if (tours_.absent().empty()) {
        if (tours_.score() < best_score_) remember();
        squeezed_until_ = std::min(squeezed_most, squeezed_least + 2 * done);
        give_up_a_vehicle();
    }
    cooling_.set_done(done * Cooling::done_max / squeezed_until_);
    if (++squeezed_ % room_every == 0) return make_room();
    auto const absences = absences_now();
    auto const cost = tours_.score().cost;
    tours_.mark();
    tours_.remove(ruin_.choose(ruin_size));
    rebuild(false);
    auto const then = absences_now();
    bool const stays =
        tours_.holds() &&
        (then < absences ||
         (then == absences && tours_.score().cost < cost + cooling_.tolerance(prng_)));
    if (!stays) tours_.take_back();
}

// Who could not be put in goes in all the same, in place of those who were left out least often.
void Island::make_room() {
    auto const& absent = tours_.absent();
    if (absent.empty()) return;
    auto const job = absent[prng_.below(absent.size())];
    ++absences_[job];
    auto const& room = ejection_.find(job, absences_);
    if (room.vehicle == nobody) return;
    tours_.mark();
    tours_.remove(room.out);
    bool const fits = tours_.holds() && pricing_.best_in(job, room.vehicle, placement_);
    if (fits) tours_.insert(job, placement_);
    if (!fits || !tours_.holds()) tours_.take_back();
    tours_.mark();
}

std::int64_t Island::absences_now() const {
    std::int64_t sum = 0;
    for (auto const job : tours_.absent())
        sum += absences_[job];
    return sum;
}

void Island::give_up_a_vehicle() {
    std::uint32_t least = nobody;
    for (std::uint32_t vehicle = 0; vehicle < instance_.vehicle_count; ++vehicle) {
        auto const size = tours_.visits(vehicle).size();
        if (size == 0) continue;
        if (least == nobody || size < tours_.visits(least).size()) least = vehicle;
    }
    if (least == nobody) return;
    tours_.mark();
    tours_.remove(ruin_.choose_route(least));
    tours_.mark();
}

void Island::clear() {
    tours_.mark();
    order_.clear();
    for (std::uint32_t job = 0; job < instance_.problem.jobs.size(); ++job) {
        if (tours_.is_served(job)) order_.push_back(job);
    }
    tours_.remove(order_);
}

void Island::restore() {
    auto const best = best_;
    put(best);
}

void Island::adopt(std::vector<std::vector<Node>> const& routes) {
    put(routes);
    if (tours_.score() < best_score_) remember();
}

void Island::put(std::vector<std::vector<Node>> const& routes) {
    clear();
    std::vector<Stop> stops;
    for (std::uint32_t vehicle = 0; vehicle < routes.size(); ++vehicle) {
        stops.clear();
        for (auto const visit : routes[vehicle])
            stops.push_back(instance_.stop_of(visit));
        tours_.set_route(vehicle, stops);
    }
    bool const holds = tours_.holds();
    ASSERT(holds);
    tours_.mark();
}

std::vector<std::vector<Node>> Island::scatter(std::function<bool()> const& is_over) {
    clear();
    tours_.mark();
    order_ = tours_.absent();
    shuffle(order_, prng_);
    for (auto const job : order_) {
        if (is_over()) break;
        if (pricing_.best(job, {reach, scattered_per_mille, true}, placement_)) {
            tours_.insert(job, placement_);
        }
    }
    std::vector<std::vector<Node>> routes;
    for (std::uint32_t vehicle = 0; vehicle < instance_.vehicle_count; ++vehicle)
        routes.push_back(tours_.visits(vehicle));
    return routes;
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
