// The decision table's rows: a command in a city that was made ready for it, and its answer.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/testing.hpp"

namespace posthaste::core::testing {

struct Told {
    model::Command command;
    model::Envelope who = office();
};

struct Row {
    std::string_view why;
    model::Rejection expected = model::Rejection::none;
    std::function<Told(City&)> make;
    RegionId region{1};
};

std::vector<Row> joined(std::vector<std::vector<Row>> const& parts);

/// A job with an assignment that its agent has accepted.
model::JobId taken(City& city);

// decision_table_jobs.cpp
std::vector<Row> rows_of_jobs();
// decision_table_steps.cpp
std::vector<Row> rows_of_steps();
// decision_table_agents.cpp
std::vector<Row> rows_of_agents();
std::vector<Row> rows_of_offers();
std::vector<Row> rows_of_plans();
// decision_table_booking.cpp
std::vector<Row> rows_of_reach();
std::vector<Row> rows_of_bookings();
// decision_table_config.cpp
std::vector<Row> rows_of_config();
std::vector<Row> rows_of_control();
std::vector<Row> rows_of_memory();

}  // namespace posthaste::core::testing
