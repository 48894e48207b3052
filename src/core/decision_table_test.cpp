// The decision table: every command with what it may be answered, every rejection at least once.
#include "core/decision_table.hpp"

#include <set>

namespace posthaste::core::testing {

std::vector<Row> joined(std::vector<std::vector<Row>> const& parts) {
    std::vector<Row> all;
    for (auto const& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

model::JobId taken(City& city) {
    city.driver("D", place(0));
    auto const job = city.ride(place(500), place(1000));
    REQUIRE(city.accept(job).rejection() == model::Rejection::none);
    return job;
}

namespace {

std::vector<Row> all_rows() {
    return joined(
        {rows_of_jobs(),
         rows_of_steps(),
         rows_of_agents(),
         rows_of_offers(),
         rows_of_plans(),
         rows_of_reach(),
         rows_of_bookings(),
         rows_of_config(),
         rows_of_control(),
         rows_of_memory()}
    );
}

}  // namespace

TEST_CASE("decision table: each command gets the answer of its row, and a no changes nothing") {
    std::set<model::Rejection> seen;
    std::set<std::size_t> done;
    std::set<std::size_t> refused;
    for (auto const& row : all_rows()) {
        CAPTURE(row.why);
        City city{row.region};
        auto const told = row.make(city);
        auto const jobs_before = city.state().jobs;
        auto const agents_before = city.state().agents;
        auto const heard = city.tell(told.command, told.who);
        CHECK(name_of(heard.rejection()) == name_of(row.expected));
        CHECK(hash_of(city.replayed()) == hash_of(city.state()));
        seen.insert(row.expected);
        if (row.expected == model::Rejection::none) {
            done.insert(told.command.index());
            continue;
        }
        refused.insert(told.command.index());
        bool const kept = heard.find<model::ConflictRecorded>() != nullptr ||
                          heard.find<model::OfferClosed>() != nullptr;
        if (kept) continue;  // the two noes that leave a trace; they have tests of their own
        CHECK(city.state().jobs == jobs_before);
        CHECK(city.state().agents == agents_before);
    }
    for (std::size_t i = 0; i < names_of(model::Rejection{}).size(); ++i) {
        auto const rejection = static_cast<model::Rejection>(i);
        CAPTURE(name_of(rejection));
        CHECK(seen.contains(rejection));
    }
    for (std::size_t i = 0; i < model::command_names.size(); ++i) {
        CAPTURE(model::command_names[i]);
        CHECK(done.contains(i));
        CHECK(refused.contains(i));
    }
}

TEST_CASE("every rejection has a sentence and a status that says whose fault it is") {
    for (std::size_t i = 1; i < names_of(model::Rejection{}).size(); ++i) {
        auto const text = text_of(static_cast<model::Rejection>(i));
        CAPTURE(i);
        CHECK(text.http_status >= 400);
        CHECK(text.sentence.ends_with("."));
    }
}

}  // namespace posthaste::core::testing
