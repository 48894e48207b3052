#include "api/vroom_question.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "api/json.hpp"
#include "api/vroom_input.hpp"

namespace posthaste::api {

namespace {

constexpr std::int64_t priority_max = 100;
constexpr std::size_t skills_max = 64;

std::string at(char const* list, std::size_t index) {
    return std::string{list} + "[" + std::to_string(index) + "]";
}

std::vector<plan::Window> windows_of(std::vector<vroom::Slot> const& slots) {
    std::vector<plan::Window> windows;
    windows.reserve(slots.size());
    for (auto const& slot : slots)
        windows.push_back({slot.start, slot.end});
    return windows;
}

// Fills a question from what was read, and notes what is wrong.
class Interpreter {
public:
    explicit Interpreter(vroom::Question const& in) : in_{in} {}

    Result<VroomQuestion> interpret() {
        scan();
        for (std::size_t i = 0; i < in_.vehicles.size(); ++i)
            vehicle(i);
        for (std::size_t i = 0; i < in_.jobs.size(); ++i)
            job(i);
        for (std::size_t i = 0; i < in_.shipments.size(); ++i)
            shipment(i);
        for (std::size_t i = 0; i < in_.vehicles.size(); ++i)
            route(i);
        if (wrong_.empty()) matrices();
        if (!wrong_.empty()) return Error{Errc::malformed, wrong_};
        auto& problem = question_.problem;
        if (!question_.places.empty())
            problem.place_count = static_cast<std::uint32_t>(question_.places.size());
        return std::move(question_);
    }

private:
    void wrong(std::string const& field, std::string const& must) {
        if (told_++ >= fields_wrong_max) return;
        wrong_ += (wrong_.empty() ? "" : "; ") + field + " " + must;
    }

    // What has to be known of all before any is read.
    void scan() {
        is_by_index_ = !in_.matrices.matrices.empty();
        for (auto const& vehicle : in_.vehicles) {
            question_.amounts = std::max(question_.amounts, vehicle.capacity.size());
            if (!vehicle.type.empty() && !std::ranges::count(types_, vehicle.type))
                types_.push_back(vehicle.type);
        }
        tasks_ = static_cast<std::int64_t>(in_.jobs.size() + 2 * in_.shipments.size());
    }

    std::uint64_t skills(std::vector<std::int64_t> const& numbers, std::string const& field) {
        std::uint64_t bits = 0;
        for (auto const number : numbers) {
            auto const bit = skills_.try_emplace(number, skills_.size()).first->second;
            if (bit >= skills_max) {
                wrong(field + ".skills", "are more than 64 different ones in all");
                return 0;
            }
            bits |= std::uint64_t{1} << bit;
        }
        return bits;
    }

    plan::Amounts amounts(std::vector<std::int32_t> const& numbers, std::string const& field) {
        plan::Amounts amounts{};
        if (numbers.size() > plan::loads_max || numbers.size() > question_.amounts) {
            wrong(field, "must not be longer than the vehicles' capacity, and four at most");
            return amounts;
        }
        std::ranges::copy(numbers, amounts.begin());
        return amounts;
    }

    // The place of what is at a row of the matrices, or else at coordinates.
    std::uint32_t place(VroomSpot const& spot, std::string const& field) {
        if (is_by_index_) {
            auto const rows = in_.matrices.matrices.front().second.durations.rows.size();
            if (spot.index && *spot.index < rows) return *spot.index;
            wrong(field + "_index", "must be a row of the matrices");
            return 0;
        }
        if (!spot.at) {
            wrong(field, "is required where there are no matrices");
            return 0;
        }
        auto const next = static_cast<std::uint32_t>(question_.places.size());
        auto const [known, is_new] = places_.try_emplace(*spot.at, next);
        if (is_new) question_.places.push_back(*spot.at);
        return known->second;
    }

    static VroomSpot spot_of(
        std::optional<vroom::Coordinates> const& at, std::optional<std::uint32_t> index
    ) {
        return {at ? std::optional{at->at} : std::nullopt, index};
    }

    std::uint32_t profile(vroom::Vehicle const& vehicle) {
        auto const name = std::pair{vehicle.profile, vehicle.speed_factor.percent};
        auto const next = static_cast<std::uint32_t>(question_.profiles.size());
        auto const [known, is_new] = profiles_.try_emplace(name, next);
        if (is_new) question_.profiles.push_back({name.first, name.second});
        return known->second;
    }

    void vehicle(std::size_t index) {
        auto const& in = in_.vehicles[index];
        auto const field = at("vehicles", index);
        plan::Vehicle vehicle;
        VroomVehicle named{in.id, in.description, {}, {}, {}};
        if (in.start || in.start_index) {
            named.start = spot_of(in.start, in.start_index);
            vehicle.start = place(*named.start, field + ".start");
        }
        if (in.end || in.end_index) {
            named.end = spot_of(in.end, in.end_index);
            vehicle.end = place(*named.end, field + ".end");
        }
        if (!named.start && !named.end) wrong(field, "must have a start or an end");
        vehicle.profile = profile(in);
        vehicle.capacity = amounts(in.capacity, field + ".capacity");
        vehicle.skills = skills(in.skills, field);
        auto const type = std::ranges::find(types_, in.type);
        if (type != types_.end())
            vehicle.service_class = static_cast<std::uint32_t>(type - types_.begin()) + 1;
        if (in.time_window) vehicle.shift = {in.time_window->start, in.time_window->end};
        vehicle.visits_max = in.max_tasks.value_or(vehicle.visits_max);
        vehicle.driving_max = in.max_travel_time.value_or(plan::time_max);
        vehicle.distance_max = in.max_distance.value_or(plan::time_max);
        costs(in, vehicle, field);
        breaks(in, vehicle, named, field);
        question_.problem.vehicles.push_back(std::move(vehicle));
        question_.vehicles.push_back(std::move(named));
    }

    void costs(vroom::Vehicle const& in, plan::Vehicle& vehicle, std::string const& field) {
        constexpr std::int64_t per_hour_max = 200'000;
        constexpr std::int64_t per_km_max = 50'000;
        constexpr std::int64_t fixed_max = 1'000'000'000'000;
        auto const expect = [&](std::int64_t value, std::int64_t most, char const* name) {
            if (value < 0 || value > most)
                wrong(field + ".costs." + name, "must be from 0 to " + std::to_string(most));
        };
        expect(in.costs.fixed, fixed_max / vroom_cost_scale, "fixed");
        expect(in.costs.per_hour, per_hour_max, "per_hour");
        expect(in.costs.per_km, per_km_max, "per_km");
        expect(in.costs.per_task_hour, 0, "per_task_hour");
        vehicle.fixed = in.costs.fixed * vroom_cost_scale;
        vehicle.per_time = in.costs.per_hour * vroom_cost_scale * plan::rate_one / 3600;
        vehicle.per_distance = in.costs.per_km * vroom_cost_scale;  // a thousand metres, per mille
        if (in.costs.per_km > 0 || in.max_distance) question_.needs_distances = true;
    }

    void breaks(
        vroom::Vehicle const& in,
        plan::Vehicle& vehicle,
        VroomVehicle& named,
        std::string const& field
    ) {
        std::vector<vroom::Break const*> order;
        for (auto const& pause : in.breaks) {
            order.push_back(&pause);
            if (pause.max_load) wrong(field + ".breaks.max_load", "is not supported");
        }
        std::ranges::stable_sort(order, {}, [](vroom::Break const* pause) {
            auto const& slots = pause->time_windows;
            return slots.empty() ? std::pair{-plan::time_max, plan::time_max}
                                 : std::pair{slots[0].start, slots[0].end};
        });
        for (auto const* pause : order) {
            vehicle.breaks.push_back({windows_of(pause->time_windows), pause->service});
            named.breaks.push_back({pause->id, pause->description});
        }
    }

    plan::Visit visit(vroom::Task const& in, std::string const& field) {
        plan::Visit visit;
        visit.place = place(spot_of(in.location, in.location_index), field + ".location");
        visit.windows = windows_of(in.time_windows);
        visit.service = in.service;
        if (in.setup != 0 || !in.setup_per_type.times.empty())
            wrong(field + ".setup", "is not supported: add it to the service");
        if (!in.service_per_type.times.empty())
            visit.service_by_class.assign(types_.size() + 1, in.service);
        for (auto const& [type, time] : in.service_per_type.times) {
            auto const known = std::ranges::find(types_, type);
            if (known == types_.end()) continue;  // nobody is of that type
            visit.service_by_class[static_cast<std::size_t>(known - types_.begin()) + 1] = time;
        }
        return visit;
    }

    VroomTask task(vroom::Task const& in, VroomTaskKind kind, std::string const& field) {
        if (!named_.try_emplace({kind, in.id}, plan::Stop{}).second)
            wrong(field + ".id", "is there twice");
        return {kind, in.id, in.description, 0, spot_of(in.location, in.location_index)};
    }

    void add(
        plan::Job job, std::vector<VroomTask> tasks, std::int64_t priority, std::string const& field
    ) {
        if (priority < 0 || priority > priority_max) wrong(field + ".priority", "must be 0 to 100");
        auto const visits = static_cast<std::int64_t>(tasks.size());
        job.weight = visits * (priority * (tasks_ + 1) + 1);
        auto const index = static_cast<std::uint32_t>(question_.problem.jobs.size());
        for (std::uint32_t i = 0; i < tasks.size(); ++i) {
            tasks[i].priority = priority;
            named_[{tasks[i].kind, tasks[i].id}] = {index, i};
        }
        question_.problem.jobs.push_back(std::move(job));
        question_.tasks.push_back(std::move(tasks));
    }

    void job(std::size_t index) {
        auto const& in = in_.jobs[index];
        auto const field = at("jobs", index);
        plan::Job job;
        auto visit = this->visit(in.task, field);
        bool const is_old = !in.amount.empty();  // VROOM's name for delivery before it had both
        if (is_old && !in.delivery.empty()) wrong(field + ".amount", "is delivery: give one");
        visit.dropoff = amounts(is_old ? in.amount : in.delivery, field + ".delivery");
        visit.pickup = amounts(in.pickup, field + ".pickup");
        job.visits = {std::move(visit)};
        job.skills = skills(in.skills, field);
        auto named = task(in.task, VroomTaskKind::job, field);
        add(std::move(job), {std::move(named)}, in.priority, field);
    }

    void shipment(std::size_t index) {
        auto const& in = in_.shipments[index];
        auto const field = at("shipments", index);
        plan::Job job;
        auto pickup = visit(in.pickup, field + ".pickup");
        auto delivery = visit(in.delivery, field + ".delivery");
        pickup.pickup = delivery.dropoff = amounts(in.amount, field + ".amount");
        job.visits = {std::move(pickup), std::move(delivery)};
        job.skills = skills(in.skills, field);
        std::vector<VroomTask> named{
            task(in.pickup, VroomTaskKind::pickup, field + ".pickup"),
            task(in.delivery, VroomTaskKind::delivery, field + ".delivery")};
        add(std::move(job), std::move(named), in.priority, field);
    }

    void route(std::size_t index) {
        auto const& steps = in_.vehicles[index].steps;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            auto const field = at("vehicles", index) + "." + at("steps", i);
            auto const& type = steps[i].type;
            if (type == "start" || type == "end" || type == "break") continue;
            auto const kind = from_name<VroomTaskKind>(type);
            if (!kind) {
                wrong(field + ".type", "must be start, job, pickup, delivery, break or end");
                continue;
            }
            auto const known = named_.find({*kind, steps[i].id.value_or(0)});
            if (!steps[i].id || known == named_.end()) {
                wrong(field + ".id", "must be that of a " + type);
                continue;
            }
            question_.problem.vehicles[index].route.push_back(known->second);
        }
    }

    void matrices() {
        if (!is_by_index_) {
            question_.problem.profiles.resize(question_.profiles.size());
            return;
        }
        question_.has_distances = true;
        for (auto const& profile : question_.profiles) {
            auto const& all = in_.matrices.matrices;
            auto const own = std::ranges::find(
                all, profile.name, &std::pair<std::string, vroom::Matrices>::first
            );
            if (own == all.end()) return wrong("matrices." + profile.name, "is required");
            fill(own->second, profile);
            if (!wrong_.empty()) return;
        }
        if (question_.needs_distances && !question_.has_distances)
            wrong("matrices", "must have distances where a vehicle has per_km or max_distance");
    }

    void fill(vroom::Matrices const& in, VroomProfile const& profile) {
        auto const size = in.durations.rows.size();
        auto& problem = question_.problem;
        auto const count = static_cast<std::uint32_t>(size);
        bool const same = problem.place_count == 0 || problem.place_count == count;
        bool const agree = in.distances.rows.empty() || in.distances.rows.size() == size;
        if (!same || !agree) return wrong("matrices." + profile.name, "must be as large as others");
        problem.place_count = count;
        question_.has_distances = question_.has_distances && !in.distances.rows.empty();
        plan::Profile filled;
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                auto const percent = profile.speed_percent;
                auto const time = (in.durations.rows[i][j] * 100 + percent / 2) / percent;
                if (time >= plan::no_way)
                    return wrong("matrices." + profile.name, "is too slow with speed_factor");
                auto const distance = in.distances.rows.empty() ? 0 : in.distances.rows[i][j];
                filled.legs.push_back(
                    {static_cast<std::int32_t>(time), static_cast<std::int32_t>(distance)}
                );
            }
        }
        problem.profiles.push_back(std::move(filled));
    }

    vroom::Question const& in_;
    VroomQuestion question_;
    bool is_by_index_ = false;
    std::int64_t tasks_ = 0;
    std::vector<std::string> types_;  // the index and 1 is the class
    std::map<std::int64_t, std::size_t> skills_;
    std::map<model::Position, std::uint32_t> places_;
    std::map<std::pair<std::string, std::int64_t>, std::uint32_t> profiles_;
    std::map<std::pair<VroomTaskKind, std::uint64_t>, plan::Stop> named_;
    std::string wrong_;
    std::size_t told_ = 0;
};

}  // namespace

Result<VroomQuestion> read_vroom(std::string_view text) {
    auto const in = TRY(vroom::read(text));
    auto question = TRY(Interpreter{in}.interpret());
    // Legs may be missing still: as nothing, so that what else is wrong is found.
    auto const legs = std::size_t{question.problem.place_count} * question.problem.place_count;
    if (question.problem.place_count <= plan::places_max) {
        for (auto& profile : question.problem.profiles)
            profile.legs.resize(legs);
    }
    if (auto fault = plan::fault_in(question.problem); !fault.empty())
        return Error{Errc::malformed, fault};
    return question;
}

VroomQuestion as_vroom(plan::NamedProblem read) {
    VroomQuestion question;
    for (std::size_t i = 0; i < read.jobs.size(); ++i) {
        auto& tasks = question.tasks.emplace_back();
        auto const& visits = read.problem.jobs[i].visits;
        auto const slash = read.jobs[i].find('/');
        for (std::size_t k = 0; k < visits.size(); ++k) {
            auto const name =
                k == 0 ? read.jobs[i].substr(0, slash) : read.jobs[i].substr(slash + 1);
            auto const pair = k == 0 ? VroomTaskKind::pickup : VroomTaskKind::delivery;
            VroomTask task;
            task.kind = visits.size() == 1 ? VroomTaskKind::job : pair;
            std::from_chars(name.data(), name.data() + name.size(), task.id);
            task.spot.index = visits[k].place;
            tasks.push_back(std::move(task));
        }
    }
    for (std::size_t i = 0; i < read.vehicles.size(); ++i) {
        VroomSpot const depot{std::nullopt, read.problem.vehicles[i].start};
        question.vehicles.push_back({i + 1, "", depot, depot, {}});
    }
    question.problem = std::move(read.problem);
    question.profiles.push_back({"car", 100});
    question.amounts = 1;
    question.has_distances = true;
    question.cost_scale = 1;
    return question;
}

}  // namespace posthaste::api
