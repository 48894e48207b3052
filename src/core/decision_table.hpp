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

std::vector<Row> rows_of_jobs();     // decision_table_jobs.cpp
std::vector<Row> rows_of_steps();    // decision_table_jobs.cpp
std::vector<Row> rows_of_agents();   // decision_table_agents.cpp
std::vector<Row> rows_of_offers();   // decision_table_agents.cpp
std::vector<Row> rows_of_plans();    // decision_table_agents.cpp
std::vector<Row> rows_of_config();   // decision_table_config.cpp
std::vector<Row> rows_of_control();  // decision_table_config.cpp
std::vector<Row> rows_of_memory();   // decision_table_config.cpp

}  // namespace posthaste::core::testing
