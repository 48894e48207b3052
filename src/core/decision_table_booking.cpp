#include "core/decision_table.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

model::AgentId const nobody{1};

// Off duty until she is sent: nobody is chosen by the engine.
model::AgentId tess(City& city) {
    return city.newcomer("TESS", place(0));
}

model::Window window(std::int64_t minutes, std::int64_t until) {
    return {eight_o_clock + Millis{minutes * 60'000}, eight_o_clock + Millis{until * 60'000}};
}

// A ride there, within this window, and straight back to its place.
model::JobId ride_at(City& city, std::int32_t east, model::Window when) {
    return city.ride(place(east), place(east), [&](auto& create) {
        create.stops[0].window = when;
    });
}

// 27 km are 45 minutes.
constexpr std::int32_t far = 27'000;

model::JobId late_for_tess(City& city, model::AgentId agent) {
    auto const first = ride_at(city, 0, window(60, 60));
    REQUIRE(city.tell(model::AssignJob{first, 0, agent}).rejection() == Rejection::none);
    return ride_at(city, far, window(90, 90));
}

model::HoldBooking hold(City& city, model::AgentId agent) {
    static_cast<void>(city);
    return {
        .agent = agent,
        .stops = {{.place = place(0), .window = window(60, 90), .service = Millis{600'000}}}};
}

model::BookingId held(City& city) {
    return model::BookingId{city.tell(hold(city, tess(city))).answer.subject};
}

model::CreateJob with_booking(model::BookingId booking) {
    return {
        .workflow = "ride",
        .stops = {{.place = place(0), .service = Millis{600'000}}},
        .booking = booking};
}

template <class Change>
Row bad_hold(std::string_view why, Rejection expected, Change change) {
    return {why, expected, [change](City& city) -> Told {
                auto command = hold(city, tess(city));
                change(command);
                return {command};
            }};
}

}  // namespace

std::vector<Row> rows_of_reach() {
    return {
        {"45 minutes away half an hour after the last",
         Rejection::slot_unreachable,
         [](City& city) -> Told {
             auto const agent = tess(city);
             return {model::AssignJob{late_for_tess(city, agent), 0, agent}};
         }},
        {"the same, forced",
         Rejection::none,
         [](City& city) -> Told {
             auto const agent = tess(city);
             auto const job = late_for_tess(city, agent);
             return {model::AssignJob{job, 0, agent, true, "the customer waits"}};
         }},
        {"forced without a reason",
         Rejection::malformed,
         [](City& city) -> Told {
             auto const agent = tess(city);
             return {model::AssignJob{late_for_tess(city, agent), 0, agent, true, ""}};
         }},
        {"forced with a reason of 257 bytes",
         Rejection::malformed,
         [](City& city) -> Told {
             auto const agent = tess(city);
             auto const job = late_for_tess(city, agent);
             return {model::AssignJob{job, 0, agent, true, std::string(257, 'r')}};
         }},
        {"what a skill is wanting for cannot be forced",
         Rejection::not_eligible,
         [](City& city) -> Told {
             auto const agent = tess(city);
             auto const job = city.ride(place(0), place(9), [](auto& create) {
                 create.stops[0].window = window(60, 90);
                 create.slots.emplace_back().skills = {"weld"};
             });
             return {model::AssignJob{job, 0, agent, true, "why not"}};
         }},
        {"in the agent's busy time",
         Rejection::slot_unreachable,
         [](City& city) -> Told {
             auto const agent = tess(city);
             city.tell(model::SetBusy{agent, {{eight_o_clock, eight_o_clock + Millis{7'200'000}}}});
             return {model::AssignJob{ride_at(city, 0, window(60, 90)), 0, agent}};
         }},
        {"beyond the shift's end",
         Rejection::slot_unreachable,
         [](City& city) -> Told {
             auto const agent = city.newcomer("D", place(0), [](auto& put) {
                 put.shift = {eight_o_clock, eight_o_clock + Millis{3'600'000}};
             });
             return {model::AssignJob{ride_at(city, 0, window(90, 120)), 0, agent}};
         }},
        {"off duty, for later",
         Rejection::none,
         [](City& city) -> Told {
             return {model::AssignJob{ride_at(city, 0, window(60, 90)), 0, tess(city)}};
         }},
        {"off duty, for now",
         Rejection::not_eligible,
         [](City& city) -> Told {
             return {model::AssignJob{ride_at(city, 0, window(0, 90)), 0, tess(city)}};
         }},
    };
}

std::vector<Row> rows_of_bookings() {
    return {
        bad_hold("a slot held", Rejection::none, [](auto&) {}),
        bad_hold(
            "by nobody", Rejection::agent_unknown, [](auto& command) { command.agent = nobody; }
        ),
        bad_hold(
            "for no time", Rejection::malformed, [](auto& command) { command.span = Millis{999}; }
        ),
        bad_hold("of no stops", Rejection::malformed, [](auto& command) { command.stops.clear(); }),
        bad_hold(
            "with a skill she lacks",
            Rejection::not_eligible,
            [](auto& command) { command.need.skills = {"weld"}; }
        ),
        bad_hold(
            "too far to be there",
            Rejection::slot_unreachable,
            [](auto& command) { command.stops[0].place = place(90'000); }
        ),
        {"the 33rd of an agent",
         Rejection::limit_reached,
         [](City& city) -> Told {
             auto command = hold(city, tess(city));
             command.stops[0].window = window(60, 400);
             command.stops[0].service = {};
             for (std::size_t i = 0; i < model::bookings_per_agent_max; ++i)
                 city.tell(command);
             return {command};
         }},
        {"given back",
         Rejection::none,
         [](City& city) -> Told { return {model::ReleaseBooking{held(city)}}; }},
        {"given back after its time",
         Rejection::booking_unknown,
         [](City& city) -> Told {
             auto const booking = held(city);
             city.pass(model::booking_span_usual);
             return {model::ReleaseBooking{booking}};
         }},
        {"a job with it",
         Rejection::none,
         [](City& city) -> Told { return {with_booking(held(city))}; }},
        {"a job with one that is over",
         Rejection::booking_unknown,
         [](City& city) -> Told {
             auto const booking = held(city);
             city.tell(model::ReleaseBooking{booking});
             return {with_booking(booking)};
         }},
        {"a job elsewhere with it",
         Rejection::malformed,
         [](City& city) -> Told {
             auto create = with_booking(held(city));
             create.stops[0].place = place(5000);
             return {create};
         }},
        {"a longer job with it",
         Rejection::malformed,
         [](City& city) -> Told {
             auto create = with_booking(held(city));
             create.stops[0].service = Millis{700'000};
             return {create};
         }},
        {"busy",
         Rejection::none,
         [](City& city) -> Told {
             return {model::SetBusy{tess(city), {{eight_o_clock, eight_o_clock + Millis{60'000}}}}};
         }},
        {"nobody busy",
         Rejection::agent_unknown,
         [](City&) -> Told {
             return {model::SetBusy{nobody, {}}};
         }},
        {"another agent busy",
         Rejection::not_allowed,
         [](City& city) -> Told {
             auto const other = city.newcomer("E", place(0));
             return {model::SetBusy{tess(city), {}}, city.phone(other)};
         }},
        {"busy until before",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::SetBusy{tess(city), {{eight_o_clock, eight_o_clock}}}};
         }},
        {"busy 257 times",
         Rejection::malformed,
         [](City& city) -> Told {
             return {model::SetBusy{tess(city), {257, {eight_o_clock, eight_o_clock + Millis{1}}}}};
         }},
    };
}

}  // namespace posthaste::core::testing
