#include "day/run_day.hpp"

#include <algorithm>
#include <map>

#include "core/route.hpp"
#include "node/replan.hpp"

namespace posthaste::day {

namespace {

constexpr Millis step{20'000};
constexpr Millis between_fixes{60'000};
constexpr Millis between_looks{300'000};  // of a dispatcher, at all routes
constexpr Instant opening = work_begins - Millis{60'000};

// What plans gave to others.
class Notes final : public node::Follower {
public:
    void follow(views::Turned const& turned) override {
        for (auto const& entry : turned.record.entries) {
            for (auto const& event : entry.events) {
                if (auto const* const moved = std::get_if<model::AssignmentMoved>(&event))
                    given_away.push_back(moved->assignment);
            }
        }
    }
    void reset(core::State const& /*state*/, core::Field const& /*field*/) override {}

    std::vector<model::AssignmentId> given_away;
};

enum class Doing : std::uint8_t { nothing, driving, waiting, working };

struct Worker {
    model::AgentId id{};
    Doing doing = Doing::nothing;
    std::size_t order = 0;
    Instant since;
    Instant until;
    Instant seen;
    Drive drive;
    model::Position place;
    bool is_ill = false;
};

struct Task {
    model::JobId job{};
    std::optional<Instant> begun;
    bool is_promised = false;
    bool is_given_away = false;
    bool is_put_off = false;
    bool is_cancelled = false;
};

model::Policy policy_for(DayOptions const& options) {
    auto policy = options.policy;
    policy.radius = Metres{1};  // the office gives out the work, not the matcher
    policy.stack_max = 40;
    policy.stale_after = Millis{86'400'000};
    policy.lost_after = Millis{86'400'000};
    if (options.way != Dispatch::replanned) policy.replan_after = Millis{};
    return policy;
}

class Day {
public:
    Day(ServiceDay const& day, Ground const& ground, DayOptions const& options)
        : day_{day},
          ground_{ground},
          options_{options},
          replan_{ground.travel(), {.steps = options.steps, .micros = [] { return 0; }}},
          office_{morning, ground, {&notes_, &replan_}},
          dispatcher_{office_, options.way},
          tasks_(day.orders.size()) {}

    DayOutcome run(Lists const& lists) {
        open(lists);
        for (auto now = opening; now < night && !is_over(now); now = now + step) {
            office_.clock.set(now);
            office_.turn();
            if (now == opening) begin_duty();
            take_orders(now);
            take_cancellations(now);
            take_illnesses(now);
            for (auto& worker : workers_)
                advance(worker, now);
            if ((now - opening).count() % between_looks.count() == 0) help_who_is_late();
            plan_again();
        }
        return outcome();
    }

private:
    void open(Lists const& lists) {
        auto const policy = policy_for(options_);
        office_.open(policy);
        for (std::size_t i = 0; i < day_.technicians.size(); ++i) {
            auto const& technician = day_.technicians[i];
            model::PutAgent put{.reference = "T" + std::to_string(i), .home = technician.home};
            put.shift = {work_begins, night};
            if (technician.has_licence) put.skills = {"licence"};
            auto& worker = workers_.emplace_back();
            worker.id = model::AgentId{office_.must(office_.tell(put))};
            worker.place = technician.home;
        }
        for (std::size_t i = 0; i < day_.orders.size(); ++i)
            if (day_.orders[i].known <= morning) create(i);
        for (std::size_t i = 0; i < lists.size(); ++i)
            adopt(workers_[i].id, lists[i]);
    }

    void create(std::size_t index) {
        auto const& order = day_.orders[index];
        model::CreateJob create{.workflow = "field_service", .state = "scheduled"};
        create.reference = "O" + std::to_string(index);
        create.stops = {{.place = order.place, .window = order.window, .service = order.planned}};
        create.slots.emplace_back();
        if (order.needs_licence) create.slots[0].skills = {"licence"};
        tasks_[index].job = model::JobId{office_.must(office_.tell(create))};
        by_job_[tasks_[index].job] = index;
    }

    void adopt(model::AgentId agent, std::vector<std::size_t> const& list) {
        if (list.empty()) return;
        model::PlannedRoute route{agent, 0, {}};
        for (auto const index : list) {
            auto const job = tasks_[index].job;
            office_.must(office_.tell(model::AssignJob{job, 0, agent, true, "the morning plan"}));
            route.stops.push_back({assignment_of(index)->id, 0});
        }
        route.route_version = office_.state().agents.at(agent).route_version;
        office_.must(office_.tell(model::AdoptPlan{{route}, {}}));
        for (auto const index : list)
            tasks_[index].is_promised = true;
    }

    void begin_duty() {
        for (auto const& worker : workers_) {
            office_.must(office_.tell(model::SetAvailability{
                worker.id, model::Availability::on_duty}));
            office_.see(worker.id, worker.place);
        }
        for (std::size_t i = 0; i < tasks_.size(); ++i)
            if (tasks_[i].job != model::JobId{} && assignment_of(i) == nullptr) give(i);
    }

    // --- what happens ---

    void take_orders(Instant now) {
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            if (tasks_[i].job != model::JobId{} || day_.orders[i].known > now) continue;
            create(i);
            give(i);
        }
    }

    void take_cancellations(Instant now) {
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            auto& task = tasks_[i];
            auto const& at = day_.orders[i].cancelled;
            bool const is_due = at && *at <= now && !task.is_cancelled;
            if (!is_due || has_come(i)) continue;
            office_.must(office_.tell(model::TransitionJob{.job = task.job, .to = "cancelled"}));
            task.is_cancelled = true;
            for (auto& worker : workers_)
                if (worker.doing == Doing::driving && worker.order == i) turn_back(worker, now);
        }
    }

    bool has_come(std::size_t index) const {
        if (tasks_[index].begun) return true;
        return std::ranges::any_of(workers_, [&](Worker const& worker) {
            return worker.order == index && worker.doing == Doing::waiting;
        });
    }

    // Whoever is at work finishes it first.
    void take_illnesses(Instant now) {
        for (auto const& illness : day_.illnesses) {
            auto& worker = workers_[illness.technician];
            bool const is_free = worker.doing == Doing::nothing || worker.doing == Doing::driving;
            if (worker.is_ill || illness.at > now || !is_free) continue;
            if (worker.doing == Doing::driving) turn_back(worker, now);
            worker.is_ill = true;
            auto const left = office_.state().agents.at(worker.id).route;
            office_.must(office_.tell(model::SetAvailability{worker.id, model::Availability::off}));
            for (auto const& stop : left)
                office_.must(office_.tell(model::ReleaseAssignment{stop.assignment, "ill"}));
            for (auto const& stop : left)
                give(by_job_.at(stop.job));
        }
    }

    void give(std::size_t index) {
        dispatcher_.give(tasks_[index].job);
        tasks_[index].is_promised = true;
    }

    void help_who_is_late() {
        for (auto const job : dispatcher_.help())
            tasks_[by_job_.at(job)].is_given_away = true;
    }

    // Until nothing better is found, or it is too soon.
    void plan_again() {
        for (int asked = 0; asked < 2; ++asked) {
            bool const proposes = replan_.work(office_.shard(), office_.clock.now());
            auto const before = proposes ? planned_times() : std::map<std::size_t, Instant>{};
            office_.turn();
            if (proposes) note_moves(before);
        }
    }

    std::map<std::size_t, Instant> planned_times() const {
        std::map<std::size_t, Instant> times;
        for (auto const& worker : workers_) {
            auto const& region = office_.region();
            auto const& agent = region.state.agents.at(worker.id);
            auto const start = core::start_of(region, agent, office_.clock.now());
            for (auto const& stop : core::retimed(region, start, agent.route)) {
                auto const index = by_job_.at(stop.job);
                times[index] = std::max(stop.arrival, day_.orders[index].window.earliest);
            }
        }
        return times;
    }

    void note_moves(std::map<std::size_t, Instant> const& before) {
        for (auto const id : std::exchange(notes_.given_away, {}))
            tasks_[by_job_.at(office_.state().assignments.at(id).job)].is_given_away = true;
        auto const after = planned_times();
        for (auto const& [index, at] : before) {
            auto const now = after.find(index);
            if (now == after.end()) continue;
            auto const latest = day_.orders[index].window.latest + options_.policy.slip_tolerance;
            if (at <= latest && now->second > latest) tasks_[index].is_put_off = true;
        }
    }

    // --- technicians ---

    void advance(Worker& worker, Instant now) {
        if (worker.doing == Doing::driving) drive_on(worker, now);
        bool const is_there = worker.doing == Doing::waiting || worker.doing == Doing::working;
        if (is_there && worker.seen + between_fixes <= now) see(worker, now, worker.place);
        if (worker.doing == Doing::waiting && worker.until <= now) begin_work(worker);
        if (worker.doing == Doing::working && worker.until <= now) finish(worker);
        if (worker.doing == Doing::nothing && !worker.is_ill) set_out(worker, now);
    }

    void set_out(Worker& worker, Instant now) {
        auto const& agent = office_.state().agents.at(worker.id);
        if (agent.route.empty() || now < work_begins) return;
        auto const index = by_job_.at(agent.route.front().job);
        auto const& order = day_.orders[index];
        auto const expected = office_.region().field.travel().time(worker.place, order.place, 0);
        if (now < order.window.earliest - expected) return;
        auto const* const assignment = assignment_of(index);
        if (office_.state().phase_of(*assignment) == model::Phase::assigned)
            tap(worker, index, "accepted");
        tap(worker, index, "en_route");
        worker.order = index;
        worker.doing = Doing::driving;
        worker.drive = ground_.drive(worker.place, order.place);
        worker.since = worker.seen = now;
        worker.until = now + day_.drive(worker.place, order.place, now, expected);
    }

    void drive_on(Worker& worker, Instant now) {
        if (now < worker.until) {
            if (now < worker.seen + between_fixes) return;
            return see(worker, now, worker.drive.at(part_driven(worker, now)));
        }
        auto const& order = day_.orders[worker.order];
        driven_ = driven_ + worker.drive.length;
        worker.place = order.place;
        worker.doing = Doing::waiting;
        worker.until = std::max(worker.until, order.window.earliest);
        see(worker, now, worker.place);
        auto const phase = office_.state().phase_of(*assignment_of(worker.order));
        if (phase == model::Phase::en_route) tap(worker, worker.order, "on_site");
    }

    void see(Worker& worker, Instant now, model::Position place) {
        worker.seen = now;
        office_.see(worker.id, place);
    }

    static std::int64_t part_driven(Worker const& worker, Instant now) {
        return std::min<std::int64_t>(
            1000, (now - worker.since).count() * 1000 / (worker.until - worker.since).count()
        );
    }

    void begin_work(Worker& worker) {
        tap(worker, worker.order, "in_progress");
        tasks_[worker.order].begun = worker.until;
        worker.doing = Doing::working;
        worker.until = worker.until + day_.orders[worker.order].takes;
    }

    void finish(Worker& worker) {
        tap(worker, worker.order, "completed");
        worker.doing = Doing::nothing;
    }

    // What they were driving to is off.
    void turn_back(Worker& worker, Instant now) {
        auto const part = part_driven(worker, now);
        driven_ = driven_ + Metres{worker.drive.length.count() * part / 1000};
        worker.place = worker.drive.at(part);
        worker.doing = Doing::nothing;
        office_.see(worker.id, worker.place);
    }

    void tap(Worker const& worker, std::size_t index, std::string const& to) {
        office_.must(office_.tap(
            worker.id,
            model::TransitionJob{
                .job = tasks_[index].job, .assignment = assignment_of(index)->id, .to = to}
        ));
    }

    // --- what came of it ---

    model::Assignment const* assignment_of(std::size_t index) const {
        auto const& state = office_.state();
        return state.assignments.find(state.jobs.at(tasks_[index].job).slots[0].assignment);
    }

    bool is_over(Instant now) const {
        bool const all_known = now >= work_ends;
        return all_known && std::ranges::all_of(workers_, [&](Worker const& worker) {
                   return worker.doing == Doing::nothing &&
                          office_.state().agents.at(worker.id).route.empty();
               });
    }

    DayOutcome outcome() const {
        DayOutcome outcome;
        outcome.driven = driven_;
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            auto const& task = tasks_[i];
            outcome.promises += task.is_promised ? 1U : 0U;
            outcome.given_away += task.is_given_away ? 1U : 0U;
            outcome.moved += task.is_given_away || task.is_put_off ? 1U : 0U;
            ASSERT(task.begun || task.is_cancelled);
            if (!task.begun) continue;
            ++outcome.served;
            auto const late = *task.begun - day_.orders[i].window.latest;
            if (late <= Millis{}) continue;
            ++outcome.late;
            outcome.lateness = outcome.lateness + late;
        }
        auto const counts = replan_.counts();
        outcome.searches = counts.asked;
        outcome.adopted = counts.adopted;
        for (auto const byte : core::hash_of(office_.state()).bytes)
            outcome.hash = outcome.hash * 0x100000001b3ULL + byte;
        return outcome;
    }

    ServiceDay const& day_;
    Ground const& ground_;
    DayOptions const& options_;
    Notes notes_;
    node::Replan replan_;
    Office office_;
    Dispatcher dispatcher_;
    std::vector<Worker> workers_;
    std::vector<Task> tasks_;
    std::map<model::JobId, std::size_t> by_job_;
    Metres driven_;
};

}  // namespace

DayOutcome run_day(
    ServiceDay const& day, Ground const& ground, Lists const& lists, DayOptions const& options
) {
    return Day{day, ground, options}.run(lists);
}

}  // namespace posthaste::day
