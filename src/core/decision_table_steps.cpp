#include "core/decision_table.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

model::JobId const no_job{1};

model::JobId quoted(City& city) {
    auto const job = city.visit(place(0));
    city.tell(model::ProposeQuote{job, Cents{100}, "EUR"});
    return job;
}

std::vector<Row> rows_of_transitions() {
    return {
        {"a step",
         Rejection::none,
         [](City& city) -> Told {
             auto const held = *city.assignment(taken(city));
             return {
                 model::TransitionJob{.job = held.job, .assignment = held.id, .to = "en_route"},
                 city.phone(held.agent)};
         }},
        {"of no job",
         Rejection::job_unknown,
         [](City&) -> Told { return {model::TransitionJob{.job = no_job, .to = "en_route"}}; }},
        {"to no state",
         Rejection::transition_unknown,
         [](City& city) -> Told {
             return {model::TransitionJob{.job = taken(city), .to = "lunch"}};
         }},
        {"a step the workflow has not",
         Rejection::transition_unknown,
         [](City& city) -> Told {
             auto const job = taken(city);
             return {
                 model::TransitionJob{.job = job, .to = "on_board"},
                 city.phone(city.assignment(job)->agent)};
         }},
        {"an agent may not cancel",
         Rejection::not_allowed,
         [](City& city) -> Told {
             auto const held = *city.assignment(taken(city));
             return {
                 model::TransitionJob{.job = held.job, .assignment = held.id, .to = "cancelled"},
                 city.phone(held.agent)};
         }},
        {"another agent's assignment",
         Rejection::not_allowed,
         [](City& city) -> Told {
             auto const held = *city.assignment(taken(city));
             auto const other = city.driver("E", place(0));
             return {
                 model::TransitionJob{.job = held.job, .assignment = held.id, .to = "en_route"},
                 city.phone(other)};
         }},
        {"an assignment that is gone",
         Rejection::assignment_unknown,
         [](City& city) -> Told {
             return {model::TransitionJob{
                 .job = taken(city), .assignment = model::AssignmentId{1}, .to = "en_route"}};
         }},
        {"a state of an assignment that there is not",
         Rejection::assignment_unknown,
         [](City& city) -> Told {
             return {model::TransitionJob{.job = city.ride(place(0), place(9)), .to = "assigned"}};
         }},
    };
}

std::vector<Row> rows_of_refused_transitions() {
    return {
        {"two have it and none is named",
         Rejection::assignment_unknown,
         [](City& city) -> Told {
             auto const agents = {city.driver("D", place(0)), city.driver("E", place(0))};
             auto const job =
                 city.ride(place(500), place(1000), [](auto& create) { create.slots.resize(2); });
             for (std::size_t slot = 0; slot < agents.size(); ++slot) {
                 auto const made = *city.offer(job, slot);
                 city.tap(made.agent, model::AcceptOffer{made.id, made.attempt});
                 city.step(job, "arrived", slot);
                 city.step(job, "on_board", slot);
             }
             return {model::TransitionJob{.job = job, .to = "completed"}};
         }},
        {"the status moved meanwhile",
         Rejection::version_conflict,
         [](City& city) -> Told {
             auto const job = taken(city);
             auto const read = city.job(job).version;
             city.step(job, "en_route");
             return {model::TransitionJob{.job = job, .to = "arrived", .if_version = read}};
         }},
        {"a reason of 257 bytes",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::TransitionJob{
                 .job = taken(city), .to = "cancelled", .reason = std::string(257, 'r')}};
         }},
        {"scheduled before the quote is approved",
         Rejection::guard_failed,
         [](City& city) -> Told {
             return {model::TransitionJob{.job = quoted(city), .to = "scheduled"}};
         }},
    };
}

std::vector<Row> rows_of_stops() {
    return {
        {"a stop made",
         Rejection::none,
         [](City& city) -> Told {
             return {model::FinishStop{city.assignment(taken(city))->id, 0}};
         }},
        {"a stop of nothing",
         Rejection::assignment_unknown,
         [](City&) -> Told {
             return {model::FinishStop{model::AssignmentId{1}, 0}};
         }},
        {"the last stop by itself",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::FinishStop{city.assignment(taken(city))->id, 1}};
         }},
        {"another agent's stop",
         Rejection::not_allowed,
         [](City& city) -> Told {
             auto const held = city.assignment(taken(city))->id;
             return {model::FinishStop{held, 0}, city.phone(city.driver("E", place(0)))};
         }},
        {"taken back",
         Rejection::none,
         [](City& city) -> Told {
             return {model::ReleaseAssignment{city.assignment(taken(city))->id, "ill"}};
         }},
        {"nothing taken back",
         Rejection::assignment_unknown,
         [](City&) -> Told {
             return {model::ReleaseAssignment{model::AssignmentId{1}, ""}};
         }},
        {"dropped by another",
         Rejection::not_allowed,
         [](City& city) -> Told {
             auto const held = city.assignment(taken(city))->id;
             return {model::ReleaseAssignment{held, ""}, city.phone(city.driver("E", place(0)))};
         }},
        {"dropped with the passenger aboard",
         Rejection::transition_unknown,
         [](City& city) -> Told {
             auto const job = taken(city);
             city.step(job, "arrived");
             city.step(job, "on_board");
             auto const held = *city.assignment(job);
             return {model::ReleaseAssignment{held.id, ""}, city.phone(held.agent)};
         }},
    };
}

}  // namespace

std::vector<Row> rows_of_steps() {
    return joined({rows_of_transitions(), rows_of_refused_transitions(), rows_of_stops()});
}

}  // namespace posthaste::core::testing
