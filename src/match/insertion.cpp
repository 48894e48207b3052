#include "match/insertion.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "base/assert.hpp"
#include "base/plant.hpp"

namespace posthaste::match {

using model::Load;

namespace {

constexpr Millis travel_unbounded{std::numeric_limits<std::int64_t>::max() / 4};

bool is_carried(Load const& aboard, Load const& capacity) {
    if (planted(Plant::capacity_ignored)) return true;
    return aboard.fits_in(capacity);
}

Load after(Load aboard, Visit const& visit) {
    aboard -= visit.dropoff;
    aboard += visit.pickup;
    return aboard;
}

Instant departure_after(Instant arrival, Visit const& visit) {
    return std::max(arrival, visit.window.earliest) + visit.service;
}

auto badness(Insertion const& insertion) {
    return std::tuple{!insertion.fits, insertion.lateness, insertion.added};
}

}  // namespace

Instant free_at(std::span<model::BusyTime const> busy, Instant arrival, Visit const& visit) {
    if (busy.empty()) return arrival;
    Instant const wanted = std::max(arrival, visit.window.earliest);
    Millis const work = std::max(visit.service, Millis{1});
    Instant begin = wanted;
    auto const ends_later = [](Instant at, model::BusyTime const& time) { return at < time.end; };
    auto next = std::upper_bound(busy.begin(), busy.end(), begin, ends_later);
    for (; next != busy.end() && next->start < begin + work; ++next)
        begin = next->end;
    return begin == wanted ? arrival : begin;
}

Visit visit_of(model::Job const& job, std::size_t stop, model::Hold hold) {
    ASSERT(stop < job.stops.size());
    model::Stop const& from = job.stops[stop];
    return {
        .place = from.place,
        .window = {from.window.earliest, std::min(from.window.latest, job.deadline)},
        .service = from.service,
        .pickup = from.pickup,
        .dropoff = from.dropoff,
        .locked = hold == model::Hold::locked};
}

void lay_out(
    Start const& start,
    std::span<Visit const> route,
    std::span<Visit const> job,
    std::span<std::uint16_t const> gap,
    Travel const& travel,
    std::vector<Planned>& planned
) {
    ASSERT(gap.size() >= job.size());
    planned.clear();
    planned.reserve(route.size() + job.size());
    Instant departure = start.now;
    model::Position place = start.place;
    Millis driven;
    std::size_t passed = 0;
    std::size_t placed = 0;
    std::size_t kept = 0;
    while (passed + placed < route.size() + job.size()) {
        bool const of_job = placed < job.size() && gap[placed] <= passed;
        ASSERT(of_job || passed < route.size());
        Visit const& visit = of_job ? job[placed] : route[passed];
        std::size_t const index = of_job ? placed++ : passed++ - kept;
        if (!of_job && visit.kept) {
            ++kept;
            continue;
        }
        Millis const drive = travel.time(place, visit.place, start.kind);
        Instant const arrival = free_at(start.busy, departure + drive, visit);
        driven = driven + drive;
        auto const outlook = travel.outlook(driven, visit.place, start.agent);
        planned.push_back(
            {of_job,
             static_cast<std::uint16_t>(index),
             arrival + (outlook.p50 - driven),
             arrival + (outlook.p90 - driven),
             outlook.source,
             outlook.confidence}
        );
        departure = departure_after(arrival, visit);
        place = visit.place;
    }
}

Insertion Inserter::best(
    Start const& start,
    std::span<Visit const> route,
    std::span<Visit const> job,
    Travel const& travel
) {
    ASSERT(!job.empty());
    ASSERT(job.size() <= model::stops_max);
    ASSERT(route.size() <= visits_max);
    start_ = &start;
    route_ = route;
    job_ = job;
    travel_ = &travel;
    auto const first_free =
        std::find_if(route.begin(), route.end(), [](Visit const& visit) { return !visit.locked; });
    auto const locked = static_cast<std::size_t>(first_free - route.begin());
    ASSERT(std::none_of(first_free, route.end(), [](Visit const& visit) { return visit.locked; }));
    // A route of n visits has n + 1 gaps.
    first_gap_ = std::max(locked, route.size() + 1 - std::min(route.size() + 1, gaps_max));

    walk_route();
    if (first_gap_ == route.size()) return together(first_gap_);
    measure_legs();
    bound_travel();
    // Mostly a route of least travel is feasible, and then nothing else needs to be looked at.
    Millis const least = bound(false, first_gap_, 0);
    if (search(least + Millis{1}) || search(travel_unbounded)) return best_;
    return least_bad();
}

/// The route without the job: forward its times and loads, backward what it leaves room for.
void Inserter::walk_route() {
    nodes_.resize(route_.size());
    Instant departure = start_->now;
    model::Position place = start_->place;
    Load aboard = start_->aboard;
    for (std::size_t i = 0; i < route_.size(); ++i) {
        Visit const& visit = route_[i];
        Node& node = nodes_[i];
        node.leg = travel_->time(place, visit.place, start_->kind);
        node.arrival = arrive(departure, node.leg, visit);
        node.departure = departure_after(node.arrival, visit);
        node.limit = std::max(visit.window.latest, node.arrival);
        node.aboard = after(aboard, visit);
        departure = node.departure;
        place = visit.place;
        aboard = node.aboard;
    }
    for (std::size_t i = route_.size(); i-- > 0;) {
        Visit const& visit = route_[i];
        Node& node = nodes_[i];
        node.limit_onward = node.limit;
        node.onward = visit.service;
        node.peak = node.aboard;
        node.finish = visit.window.earliest + node.onward;
        if (i + 1 == route_.size()) continue;
        Node const& next = nodes_[i + 1];
        node.limit_onward = std::min(node.limit, next.limit_onward - next.leg - visit.service);
        node.onward = visit.service + next.leg + next.onward;
        node.finish = std::max(visit.window.earliest + node.onward, next.finish);
        for (std::size_t k = 0; k < model::load_dimensions; ++k)
            node.peak.amount[k] = std::max(node.peak.amount[k], next.peak.amount[k]);
    }
}

void Inserter::measure_legs() {
    std::size_t const stops = job_.size();
    std::size_t const gaps = route_.size() + 1 - first_gap_;
    to_stop_.resize(gaps * stops);
    from_stop_.resize(gaps * stops);
    between_.resize(stops);
    std::uint8_t const kind = start_->kind;
    for (std::size_t stop = 1; stop < stops; ++stop)
        between_[stop] = travel_->time(job_[stop - 1].place, job_[stop].place, kind);
    for (std::size_t gap = first_gap_; gap <= route_.size(); ++gap) {
        model::Position const before = gap == 0 ? start_->place : route_[gap - 1].place;
        for (std::size_t stop = 0; stop < stops; ++stop) {
            std::size_t const cell = (gap - first_gap_) * stops + stop;
            model::Position const place = job_[stop].place;
            to_stop_[cell] = travel_->time(before, place, kind);
            if (gap < route_.size())
                from_stop_[cell] = travel_->time(place, route_[gap].place, kind);
        }
    }
}

Millis Inserter::to_stop(std::size_t passed, std::size_t stop) const {
    return to_stop_[(passed - first_gap_) * job_.size() + stop];
}
Millis Inserter::from_stop(std::size_t stop, std::size_t passed) const {
    return from_stop_[(passed - first_gap_) * job_.size() + stop];
}
Millis& Inserter::bound(bool at_stop, std::size_t passed, std::size_t placed) {
    std::size_t const point = (passed - first_gap_) * (job_.size() + 1) + placed;
    return bounds_[2 * point + (at_stop ? 1 : 0)];
}

/// From every point of the search the least travel to the end, windows and loads aside.
void Inserter::bound_travel() {
    std::size_t const visits = route_.size();
    std::size_t const stops = job_.size();
    bounds_.assign(2 * (visits + 1 - first_gap_) * (stops + 1), travel_unbounded);
    for (std::size_t i = visits + 1; i-- > first_gap_;) {
        for (std::size_t j = stops + 1; j-- > 0;) {
            Millis& at_visit = bound(false, i, j);
            Millis& at_stop = bound(true, i, j);
            if (i == visits && j == stops) at_visit = at_stop = Millis{};
            if (i < visits) {
                Millis const rest = bound(false, i + 1, j);
                at_visit = nodes_[i].leg + rest;
                if (j > 0) at_stop = from_stop(j - 1, i) + rest;
            }
            if (j < stops) {
                Millis const rest = bound(true, i, j + 1);
                at_visit = std::min(at_visit, to_stop(i, j) + rest);
                if (j > 0) at_stop = std::min(at_stop, between_[j] + rest);
            }
        }
    }
}

/// Depth first, each point first by placing the next stop: so of equals the earlier positions are
/// found first. True when a feasible route of less travel than `below` was found; it is in best_.
bool Inserter::search(Millis below) {
    best_travel_ = below;
    best_ = {};
    steps_.clear();
    Step root;
    root.passed = static_cast<std::uint16_t>(first_gap_);
    root.departure = first_gap_ == 0 ? start_->now : nodes_[first_gap_ - 1].departure;
    root.aboard = first_gap_ == 0 ? start_->aboard : nodes_[first_gap_ - 1].aboard;
    steps_.push_back(root);
    for (std::size_t left = steps_max; left > 0 && !steps_.empty(); --left) {
        Step& top = steps_.back();
        switch (top.tried++) {
            case 0:
                place_stop(Step{top});
                break;
            case 1:
                pass_visit(Step{top});
                break;
            default:
                steps_.pop_back();
        }
    }
    return best_.fits;
}

void Inserter::place_stop(Step step) {
    std::size_t const stop = step.placed;
    Visit const& visit = job_[stop];
    Millis const leg = step.at_stop ? between_[stop] : to_stop(step.passed, stop);
    Instant const arrival = arrive(step.departure, leg, visit);
    step.tried = 0;
    step.travelled = step.travelled + leg;
    step.at_stop = true;
    step.stop_gap = step.passed;
    ++step.placed;
    if (step.travelled + bound(true, step.passed, step.placed) >= best_travel_) return;
    if (arrival > visit.window.latest) return;
    step.aboard = after(step.aboard, visit);
    if (!is_carried(step.aboard, start_->capacity)) return;
    step.departure = departure_after(arrival, visit);
    if (stop == 0) step.arrival = arrival;
    if (step.placed < job_.size()) {
        steps_.push_back(step);
    } else {
        finish_route(step);
    }
}

void Inserter::pass_visit(Step step) {
    if (step.passed == route_.size()) return;
    Node const& node = nodes_[step.passed];
    Visit const& visit = route_[step.passed];
    Millis const leg = step.at_stop ? from_stop(step.placed - 1U, step.passed) : node.leg;
    Instant const arrival = arrive(step.departure, leg, visit);
    step.tried = 0;
    step.travelled = step.travelled + leg;
    step.at_stop = false;
    step.delay = std::max(step.delay, arrival - node.arrival);
    ++step.passed;
    if (step.travelled + bound(false, step.passed, step.placed) >= best_travel_) return;
    if (arrival > node.limit) return;
    step.aboard = after(step.aboard, visit);
    if (step.placed > 0 && !is_carried(step.aboard, start_->capacity)) return;
    step.departure = departure_after(arrival, visit);
    steps_.push_back(step);
}

/// All stops are placed: the rest of the route is judged at once, by what walk_route left.
void Inserter::finish_route(Step const& last) {
    std::size_t const gap = last.passed;
    Instant finish = last.departure;
    Millis delay = last.delay;
    if (gap < route_.size()) {
        Node const& next = nodes_[gap];
        Instant const arrival = last.departure + from_stop(job_.size() - 1, gap);
        bool const is_busy = !start_->busy.empty();
        if (is_busy ? !finish_around_busy(last, finish, delay) : arrival > next.limit_onward)
            return;
        Load peak = next.peak;
        peak += last.aboard;
        peak -= gap == 0 ? start_->aboard : nodes_[gap - 1].aboard;
        if (!is_carried(peak, start_->capacity)) return;
        if (!is_busy) {
            finish = std::max(arrival + next.onward, next.finish);
            delay = std::max(delay, arrival - next.arrival);
        }
    }
    best_travel_ = last.travelled + bound(true, gap, job_.size());
    Millis without;
    for (std::size_t i = first_gap_; i < route_.size(); ++i)
        without = without + nodes_[i].leg;
    best_.fits = true;
    best_.arrival = last.arrival;
    best_.finish = finish;
    best_.added = best_travel_ - without;
    best_.delay = delay;
    for (Step const& step : steps_) {
        if (step.at_stop) best_.gap[step.placed - 1U] = step.stop_gap;
    }
    best_.gap[job_.size() - 1] = static_cast<std::uint16_t>(gap);
}

/// What follows the gap, one by one: how much a delay is put off at a busy time has no short form.
/// False: something is late.
bool Inserter::finish_around_busy(Step const& last, Instant& finish, Millis& delay) const {
    for (std::size_t i = last.passed; i < route_.size(); ++i) {
        Millis const leg = i == last.passed ? from_stop(job_.size() - 1, i) : nodes_[i].leg;
        Instant const arrival = arrive(finish, leg, route_[i]);
        if (arrival > nodes_[i].limit) return false;
        delay = std::max(delay, arrival - nodes_[i].arrival);
        finish = departure_after(arrival, route_[i]);
    }
    return true;
}

Instant Inserter::arrive(Instant departure, Millis leg, Visit const& visit) const {
    return free_at(start_->busy, departure + leg, visit);
}

/// All of the job's stops one after another in one gap, feasible or not.
Insertion Inserter::together(std::size_t gap) const {
    Insertion insertion;
    insertion.fits = true;
    Instant departure = gap == 0 ? start_->now : nodes_[gap - 1].departure;
    model::Position place = gap == 0 ? start_->place : route_[gap - 1].place;
    Load aboard = gap == 0 ? start_->aboard : nodes_[gap - 1].aboard;
    auto const make = [&](Visit const& visit, Millis leg, Instant limit) {
        Instant const arrival = arrive(departure, leg, visit);
        insertion.lateness = std::max(insertion.lateness, arrival - limit);
        aboard = after(aboard, visit);
        if (!is_carried(aboard, start_->capacity)) insertion.fits = false;
        departure = departure_after(arrival, visit);
        return arrival;
    };
    for (std::size_t stop = 0; stop < job_.size(); ++stop) {
        Visit const& visit = job_[stop];
        Millis const leg = travel_->time(place, visit.place, start_->kind);
        Instant const arrival = make(visit, leg, visit.window.latest);
        if (stop == 0) insertion.arrival = arrival;
        insertion.added = insertion.added + leg;
        insertion.gap[stop] = static_cast<std::uint16_t>(gap);
        place = visit.place;
    }
    for (std::size_t i = gap; i < route_.size(); ++i) {
        Node const& node = nodes_[i];
        bool const is_next = i == gap;
        Millis const leg = is_next ? travel_->time(place, route_[i].place, start_->kind) : node.leg;
        Instant const arrival = make(route_[i], leg, node.limit);
        insertion.delay = std::max(insertion.delay, arrival - node.arrival);
        if (is_next) insertion.added = insertion.added + leg - node.leg;
    }
    insertion.finish = departure;
    return insertion;
}

Insertion Inserter::least_bad() const {
    Insertion least = together(first_gap_);
    for (std::size_t gap = first_gap_ + 1; gap <= route_.size(); ++gap) {
        Insertion const next = together(gap);
        if (badness(next) < badness(least)) least = next;
    }
    return least;
}

}  // namespace posthaste::match
