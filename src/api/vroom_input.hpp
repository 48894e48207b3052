// VROOM's input as it is written; what it means is vroom_question.cpp's.
//
// Errors   malformed: not JSON, an unknown field, a value of another kind or out of range, by its
//          path.
// Limits   JSON of vroom_values_max values.
// Source   VROOM 1.14, docs/API.md.
// Threads  pure
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "model/place.hpp"

namespace posthaste::api::vroom {

struct Coordinates {
    model::Position at;
};

struct Slot {
    std::int64_t start = 0;
    std::int64_t end = 0;
};

struct PerType {
    std::vector<std::pair<std::string, std::int64_t>> times;
};

struct Matrix {
    std::vector<std::vector<std::int64_t>> rows;
};

struct Factor {
    std::int64_t percent = 100;
};

struct Task {
    std::uint64_t id = 0;
    std::string description;
    std::optional<Coordinates> location;
    std::optional<std::uint32_t> location_index;
    std::int64_t setup = 0;
    std::int64_t service = 0;
    PerType setup_per_type;
    PerType service_per_type;
    std::vector<Slot> time_windows;

    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "description", self.description);
        field(3, "location", self.location);
        field(4, "location_index", self.location_index);
        field(5, "setup", self.setup);
        field(6, "service", self.service);
        field(7, "setup_per_type", self.setup_per_type);
        field(8, "service_per_type", self.service_per_type);
        field(9, "time_windows", self.time_windows);
    }
};

struct Job {
    Task task;
    std::vector<std::int32_t> amount;
    std::vector<std::int32_t> delivery;
    std::vector<std::int32_t> pickup;
    std::vector<std::int64_t> skills;
    std::int64_t priority = 0;

    static void fields(auto& self, auto&& field) {
        Task::fields(self.task, field);
        field(10, "amount", self.amount);
        field(11, "delivery", self.delivery);
        field(12, "pickup", self.pickup);
        field(13, "skills", self.skills);
        field(14, "priority", self.priority);
    }
};

struct Shipment {
    Task pickup;
    Task delivery;
    std::vector<std::int32_t> amount;
    std::vector<std::int64_t> skills;
    std::int64_t priority = 0;

    static void fields(auto& self, auto&& field) {
        field(1, "pickup", self.pickup);
        field(2, "delivery", self.delivery);
        field(3, "amount", self.amount);
        field(4, "skills", self.skills);
        field(5, "priority", self.priority);
    }
};

struct Costs {
    std::int64_t fixed = 0;
    std::int64_t per_hour = 3600;
    std::int64_t per_task_hour = 0;
    std::int64_t per_km = 0;

    static void fields(auto& self, auto&& field) {
        field(1, "fixed", self.fixed);
        field(2, "per_hour", self.per_hour);
        field(3, "per_task_hour", self.per_task_hour);
        field(4, "per_km", self.per_km);
    }
};

struct Break {
    std::uint64_t id = 0;
    std::string description;
    std::vector<Slot> time_windows;
    std::int64_t service = 0;
    std::optional<std::vector<std::int64_t>> max_load;

    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "description", self.description);
        field(3, "time_windows", self.time_windows);
        field(4, "service", self.service);
        field(5, "max_load", self.max_load);
    }
};

struct Step {
    std::string type;
    std::optional<std::uint64_t> id;
    std::optional<std::int64_t> service_at;  // of VROOM's plan mode: passed over, as there
    std::optional<std::int64_t> service_after;
    std::optional<std::int64_t> service_before;

    static void fields(auto& self, auto&& field) {
        field(1, "type", self.type);
        field(2, "id", self.id);
        field(3, "service_at", self.service_at);
        field(4, "service_after", self.service_after);
        field(5, "service_before", self.service_before);
    }
};

struct Vehicle {
    std::uint64_t id = 0;
    std::string profile = "car";
    std::string description;
    std::optional<Coordinates> start;
    std::optional<std::uint32_t> start_index;
    std::optional<Coordinates> end;
    std::optional<std::uint32_t> end_index;
    std::vector<std::int32_t> capacity;
    Costs costs;
    std::vector<std::int64_t> skills;
    std::string type;
    std::optional<Slot> time_window;
    std::vector<Break> breaks;
    Factor speed_factor;
    std::optional<std::uint32_t> max_tasks;
    std::optional<std::int64_t> max_travel_time;
    std::optional<std::int64_t> max_distance;
    std::vector<Step> steps;

    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "profile", self.profile);
        field(3, "description", self.description);
        field(4, "start", self.start);
        field(5, "start_index", self.start_index);
        field(6, "end", self.end);
        field(7, "end_index", self.end_index);
        field(8, "capacity", self.capacity);
        field(9, "costs", self.costs);
        field(10, "skills", self.skills);
        field(11, "type", self.type);
        field(12, "time_window", self.time_window);
        field(13, "breaks", self.breaks);
        field(14, "speed_factor", self.speed_factor);
        field(15, "max_tasks", self.max_tasks);
        field(16, "max_travel_time", self.max_travel_time);
        field(17, "max_distance", self.max_distance);
        field(18, "steps", self.steps);
    }
};

struct Matrices {
    Matrix durations;
    Matrix distances;

    static void fields(auto& self, auto&& field) {
        field(1, "durations", self.durations);
        field(2, "distances", self.distances);
    }
};

struct Profiles {
    std::vector<std::pair<std::string, Matrices>> matrices;
};

struct Question {
    std::vector<Job> jobs;
    std::vector<Shipment> shipments;
    std::vector<Vehicle> vehicles;
    Profiles matrices;

    static void fields(auto& self, auto&& field) {
        field(1, "jobs", self.jobs);
        field(2, "shipments", self.shipments);
        field(3, "vehicles", self.vehicles);
        field(4, "matrices", self.matrices);
    }
};

Result<Question> read(std::string_view text);

}  // namespace posthaste::api::vroom
