#include "main/simulation.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/prng.hpp"
#include "geo/distance.hpp"
#include "log/memory/memory_log.hpp"
#include "main/genesis.hpp"
#include "node/road_travel.hpp"
#include "node/shard.hpp"
#include "road/journey.hpp"

namespace posthaste::main {

namespace {

using model::Phase;
using model::Position;

class VirtualClock final : public node::Clock {
public:
    Instant now() const override { return at; }
    Instant at;
};

/// What the figures need of the log, as it is written.
class Tally final : public views::Follower {
public:
    void follow(views::Turned const& turned) override {
        for (auto const& entry : turned.record.entries) {
            decisions += static_cast<std::int64_t>(entry.decisions.size());
            events += static_cast<std::int64_t>(entry.events.size());
            for (auto const& event : entry.events)
                look_at(entry.envelope.at, event);
        }
    }
    void reset(core::State const& /*state*/, core::Field const& /*field*/) override {}

    std::int64_t decisions = 0;
    std::int64_t events = 0;
    std::int64_t done = 0;
    std::vector<Millis> waits;
    std::vector<Millis> arrivals;

private:
    void look_at(Instant at, model::Event const& event) {
        if (auto const* const created = std::get_if<model::JobCreated>(&event)) {
            asked_[created->job.id] = at;
        } else if (auto const* const made = std::get_if<model::AssignmentMade>(&event)) {
            auto const job = made->assignment.job;
            job_of_[made->assignment.id] = job;
            if (assigned_.insert(job).second) waits.push_back(at - asked_[job]);
        } else if (auto const* const reached = std::get_if<model::StopReached>(&event)) {
            auto const job = job_of_[reached->assignment];
            bool const first = reached->stop == 0 && reached_.insert(job).second;
            if (first) arrivals.push_back(reached->at - asked_[job]);
        } else if (auto const* const ended = std::get_if<model::AssignmentEnded>(&event)) {
            if (ended->how == model::AssignmentEnd::done) ++done;
        }
    }

    std::map<model::JobId, Instant> asked_;
    std::map<model::AssignmentId, model::JobId> job_of_;
    std::set<model::JobId> assigned_;
    std::set<model::JobId> reached_;
};

struct Driver {
    model::AgentId id{};
    Position place;
    std::int64_t speed_mm_s = 0;  ///< of the straight line
    std::optional<Instant> arrived;
    model::AssignmentId at_assignment{};  ///< where it is, while arrived
    std::uint8_t at_stop = 0;
    std::optional<road::Journey> journey;  ///< on roads, while it lasts
    Position target;                       ///< of the journey
    Instant begun;
};

class Simulation {
public:
    Simulation(SimulationOptions const& options, demand::Source& trips)
        : options_{options}, prng_{options.seed}, trips_{trips} {
        if (options.roads) query_.emplace(options.roads->network(), options.roads->lower());
    }

    Result<Kpis> run(std::vector<demand::Member> const& fleet, Progress const& progress) {
        auto const begun = std::chrono::steady_clock::now();
        next_trip_ = TRY(trips_.next());
        if (!next_trip_) return Error{Errc::malformed, "there are no trips"};
        clock_.at = next_trip_->time;
        node::ShardOptions shard;
        if (options_.roads)
            shard.travel = node::travel_on(
                std::make_shared<node::RoadTimes>(road::Conditions::free_flow(options_.roads))
            );
        shard_ = TRY(node::Shard::open(log_, clock_, shard, {&tally_}));
        TRY(make_regions(*shard_, {.centre = next_trip_->pickup}));
        TRY(put_fleet(fleet));
        auto const start = clock_.at;
        auto end = start + options_.settle;
        while (clock_.at < end) {
            if (next_trip_) end = clock_.at + options_.settle;
            TRY(take_trips());
            schedule_others();
            for (auto& driver : drivers_)
                step(driver);
            TRY(turn());
            TRY(answer_offers());
            clock_.at = clock_.at + options_.step;
            if (!next_trip_ && state().assignments.empty() && state().offers.empty()) break;
            if (++rounds_ % 360 == 0) progress(clock_.at - start, kpis_.trips);
        }
        kpis_.span = clock_.at - start;
        auto const span = std::chrono::steady_clock::now() - begun;
        kpis_.wall_ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
        return report();
    }

private:
    core::State const& state() const { return shard_->region(first_region).state; }

    Status turn() {
        while (TRY(shard_->turn())) {
        }
        return Unit{};
    }

    model::CommandId command_id() {
        auto const millis = static_cast<std::uint64_t>(clock_.at.millis());
        return {(millis << 16U) | 0x7000U, (std::uint64_t{1} << 63U) | ++command_count_};
    }

    void send(
        model::Role role, model::AgentId agent, model::Command command, node::ReplyTo reply_to = {}
    ) {
        model::Envelope const envelope{
            .role = role, .key = model::KeyId{1}, .agent = agent, .command = command_id()};
        auto const sent =
            shard_->submit(first_region, {envelope, std::move(command), std::move(reply_to)});
        ASSERT(sent.ok());  // the lanes are emptied every step
    }
    void operate(model::AgentId agent, model::Command command) {
        send(model::Role::agent, agent, std::move(command));
    }

    Status put_fleet(std::vector<demand::Member> const& fleet) {
        for (auto const& member : fleet) {
            model::PutAgent const put{
                .reference = member.reference,
                .home = member.home,
                .shift = member.shift,
                .skills = member.skills,
                .vehicle_kind = member.vehicle,
                .features = member.features,
                .capacity = member.capacity,
                .weight = member.weight};
            auto const answer = TRY(carry_out(*shard_, first_region, put));
            Driver driver{.id = model::AgentId{answer.subject}, .place = member.home};
            auto const& policy = state().policy;
            auto const kind = state().agents.at(driver.id).profile.vehicle.kind;
            driver.speed_mm_s =
                std::int64_t{policy.speed_mm_s[kind]} * 1000 / policy.detour_per_mille;
            drivers_.push_back(driver);
            operate(driver.id, model::SetAvailability{driver.id, model::Availability::on_duty});
        }
        return turn();
    }

    Status take_trips() {
        while (next_trip_ && next_trip_->time <= clock_.at) {
            ask_for(*next_trip_);
            ++kpis_.trips;
            next_trip_ = TRY(trips_.next());
        }
        return Unit{};
    }

    void ask_for(demand::Trip const& trip) {
        bool const has_drop = trip.dropoff.has_value();
        model::CreateJob job{.workflow = has_drop ? "ride" : "field_service"};
        if (trip.kind == "parcel") job.workflow = "parcel";
        job.reference = trip.reference;
        job.priority = trip.priority;
        job.stops.push_back({.place = trip.pickup, .window = trip.window, .service = trip.service});
        if (has_drop) {
            job.stops.front().pickup = trip.load;
            job.stops.push_back(
                {.place = *trip.dropoff, .service = trip.service, .dropoff = trip.load}
            );
        }
        job.slots.push_back({trip.skills, trip.vehicles, trip.features});
        office(std::move(job), [this, has_drop](core::Answer const& answer) {
            if (answer.rejection != model::Rejection::none)
                ++kpis_.refused;
            else if (!has_drop)
                agree(model::JobId{answer.subject});
        });
    }

    void office(model::Command command, std::function<void(core::Answer const&)> then) {
        auto const reply_to = [then = std::move(then)](node::Reply const& reply) {
            ASSERT(reply.answer.ok());  // a log in memory does not fail
            then(reply.answer.value());
        };
        send(model::Role::dispatcher, {}, std::move(command), reply_to);
    }

    // Work in the field is quoted, agreed to, and then scheduled; here at once.
    void agree(model::JobId job) {
        auto const schedule = [this, job](core::Answer const&) { this->schedule(job); };
        auto const decide = [this, job, schedule](core::Answer const&) {
            office(model::DecideQuote{job, true}, schedule);
        };
        office(model::ProposeQuote{job, Cents{9900}, "EUR"}, decide);
    }

    // Nobody may be free for it now and somebody soon: tried again while its window is open.
    void schedule(model::JobId job) {
        office(
            model::TransitionJob{.job = job, .to = "scheduled"},
            [this, job](auto const& answer) {
                if (answer.rejection != model::Rejection::none) unscheduled_.push_back(job);
            }
        );
    }

    void schedule_others() {
        for (auto const job : std::exchange(unscheduled_, {})) {
            auto const* const known = state().jobs.find(job);
            if (known != nullptr && clock_.at <= known->stops.front().window.latest) schedule(job);
        }
    }

    void step(Driver& driver) {
        auto const* const agent = state().agents.find(driver.id);
        if (agent == nullptr || !agent->in_shift) return;
        kpis_.duty_ms += options_.step.count();
        if (agent->assignments.empty()) kpis_.idle_ms += options_.step.count();
        if (!agent->route.empty()) follow_route(driver, *agent);
        shard_->add_fixes(
            first_region,
            {{.agent = driver.id, .place = driver.place, .time = clock_.at, .received = clock_.at}}
        );
    }

    // Everybody who is asked answers at once, and whoever is asked instead as well: a step is
    // longer than an offer waits for its receipt.
    Status answer_offers() {
        constexpr std::uint64_t accepts = 949;
        while (!state().offers.empty()) {
            for (auto const id : state().offers.ids()) {
                auto const& offer = state().offers.at(id);
                if (prng_.chance(accepts)) {
                    operate(offer.agent, model::AcceptOffer{id, offer.attempt});
                } else {
                    operate(offer.agent, model::DeclineOffer{id, offer.attempt, "not now"});
                }
            }
            TRY(turn());
        }
        return Unit{};
    }

    void follow_route(Driver& driver, model::Agent const& agent) {
        auto const& next = agent.route.front();
        auto const& assignment = state().assignments.at(next.assignment);
        auto const& job = state().jobs.at(next.job);
        auto const phase = state().phase_of(assignment);
        bool const is_here = driver.arrived && driver.at_assignment == next.assignment &&
                             driver.at_stop == next.stop;
        if (!is_here) driver.arrived.reset();
        if (phase < Phase::en_route) return advance(driver, job, assignment, Phase::en_route);
        if (!is_here && !drive(driver, agent, job.stops[next.stop].place)) return;
        if (!is_here) {
            driver.arrived = clock_.at;
            driver.at_assignment = next.assignment;
            driver.at_stop = next.stop;
        }
        if (phase < Phase::on_site) return advance(driver, job, assignment, Phase::on_site);
        bool const serviced = clock_.at - *driver.arrived >= job.stops[next.stop].service;
        if (!serviced && phase != Phase::on_site) return;
        if (phase == Phase::on_site && (serviced || job.stops.size() == 1)) {
            if (state().machine_of(job).name != "ride") document(driver, job.id);
            return advance(driver, job, assignment, Phase::working);
        }
        bool const last = next.stop + 1U == job.stops.size();
        if (!serviced || phase == Phase::on_site) return;
        if (last) return finish(driver, job, assignment);
        operate(driver.id, model::FinishStop{next.assignment, next.stop});
    }

    /// Whether it is there.
    bool drive(Driver& driver, model::Agent const& agent, Position target) {
        if (query_ && drive_by_road(driver, agent, target)) return driver.place == target;
        auto const left = geo::distance_mm(driver.place, target);
        auto const reach = driver.speed_mm_s * options_.step.count() / 1000;
        auto const way = std::min(left, reach);
        kpis_.driven_mm += way;
        if (agent.aboard.is_zero()) kpis_.empty_mm += way;
        if (left <= reach) {
            driver.place = target;
            return true;
        }
        auto const towards = [&](std::int32_t from, std::int32_t to) {
            auto const span = std::int64_t{to} - from;
            return static_cast<std::int32_t>(from + span * reach / left);
        };
        driver.place = {
            towards(driver.place.lat, target.lat), towards(driver.place.lon, target.lon)};
        return false;
    }

    /// False: there is no way by road from where the driver is.
    bool drive_by_road(Driver& driver, model::Agent const& agent, Position target) {
        if (!driver.journey || driver.target != target) {
            auto const& kinds = state().catalogue.of(model::NameKind::vehicle_kind);
            auto const kind = agent.profile.vehicle.kind;
            auto const profile =
                kind < kinds.size() ? node::profile_of(kinds[kind]) : road::Profile::car;
            driver.journey =
                options_.roads->is_for(profile)
                    ? road::Journey::plan(*options_.roads, *query_, profile, driver.place, target)
                    : std::nullopt;
            driver.target = target;
            driver.begun = clock_.at - options_.step;
        }
        if (!driver.journey) return false;
        auto const since = clock_.at - driver.begun;
        auto const way =
            driver.journey->length_mm(since) - driver.journey->length_mm(since - options_.step);
        kpis_.driven_mm += way;
        if (agent.aboard.is_zero()) kpis_.empty_mm += way;
        driver.place = driver.journey->at(since);
        if (driver.place == target) driver.journey.reset();
        return true;
    }

    void advance(
        Driver const& driver, model::Job const& job, model::Assignment const& assignment, Phase most
    ) {
        auto const& machine = state().machine_of(job);
        auto const phase = machine.phase(assignment.state);
        for (auto const& way : machine.steps_from(assignment.state)) {
            auto const to = machine.phase(way.to);
            bool const forward = to > phase && to <= most && !machine.state(way.to).on_slip;
            if (!forward || !workflow::may(way, model::Role::agent)) continue;
            return operate(
                driver.id,
                model::TransitionJob{
                    .job = job.id, .assignment = assignment.id, .to = machine.state(way.to).name}
            );
        }
    }

    void document(Driver const& driver, model::JobId job) {
        using Kind = model::AttachmentKind;
        for (auto const kind : {Kind::photo_before, Kind::photo_after, Kind::signature}) {
            auto const content = digest(std::to_string(prng_.next()));
            model::Attachment const photo{
                .content = content, .kind = kind, .device_time = clock_.at};
            operate(driver.id, model::AttachToJob{job, photo});
        }
    }

    void finish(Driver const& driver, model::Job const& job, model::Assignment const& assignment) {
        auto const& machine = state().machine_of(job);
        auto const done = machine.first_state(Phase::done);
        operate(
            driver.id,
            model::TransitionJob{
                .job = job.id, .assignment = assignment.id, .to = machine.state(*done).name}
        );
    }

    static Millis at_share(std::vector<Millis>& sorted, std::size_t percent) {
        if (sorted.empty()) return Millis{};
        return sorted[(sorted.size() - 1) * percent / 100];
    }

    Kpis report() {
        std::ranges::sort(tally_.waits);
        std::ranges::sort(tally_.arrivals);
        kpis_.assigned = static_cast<std::int64_t>(tally_.waits.size());
        kpis_.done = tally_.done;
        kpis_.wait_p50 = at_share(tally_.waits, 50);
        kpis_.wait_p90 = at_share(tally_.waits, 90);
        kpis_.arrival_p50 = at_share(tally_.arrivals, 50);
        kpis_.arrival_p90 = at_share(tally_.arrivals, 90);
        kpis_.agents = static_cast<std::int64_t>(drivers_.size());
        kpis_.decisions = tally_.decisions;
        kpis_.events = tally_.events;
        kpis_.hash = core::hash_of(state()).hex();
        return kpis_;
    }

    SimulationOptions options_;
    Prng prng_;
    std::optional<road::Query> query_;  ///< with roads
    demand::Source& trips_;
    std::optional<demand::Trip> next_trip_;
    VirtualClock clock_;
    log::MemoryLog log_;
    Tally tally_;
    std::unique_ptr<node::Shard> shard_;
    std::vector<Driver> drivers_;
    std::vector<model::JobId> unscheduled_;
    std::uint64_t command_count_ = 0;
    std::uint64_t rounds_ = 0;
    Kpis kpis_;
};

}  // namespace

Result<Kpis> simulate(
    SimulationOptions const& options,
    std::vector<demand::Member> const& fleet,
    demand::Source& trips,
    Progress const& progress
) {
    return Simulation{options, trips}.run(fleet, progress);
}

}  // namespace posthaste::main
