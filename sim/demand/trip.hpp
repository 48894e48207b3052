// What a city asks for and who works in it: a trip (one job to be), and a member of the fleet.
//
// Takes    rows of a file (source.hpp) or a seed (generate.hpp).
// Gives    plain values in names, not bits: whoever sends them knows the region's catalogue.
// Units    load: seats, parcels, kilograms, and one dimension free.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/quantity.hpp"
#include "model/agent.hpp"
#include "model/job.hpp"
#include "model/load.hpp"
#include "model/place.hpp"

namespace posthaste::demand {

constexpr std::size_t load_seats = 0;
constexpr std::size_t load_parcels = 1;
constexpr std::size_t load_kilograms = 2;

struct Trip {
    Instant time;  ///< when it is asked for
    std::string reference;
    std::string kind = "ride";  ///< ride, parcel, repair, incident, or the user's own
    model::Position pickup;     ///< the only stop when there is no drop-off
    std::optional<model::Position> dropoff;
    model::Window window;  ///< of the first stop
    Millis service;        ///< at each stop
    model::Load load;      ///< picked up at the first stop and left at the second
    std::vector<std::string> skills;
    std::vector<std::string> vehicles;  ///< one of these kinds; empty: any
    std::vector<std::string> features;
    std::int32_t priority = 0;

    bool operator==(Trip const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "time", self.time);
        field(2, "reference", self.reference);
        field(3, "kind", self.kind);
        field(4, "pickup", self.pickup);
        field(5, "dropoff", self.dropoff);
        field(6, "window", self.window);
        field(7, "service", self.service);
        field(8, "load", self.load);
        field(9, "skills", self.skills);
        field(10, "vehicles", self.vehicles);
        field(11, "features", self.features);
        field(12, "priority", self.priority);
    }
};

struct Member {
    std::string reference;
    model::Position home;
    model::Shift shift;
    std::vector<std::string> skills;
    std::string vehicle = "car";
    std::vector<std::string> features;
    model::Load capacity;
    std::int32_t weight = model::weight_one;

    bool operator==(Member const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "reference", self.reference);
        field(2, "home", self.home);
        field(3, "shift", self.shift);
        field(4, "skills", self.skills);
        field(5, "vehicle", self.vehicle);
        field(6, "features", self.features);
        field(7, "capacity", self.capacity);
        field(8, "weight", self.weight);
    }
};

}  // namespace posthaste::demand
