#include "api/vroom_answer.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "base/fields.hpp"
#include "plan/explain.hpp"
#include "plan/timetable.hpp"
#include "views/json_text.hpp"

namespace posthaste::api {

namespace {

using views::JsonText;
using Amounts = std::array<std::int64_t, plan::loads_max>;

// What is summed over the steps of a route, and over routes.
struct Sums {
    plan::Cost cost = 0;
    plan::Time service = 0;
    plan::Time duration = 0;
    plan::Time waiting = 0;
    std::int64_t priority = 0;
    std::int64_t distance = 0;
    Amounts delivery{};
    Amounts pickup{};

    void add(Sums const& other) {
        cost += other.cost;
        service += other.service;
        duration += other.duration;
        waiting += other.waiting;
        priority += other.priority;
        distance += other.distance;
        for (std::size_t i = 0; i < plan::loads_max; ++i) {
            delivery[i] += other.delivery[i];
            pickup[i] += other.pickup[i];
        }
    }
};

// Of a vehicle's route, an entry of its timetable.
struct Step {
    plan::Entry entry;
    VroomTask const* task = nullptr;
    VroomBreak const* pause = nullptr;
    VroomSpot const* spot = nullptr;
    plan::Time driven = 0;  // until here
};

struct Told {
    std::uint32_t vehicle = 0;
    std::vector<Step> steps;
    Sums sums;
};

Step step_of(VroomQuestion const& question, std::uint32_t vehicle, plan::Entry const& entry) {
    auto const& named = question.vehicles[vehicle];
    Step step;
    step.entry = entry;
    switch (entry.doing) {
        case plan::Doing::start:
            if (named.start) step.spot = &*named.start;
            break;
        case plan::Doing::end:
            if (named.end) step.spot = &*named.end;
            break;
        case plan::Doing::visit:
            step.task = &question.tasks[entry.stop.job][entry.stop.visit];
            step.spot = &step.task->spot;
            break;
        case plan::Doing::pause:
            step.pause = &named.breaks[entry.pause];
            break;
        case plan::Doing::rest:  // no question here has hours of service
            break;
    }
    return step;
}

// On the way to a break one may also have waited: nobody has driven more than by the next place.
void count_driving(std::vector<Step>& steps) {
    plan::Time driven = 0;  // until the last place
    plan::Time on_way = 0;  // since then, at most
    plan::Time left = 0;
    for (auto& step : steps) {
        bool const is_place = step.pause == nullptr;
        driven += is_place ? step.entry.travel : 0;
        on_way = is_place ? 0 : on_way + step.entry.arrival - left;
        step.driven = driven + on_way;
        left = step.entry.departure;
    }
    auto later = driven;
    for (auto i = steps.size(); i-- > 0;)
        later = steps[i].driven = std::min(steps[i].driven, later);
}

Told told_of(VroomQuestion const& question, plan::Routes const& routes, std::uint32_t vehicle) {
    auto const& problem = question.problem;
    auto const table = plan::timetable({problem, vehicle, routes[vehicle], nullptr});
    ASSERT(table.feasible());
    Told told;
    told.vehicle = vehicle;
    auto& sums = told.sums;
    for (auto const& entry : table.entries) {
        auto const step = step_of(question, vehicle, entry);
        told.steps.push_back(step);
        if (entry.doing == plan::Doing::start) continue;
        sums.service += entry.departure - entry.begin;
        sums.waiting += entry.begin - entry.arrival;
        if (step.task == nullptr) continue;
        sums.priority += step.task->priority;
        for (std::size_t i = 0; i < plan::loads_max; ++i) {
            sums.delivery[i] += problem.visit(entry.stop).dropoff[i];
            sums.pickup[i] += problem.visit(entry.stop).pickup[i];
        }
    }
    count_driving(told.steps);
    sums.cost = table.cost;
    sums.duration = table.driving;
    sums.distance = table.distance;
    return told;
}

std::vector<Told> all_told(VroomQuestion const& question, plan::Routes const& routes) {
    std::vector<Told> told;
    for (std::uint32_t i = 0; i < routes.size(); ++i) {
        if (!routes[i].empty()) told.push_back(told_of(question, routes, i));
    }
    return told;
}

std::vector<std::uint32_t> unserved(VroomQuestion const& question, plan::Routes const& routes) {
    std::vector<bool> served(question.tasks.size());
    for (auto const& route : routes) {
        for (auto const stop : route)
            served[stop.job] = true;
    }
    std::vector<std::uint32_t> jobs;
    for (std::uint32_t i = 0; i < served.size(); ++i) {
        if (!served[i]) jobs.push_back(i);
    }
    return jobs;
}

bool has_needs(plan::Barred const& barred) {
    return barred.vehicle != plan::nobody &&
           (barred.fault == plan::Fault::none || !barred.reliefs.empty());
}

// Of all vehicles, if each had nothing else to do, what bars the one that comes furthest.
std::string_view reason_of(plan::Problem const& problem, std::uint32_t job) {
    std::vector<plan::Stop> stops;
    for (std::uint32_t i = 0; i < problem.jobs[job].visits.size(); ++i)
        stops.push_back({job, i});
    auto furthest = plan::Fault::none;
    for (std::uint32_t i = 0; i < problem.vehicles.size(); ++i) {
        auto const fault = plan::assess({problem, i, stops, nullptr}).fault;
        if (fault == plan::Fault::none) return "no_room";
        furthest = std::max(furthest, fault);
    }
    return plan::name_of(furthest);
}

std::string_view type_of(Step const& step) {
    switch (step.entry.doing) {
        case plan::Doing::start:
            return "start";
        case plan::Doing::end:
            return "end";
        case plan::Doing::visit:
            return name_of(step.task->kind);
        case plan::Doing::pause:
        case plan::Doing::rest:
            break;
    }
    return "break";
}

class Writer {
public:
    explicit Writer(VroomQuestion const& question) : question_{question} {}

    std::string write(plan::Routes const& routes) {
        auto const told = all_told(question_, routes);
        auto const left = unserved(question_, routes);
        if (!left.empty()) barred_ = plan::explain_unserved(question_.problem, routes).jobs;
        Sums all;
        for (auto const& route : told)
            all.add(route.sums);
        std::size_t tasks = 0;
        for (auto const job : left)
            tasks += question_.tasks[job].size();
        out_.open('{');
        integer("code", 0);
        out_.key("summary");
        out_.open('{');
        sums(all);
        integer("routes", static_cast<std::int64_t>(told.size()));
        integer("unassigned", static_cast<std::int64_t>(tasks));
        none("violations");
        out_.close('}');
        out_.key("unassigned");
        out_.open('[');
        for (auto const job : left)
            unassigned(job);
        out_.close(']');
        out_.key("routes");
        out_.open('[');
        for (auto const& one : told)
            route(one);
        out_.close(']');
        out_.close('}');
        return std::move(out_).text();
    }

private:
    void integer(std::string_view key, std::int64_t value) {
        out_.key(key);
        out_.integer(value);
    }
    void identify(std::string_view key, std::uint64_t id) {
        out_.key(key);
        out_.raw(std::to_string(id));
    }
    void none(std::string_view key) {
        out_.key(key);
        out_.raw("[]");
    }
    void describe(std::string const& description) {
        if (description.empty()) return;
        out_.key("description");
        out_.string(description);
    }
    void amounts(std::string_view key, auto const& values) {
        if (question_.amounts == 0) return;
        out_.key(key);
        out_.open('[');
        for (std::size_t i = 0; i < question_.amounts; ++i)
            out_.integer(values[i]);
        out_.close(']');
    }
    void locate(VroomSpot const& spot) {
        if (spot.at) {
            out_.key("location");
            out_.open('[');
            out_.degrees(spot.at->lon);
            out_.degrees(spot.at->lat);
            out_.close(']');
        }
        if (spot.index) integer("location_index", *spot.index);
    }

    void sums(Sums const& sums) {
        auto const scale = question_.cost_scale;
        integer("cost", (sums.cost + scale / 2) / scale);
        integer("setup", 0);
        integer("service", sums.service);
        integer("duration", sums.duration);
        integer("waiting_time", sums.waiting);
        integer("priority", sums.priority);
        if (question_.has_distances) integer("distance", sums.distance);
        amounts("delivery", sums.delivery);
        amounts("pickup", sums.pickup);
    }

    void unassigned(std::uint32_t job) {
        auto const reason = reason_of(question_.problem, job);
        for (auto const& task : question_.tasks[job]) {
            out_.open('{');
            identify("id", task.id);
            out_.key("type");
            out_.string(name_of(task.kind));
            describe(task.description);
            locate(task.spot);
            out_.key("reason");
            out_.string(reason);
            auto const barred = std::ranges::lower_bound(barred_, job, {}, &plan::Barred::job);
            if (barred != barred_.end() && has_needs(*barred)) needs(*barred);
            out_.close('}');
        }
    }

    // On which route, what it would cost there, and what would have to give.
    void needs(plan::Barred const& barred) {
        auto const scale = question_.cost_scale;
        out_.key("needs");
        out_.open('{');
        identify("vehicle", question_.vehicles[barred.vehicle].id);
        integer("cost", (barred.cost + scale / 2) / scale);
        out_.key("give");
        out_.open('[');
        for (auto const& relief : barred.reliefs)
            give(relief);
        out_.close(']');
        out_.close('}');
    }

    void give(plan::Relief const& relief) {
        out_.open('{');
        out_.key("rule");
        out_.string(plan::name_of(relief.fault));
        integer("by", relief.amount);
        if (relief.fault == plan::Fault::capacity) integer("amount", relief.load);
        if (relief.stop.job != plan::nobody) {
            auto const& task = question_.tasks[relief.stop.job][relief.stop.visit];
            out_.key("type");
            out_.string(name_of(task.kind));
            identify("id", task.id);
        }
        out_.close('}');
    }

    void route(Told const& told) {
        auto const& vehicle = question_.vehicles[told.vehicle];
        out_.open('{');
        identify("vehicle", vehicle.id);
        describe(vehicle.description);
        sums(told.sums);
        out_.key("steps");
        out_.open('[');
        for (auto const& one : told.steps)
            step(one);
        out_.close(']');
        none("violations");
        out_.close('}');
    }

    void step(Step const& step) {
        auto const& entry = step.entry;
        bool const is_start = entry.doing == plan::Doing::start;
        bool const is_frame = is_start || entry.doing == plan::Doing::end;
        if (is_frame && step.spot == nullptr) return;  // begins or ends wherever it is then
        out_.open('{');
        out_.key("type");
        out_.string(type_of(step));
        if (step.task != nullptr) {
            identify("id", step.task->id);
            describe(step.task->description);
        } else if (step.pause != nullptr) {
            identify("id", step.pause->id);
            describe(step.pause->description);
        }
        if (step.spot != nullptr) locate(*step.spot);
        integer("arrival", is_start ? entry.departure : entry.arrival);
        integer("duration", step.driven);
        integer("setup", 0);
        integer("service", is_frame ? 0 : entry.departure - entry.begin);
        integer("waiting_time", is_frame ? 0 : entry.begin - entry.arrival);
        if (question_.has_distances) integer("distance", entry.distance);
        amounts("load", entry.load);
        none("violations");
        out_.close('}');
    }

    VroomQuestion const& question_;
    std::vector<plan::Barred> barred_;  // by job
    JsonText out_;
};

// --- GeoJSON ---

class Mapper {
public:
    explicit Mapper(VroomQuestion const& question) : question_{question} {}

    Result<std::string> write(plan::Routes const& routes) {
        out_.open('{');
        out_.key("type");
        out_.string("FeatureCollection");
        out_.key("features");
        out_.open('[');
        for (auto const& told : all_told(question_, routes)) {
            for (auto const& step : told.steps) {
                if (step.spot == nullptr || step.spot->at) continue;
                return Error{
                    Errc::not_found, "GeoJSON needs coordinates of every task and every vehicle"};
            }
            line(told);
            for (auto const& step : told.steps)
                point(told, step);
        }
        out_.close(']');
        out_.close('}');
        return std::move(out_).text();
    }

private:
    void open(std::string_view geometry) {
        out_.open('{');
        out_.key("type");
        out_.string("Feature");
        out_.key("geometry");
        out_.open('{');
        out_.key("type");
        out_.string(geometry);
        out_.key("coordinates");
    }
    void place(model::Position at) {
        out_.open('[');
        out_.degrees(at.lon);
        out_.degrees(at.lat);
        out_.close(']');
    }
    void properties(Told const& told) {
        out_.close('}');
        out_.key("properties");
        out_.open('{');
        out_.key("vehicle");
        out_.raw(std::to_string(question_.vehicles[told.vehicle].id));
    }
    void close() {
        out_.close('}');
        out_.close('}');
    }

    void line(Told const& told) {
        std::vector<model::Position> places;
        for (auto const& step : told.steps) {
            if (step.spot != nullptr && step.spot->at) places.push_back(*step.spot->at);
        }
        if (places.size() == 1) places.push_back(places.front());  // a line has two ends
        open("LineString");
        out_.open('[');
        for (auto const at : places)
            place(at);
        out_.close(']');
        properties(told);
        out_.key("duration");
        out_.integer(told.sums.duration);
        if (question_.has_distances) {
            out_.key("distance");
            out_.integer(told.sums.distance);
        }
        close();
    }

    void point(Told const& told, Step const& step) {
        if (step.spot == nullptr || !step.spot->at) return;
        open("Point");
        place(*step.spot->at);
        properties(told);
        out_.key("type");
        out_.string(type_of(step));
        if (step.task != nullptr) {
            out_.key("id");
            out_.raw(std::to_string(step.task->id));
        }
        out_.key("arrival");
        out_.integer(step.entry.arrival);
        out_.key("begin");
        out_.integer(step.entry.begin);
        close();
    }

    VroomQuestion const& question_;
    JsonText out_;
};

}  // namespace

std::string write_vroom(VroomQuestion const& question, plan::Routes const& routes) {
    return Writer{question}.write(routes);
}

Result<std::string> write_geojson(VroomQuestion const& question, plan::Routes const& routes) {
    return Mapper{question}.write(routes);
}

std::string write_solution(
    VroomQuestion const& question, plan::Routes const& routes, std::int64_t scale
) {
    std::string text;
    std::size_t number = 0;
    std::int64_t distance = 0;
    for (std::uint32_t i = 0; i < routes.size(); ++i) {
        if (routes[i].empty()) continue;
        text += "Route #" + std::to_string(++number) + ":";
        for (auto const stop : routes[i])
            text += " " + std::to_string(question.tasks[stop.job][stop.visit].id);
        text += "\n";
        distance += plan::assess({question.problem, i, routes[i], nullptr}).distance;
    }
    text += "Cost " + std::to_string(distance / scale);
    if (scale > 1) {
        auto const part = std::to_string(scale + distance % scale).substr(1);
        text += "." + part;
    }
    return text + "\n";
}

std::string vroom_error(std::string_view detail) {
    JsonText out;
    out.open('{');
    out.key("code");
    out.integer(2);
    out.key("error");
    out.string(detail);
    out.close('}');
    return std::move(out).text();
}

}  // namespace posthaste::api
