#include "core/reach.hpp"

#include <algorithm>
#include <tuple>

#include "base/civil.hpp"
#include "base/plant.hpp"
#include "core/route.hpp"

namespace posthaste::core {

using match::Visit;
using model::Agent;
using model::Job;

namespace {

Instant departure_after(Instant arrival, Visit const& visit) {
    return std::max(arrival, visit.window.earliest) + visit.service;
}

void keep(
    SeenRoute& route,
    match::Insertion const& insertion,
    std::vector<Visit> const& visits,
    model::BookingId booking
) {
    for (std::size_t i = visits.size(); i-- > 0;) {
        auto const at = static_cast<std::ptrdiff_t>(insertion.gap[i]);
        auto visit = visits[i];
        visit.kept = true;
        route.visits.insert(route.visits.begin() + at, visit);
        route.origins.insert(
            route.origins.begin() + at, {{}, booking, static_cast<std::uint8_t>(i)}
        );
    }
}

}  // namespace

Job draft_of(std::vector<model::Stop> stops, model::Requirement const& need) {
    Job job;
    job.stops = std::move(stops);
    job.slots.push_back(model::JobSlot{.need = need});
    return job;
}

SeenRoute seen_route(
    Region const& region,
    match::Inserter& inserter,
    match::Start const& start,
    Agent const& agent,
    Except except,
    Job const* edited
) {
    SeenRoute route;
    auto stops = agent.route;
    if (except.assignment != model::AssignmentId{}) {
        std::erase_if(stops, [&](auto const& stop) {
            return stop.assignment == except.assignment;
        });
    }
    visits_of(region.state, stops, start.now, route.visits, edited);
    for (auto const& stop : stops)
        route.origins.push_back({stop.job, {}, stop.stop});
    std::vector<Visit> visits;
    for (auto const id : agent.bookings) {
        auto const& booking = region.state.bookings.at(id);
        bool const is_bound = booking.job != model::JobId{};
        if (is_bound && booking.job == except.job) continue;
        visits_of(
            is_bound ? region.state.jobs.at(booking.job) : draft_of(booking.stops, {}), visits
        );
        if (route.visits.size() + visits.size() > match::visits_max) break;
        auto const best = inserter.best(start, route.visits, visits, region.field.travel());
        keep(route, best, visits, id);
    }
    return route;
}

// --- is it drivable ---

namespace {

// One visit of the route as it would be.
struct Leg {
    StopOrigin origin;
    Visit const* visit;
    Instant left;  ///< the visit before, or where the agent stands
    Millis drive;
    Instant arrival;
    Instant limit;  ///< after it it is late
    bool of_job = false;

    Instant leaves() const { return departure_after(arrival, *visit); }
    Millis late() const { return arrival - limit; }
};

struct Walk {
    match::Start const& start;
    match::Travel const& travel;
    Instant departure = start.now;
    model::Position place = start.place;
    std::vector<Leg> legs = {};

    void go(StopOrigin origin, Visit const& visit, Instant limit, bool of_job) {
        auto const drive = travel.time(place, visit.place, start.kind);
        auto const arrival = match::free_at(start.busy, departure + drive, visit);
        legs.push_back({origin, &visit, departure, drive, arrival, limit, of_job});
        departure = departure_after(arrival, visit);
        place = visit.place;
    }
};

// Without the job: what is late then may be as late with it.
std::vector<Leg> walk_without(Walk walk, SeenRoute const& route) {
    for (std::size_t i = 0; i < route.visits.size(); ++i) {
        auto const& visit = route.visits[i];
        walk.go(route.origins[i], visit, visit.window.latest, false);
    }
    return std::move(walk.legs);
}

std::vector<Leg> walk_with(
    Walk walk,
    SeenRoute const& route,
    std::vector<Leg> const& without,
    std::vector<Visit> const& job,
    match::Insertion const& insertion
) {
    std::size_t placed = 0;
    for (std::size_t i = 0; i <= route.visits.size(); ++i) {
        for (; placed < job.size() && insertion.gap[placed] == i; ++placed) {
            StopOrigin const own{{}, {}, static_cast<std::uint8_t>(placed)};
            walk.go(own, job[placed], job[placed].window.latest, true);
        }
        if (i == route.visits.size()) break;
        auto const& visit = route.visits[i];
        walk.go(route.origins[i], visit, std::max(visit.window.latest, without[i].arrival), false);
    }
    return std::move(walk.legs);
}

std::vector<ReachStop> stops_of(std::vector<Leg> const& legs) {
    std::vector<ReachStop> stops;
    for (std::size_t i = 0; i < legs.size(); ++i) {
        auto const& leg = legs[i];
        if (!leg.of_job) continue;
        ReachStop stop{leg.arrival, leg.visit->window, leg.drive, {}, {}};
        if (i > 0) stop.before = {legs[i - 1].origin, leg.left, leg.drive, leg.limit - leg.arrival};
        if (i + 1 < legs.size()) {
            auto const& next = legs[i + 1];
            stop.after = {next.origin, next.arrival, next.drive, next.limit - next.arrival};
        }
        stops.push_back(stop);
    }
    return stops;
}

// What keeps the agent from it whenever it is. On duty must be who could begin at once.
void add_needs(ReachQuestion const& question, std::vector<ReachConflict>& conflicts) {
    auto const& [job, slot, agent, now] = question;
    auto const add = [&](bool is_so, Obstacle what) {
        if (is_so) conflicts.push_back({what, {}, {}, {}, {}});
    };
    auto const& need = job.slots[slot].need;
    auto const& vehicle = agent.profile.vehicle;
    bool const later = begins_later(job, now);
    add(!later && agent.availability != model::Availability::on_duty, Obstacle::off_duty);
    add(!later && !agent.in_shift, Obstacle::out_of_shift);
    bool const is_of_kind = need.kinds == 0 || ((need.kinds >> vehicle.kind) & 1U) != 0;
    add(!is_of_kind, Obstacle::vehicle_kind);
    add((need.features & ~vehicle.features) != 0, Obstacle::vehicle_features);
    add((need.skills & ~agent.profile.skills) != 0, Obstacle::skills);
}

void add_late(std::vector<Leg> const& legs, std::vector<ReachConflict>& conflicts) {
    for (auto const& leg : legs) {
        if (leg.late() <= Millis{}) continue;
        bool const is_busy = leg.left + leg.drive <= leg.limit;
        conflicts.push_back(
            {is_busy ? Obstacle::busy : Obstacle::window,
             leg.origin,
             leg.arrival,
             leg.visit->window,
             leg.late()}
        );
    }
}

// The work is done before the shift ends; whatever else would not be anyway may stay so.
void add_shift(
    model::Shift const& shift,
    std::vector<Leg> const& without,
    std::vector<Leg> const& legs,
    std::vector<ReachConflict>& conflicts
) {
    auto const& last_own =
        *std::find_if(legs.rbegin(), legs.rend(), [](auto const& leg) { return leg.of_job; });
    auto const& last = legs.back();
    auto const anyway = without.empty() ? Instant{} : without.back().leaves();
    bool const own = last_own.leaves() > shift.end;
    if (!own && last.leaves() <= std::max(shift.end, anyway)) return;
    auto const& leg = own ? last_own : last;
    conflicts.push_back(
        {Obstacle::shift,
         leg.origin,
         leg.leaves(),
         {shift.start, shift.end},
         leg.leaves() - shift.end}
    );
}

}  // namespace

ReachConflict const* Reach::late() const {
    auto const found = std::find_if(conflicts.begin(), conflicts.end(), [](auto const& conflict) {
        return is_of_time(conflict.what);
    });
    return found == conflicts.end() ? nullptr : &*found;
}

Reach reach_of(Region const& region, match::Inserter& inserter, ReachQuestion const& question) {
    auto const& agent = question.agent;
    auto const& slot = question.job.slots[question.slot];
    auto const start = start_of(region, agent, question.now);
    auto const& travel = region.field.travel();
    auto const route =
        seen_route(region, inserter, start, agent, {question.job.id, slot.assignment});
    std::vector<Visit> job;
    visits_of(question.job, job);
    Reach reach{.agent = agent.id, .insertion = inserter.best(start, route.visits, job, travel)};
    auto const without = walk_without({start, travel}, route);
    auto const legs = walk_with({start, travel}, route, without, job, reach.insertion);
    reach.stops = stops_of(legs);
    add_needs(question, reach.conflicts);
    bool const fits = reach.insertion.fits || planted(Plant::capacity_ignored);
    if (!fits) reach.conflicts.push_back({Obstacle::capacity, {}, {}, {}, {}});
    add_late(legs, reach.conflicts);
    add_shift(agent.profile.shift, without, legs, reach.conflicts);
    return reach;
}

// --- in words ---

namespace {

std::string two_digits(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

// 2026-06-01 09:45Z; an open end has no time.
std::string minute_text(Instant at) {
    if (at == instant_max) return "open";
    auto const date = civil_of(day_of(at));
    auto const minute = (at.millis() - day_of(at) * day_ms) / 60'000;
    return std::to_string(date.year) + "-" + two_digits(date.month) + "-" + two_digits(date.day) +
           " " + two_digits(minute / 60) + ":" + two_digits(minute % 60) + "Z";
}

std::string minutes_text(Millis span) {
    auto const rounded = (span.count() + 30'000) / 60'000;
    return std::to_string(span > Millis{} ? std::max(rounded, std::int64_t{1}) : rounded) + " min";
}

std::string name_of(State const& state, StopOrigin const& origin) {
    auto text = "stop " + std::to_string(origin.stop) + " of ";
    if (origin.is_own()) return text + "this job";
    auto const* const booking = state.bookings.find(origin.booking);
    auto const job = booking == nullptr ? origin.job : booking->job;
    if (job == model::JobId{}) return text + "booking " + std::to_string(raw(origin.booking));
    auto const& reference = state.jobs.at(job).reference;
    return text + (reference.empty() ? "job " + std::to_string(raw(job)) : reference);
}

std::string neighbours_text(State const& state, ReachStop const& stop) {
    std::string text;
    if (stop.before) {
        text += "; before it " + name_of(state, stop.before->stop) + ", left at " +
                minute_text(stop.before->at) + ", " + minutes_text(stop.before->drive) + " away";
    } else {
        text += "; it is the first, " + minutes_text(stop.drive) + " away";
    }
    if (!stop.after) return text + "; nothing after it";
    return text + "; after it " + name_of(state, stop.after->stop) + " at " +
           minute_text(stop.after->at) + ", " + minutes_text(stop.after->drive) + " away";
}

}  // namespace

std::string late_text(State const& state, Reach const& reach) {
    auto const* const late = reach.late();
    ASSERT(late != nullptr);
    auto const name = name_of(state, late->at);
    auto text =
        late->what == Obstacle::shift
            ? name + " is done at " + minute_text(late->arrival) + ", " + minutes_text(late->late) +
                  " after the shift's end at " + minute_text(late->window.latest)
            : name + " is reached at " + minute_text(late->arrival) + ", " +
                  minutes_text(late->late) + " late for " + minute_text(late->window.earliest) +
                  " to " + minute_text(late->window.latest);
    if (late->what == Obstacle::busy) text += ", since the agent is busy";
    auto const own = late->at.is_own() ? late->at.stop : std::uint8_t{0};
    return text + neighbours_text(state, reach.stops[own]);
}

// --- windows ---

namespace {

// An agent who could be asked, as all windows see it.
struct Asked {
    Agent const* agent;
    match::Start start;
    SeenRoute route;
};

bool has(Agent const& agent, model::Requirement const& need) {
    auto const& vehicle = agent.profile.vehicle;
    return (need.kinds == 0 || ((need.kinds >> vehicle.kind) & 1U) != 0) &&
           (need.features & ~vehicle.features) == 0 && (need.skills & ~agent.profile.skills) == 0;
}

std::vector<model::AgentId> nearest_agents(Region const& region, Job const& job) {
    auto const& need = job.slots[0].need;
    geo::Found found;
    region.field.agents().nearest(
        {.place = job.stops.front().place,
         .count = agents_asked_max,
         .radius = region.state.policy.radius,
         .wanted =
             {.skills = need.skills,
              .features = need.features,
              .kinds = static_cast<std::uint16_t>(need.kinds),
              .flags = 0},
         .explain = geo::Explain::no},
        found
    );
    std::vector<model::AgentId> agents;
    for (auto const& hit : found.hits)
        agents.push_back(model::AgentId{hit.id});
    return agents;
}

// All drives that will be asked for, at once for each kind of vehicle.
void foresee(Region const& region, std::vector<Asked> const& asked, std::vector<Visit> const& job) {
    std::vector<model::Position> stops;
    for (auto const& visit : job)
        stops.push_back(visit.place);
    for (std::uint8_t kind = 0; kind < model::vehicle_kinds_max; ++kind) {
        std::vector<model::Position> idle;
        std::vector<model::Position> busy;
        std::vector<model::Position> visits;
        for (auto const& who : asked) {
            if (who.start.kind != kind) continue;
            (who.route.visits.empty() ? idle : busy).push_back(who.start.place);
            for (auto const& visit : who.route.visits)
                visits.push_back(visit.place);
        }
        if (!idle.empty() || !busy.empty())
            region.field.travel().foresee({idle, busy, visits, stops, kind});
    }
}

}  // namespace

std::vector<WindowFound> windows_for(
    Region const& region,
    Job const& job,
    std::vector<model::Window> const& windows,
    std::vector<model::AgentId> agents,
    Instant now
) {
    ASSERT(windows.size() <= windows_asked_max);
    ASSERT(agents.size() <= agents_asked_max);
    if (agents.empty()) agents = nearest_agents(region, job);
    match::Inserter inserter;
    std::vector<Asked> asked;
    for (auto const id : agents) {
        auto const& agent = region.state.agents.at(id);
        if (!has(agent, job.slots[0].need)) continue;
        auto const start = start_of(region, agent, now);
        asked.push_back({&agent, start, seen_route(region, inserter, start, agent, {job.id, {}})});
    }
    std::vector<Visit> visits;
    visits_of(job, visits);
    foresee(region, asked, visits);
    std::vector<WindowFound> found;
    for (auto const& window : windows) {
        WindowFound each{window, {}};
        visits[0].window = {window.earliest, std::min(window.latest, job.deadline)};
        for (auto const& who : asked) {
            auto const best =
                inserter.best(who.start, who.route.visits, visits, region.field.travel());
            if (!best.feasible() || best.finish > who.agent->profile.shift.end) continue;
            each.options.push_back({who.agent->id, best.added, best.arrival});
        }
        auto const order = [](WindowOption const& option) {
            return std::tuple{option.added, option.arrival, option.agent};
        };
        std::ranges::sort(each.options, {}, order);
        if (each.options.empty()) continue;
        each.options.resize(std::min(each.options.size(), options_max));
        found.push_back(std::move(each));
    }
    std::ranges::stable_sort(found, {}, [](WindowFound const& each) {
        return std::tuple{each.options[0].added, each.window.earliest, each.window.latest};
    });
    return found;
}

}  // namespace posthaste::core
