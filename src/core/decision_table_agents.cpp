#include "core/decision_table.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

model::AgentId const nobody{1};

model::PutAgent plain_agent() {
    return {.reference = "D", .home = place(0), .capacity = {{4, 0, 0, 0}}};
}

template <class Change>
Row bad_agent(std::string_view why, Change change) {
    return {why, Rejection::malformed, [change](City&) -> Told {
                auto put = plain_agent();
                change(put);
                return {put};
            }};
}

model::AgentId busy(City& city) {
    auto const driver = city.driver("D", place(0));
    city.accept(city.ride(place(500), place(1000)));
    return driver;
}

model::Offer open_offer(City& city) {
    city.driver("D", place(0));
    return *city.offer(city.ride(place(500), place(1000)));
}

// Two agents with a parcel each: who has which depends on where they are.
struct Pair {
    model::AgentId west;
    model::AgentId east;
    model::Assignment of_west;
    model::Assignment of_east;
};
Pair pair(City& city, City::Adjust const& east_is = {}) {
    Pair pair{city.driver("W", place(-5000)), city.driver("E", place(5000), east_is), {}, {}};
    pair.of_west = *city.assignment(city.parcel(place(-5000), place(-4000)));
    pair.of_east = *city.assignment(city.parcel(place(5000), place(4000)));
    REQUIRE(pair.of_west.agent == pair.west);
    REQUIRE(pair.of_east.agent == pair.east);
    return pair;
}

model::PlannedRoute route(
    City const& city, model::AgentId agent, std::vector<model::Assignment> const& had
) {
    model::PlannedRoute planned{agent, city.agent(agent).route_version, {}};
    for (auto const& assignment : had) {
        for (std::size_t stop = 0; stop < assignment.stops.size(); ++stop)
            planned.stops.push_back({assignment.id, static_cast<std::uint8_t>(stop)});
    }
    return planned;
}

std::vector<Row> rows_of_profiles() {
    return {
        {"an agent", Rejection::none, [](City&) -> Told { return {plain_agent()}; }},
        bad_agent("no reference", [](auto& put) { put.reference.clear(); }),
        bad_agent("a home off the earth", [](auto& put) { put.home.lon = 1'800'000'001; }),
        bad_agent(
            "a shift that ends first",
            [](auto& put) {
                put.shift = {eight_o_clock, eight_o_clock - Millis{1}};
            }
        ),
        bad_agent("no weight", [](auto& put) { put.weight = 0; }),
        bad_agent(
            "a capacity above load_max",
            [](auto& put) {
                put.capacity = {{model::load_max + 1, 0, 0, 0}};
            }
        ),
        bad_agent("a zone there is not", [](auto& put) { put.zones = {model::ZoneId{9}}; }),
        {"the 17th kind of vehicle",
         Rejection::limit_reached,
         [](City& city) -> Told {
             for (int i = 0; i < 16; ++i)
                 city.newcomer("N" + std::to_string(i), place(0), [i](auto& put) {
                     put.vehicle_kind = "k" + std::to_string(i);
                 });
             return {plain_agent()};  // of the kind "any"
         }},
        {"edited on an old version",
         Rejection::version_conflict,
         [](City& city) -> Told {
             auto const read = city.agent(city.newcomer("D", place(0))).version;
             city.tell(plain_agent());
             auto put = plain_agent();
             put.if_version = read;
             return {put};
         }},
        {"a vehicle too small for the route",
         Rejection::agent_busy,
         [](City& city) -> Told {
             busy(city);
             auto put = plain_agent();
             put.capacity = {};
             return {put};
         }},
    };
}

std::vector<Row> rows_of_duty() {
    return {
        {"on duty",
         Rejection::none,
         [](City& city) -> Told {
             auto const driver = city.newcomer("D", place(0));
             return {
                 model::SetAvailability{driver, model::Availability::on_duty}, city.phone(driver)};
         }},
        {"nobody on duty",
         Rejection::agent_unknown,
         [](City&) -> Told {
             return {model::SetAvailability{nobody, model::Availability::off}};
         }},
        {"another agent off duty",
         Rejection::not_allowed,
         [](City& city) -> Told {
             auto const driver = city.newcomer("D", place(0));
             auto const other = city.newcomer("E", place(0));
             return {model::SetAvailability{driver, model::Availability::off}, city.phone(other)};
         }},
        {"gone",
         Rejection::none,
         [](City& city) -> Told { return {model::RemoveAgent{city.newcomer("D", place(0))}}; }},
        {"gone, as it was seen",
         Rejection::none,
         [](City& city) -> Told {
             auto const agent = city.newcomer("D", place(0));
             return {model::RemoveAgent{agent, city.agent(agent).version}};
         }},
        {"gone, changed since it was seen",
         Rejection::version_conflict,
         [](City& city) -> Told {
             auto const agent = city.newcomer("D", place(0));
             auto const seen = city.agent(agent).version;
             city.tell(model::SetAvailability{agent, model::Availability::on_duty});
             return {model::RemoveAgent{agent, seen}};
         }},
        {"gone with work",
         Rejection::agent_busy,
         [](City& city) -> Told { return {model::RemoveAgent{busy(city)}}; }},
        {"nobody gone",
         Rejection::agent_unknown,
         [](City&) -> Told { return {model::RemoveAgent{nobody}}; }},
    };
}

}  // namespace

std::vector<Row> rows_of_agents() {
    return joined({rows_of_profiles(), rows_of_duty()});
}

namespace {

std::vector<Row> rows_of_sending() {
    return {
        {"a person sends",
         Rejection::none,
         [](City& city) -> Told {
             auto const job = city.ride(place(0), place(9));
             return {model::AssignJob{
                 job, 0, city.driver("D", place(0), [](auto& put) { put.shift = {}; })}};
         }},
        {"to no job",
         Rejection::job_unknown,
         [](City& city) -> Told {
             return {model::AssignJob{model::JobId{1}, 0, city.driver("D", place(0))}};
         }},
        {"to the second slot of one",
         Rejection::slot_unknown,
         [](City& city) -> Told {
             auto const job = city.ride(place(0), place(9));
             return {model::AssignJob{job, 1, city.driver("D", place(0))}};
         }},
        {"nobody",
         Rejection::agent_unknown,
         [](City& city) -> Told {
             return {model::AssignJob{city.ride(place(0), place(9)), 0, nobody}};
         }},
        {"to a job that is over",
         Rejection::job_over,
         [](City& city) -> Told {
             auto const job = city.ride(place(0), place(9));
             city.tell(model::TransitionJob{.job = job, .to = "cancelled"});
             return {model::AssignJob{job, 0, city.driver("D", place(0))}};
         }},
        {"to a slot that is taken",
         Rejection::slot_taken,
         [](City& city) -> Told {
             auto const driver = busy(city);
             auto const job = city.state().jobs.ids().front();
             return {model::AssignJob{job, 0, driver}};
         }},
        {"to a draft",
         Rejection::transition_unknown,
         [](City& city) -> Told {
             auto const job = city.visit(place(0));
             return {model::AssignJob{job, 0, city.driver("D", place(0))}};
         }},
        {"somebody off duty",
         Rejection::not_eligible,
         [](City& city) -> Told {
             auto const job = city.ride(place(0), place(9));
             return {model::AssignJob{job, 0, city.newcomer("D", place(0))}};
         }},
        {"somebody without room",
         Rejection::not_eligible,
         [](City& city) -> Told {
             auto const job = city.ride(place(0), place(9));
             return {model::AssignJob{
                 job, 0, city.driver("D", place(0), [](auto& put) { put.capacity = {}; })}};
         }},
    };
}

std::vector<Row> rows_of_inbox() {
    return {
        {"received",
         Rejection::none,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             return {model::ReceiveOffer{offer.id}, city.phone(offer.agent)};
         }},
        {"received, and there is none",
         Rejection::offer_unknown,
         [](City&) -> Told { return {model::ReceiveOffer{model::OfferId{1}}}; }},
        {"accepted",
         Rejection::none,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             return {model::AcceptOffer{offer.id, offer.attempt}, city.phone(offer.agent)};
         }},
        {"accepted, and there is none",
         Rejection::offer_unknown,
         [](City&) -> Told {
             return {model::AcceptOffer{model::OfferId{1}, 0}};
         }},
        {"accepted for another",
         Rejection::not_allowed,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             return {
                 model::AcceptOffer{offer.id, offer.attempt},
                 city.phone(city.driver("E", place(9000)))};
         }},
        {"accepted twice",
         Rejection::offer_closed,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             city.tap(offer.agent, model::AcceptOffer{offer.id, offer.attempt});
             return {model::AcceptOffer{offer.id, offer.attempt}, city.phone(offer.agent)};
         }},
        {"accepted with another attempt's token",
         Rejection::offer_closed,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             return {model::AcceptOffer{offer.id, offer.attempt + 1}, city.phone(offer.agent)};
         }},
        {"accepted by one who cannot any more",
         Rejection::not_eligible,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             auto put = plain_agent();
             put.capacity = {};
             city.tell(put);
             return {model::AcceptOffer{offer.id, offer.attempt}, city.phone(offer.agent)};
         }},
        {"declined",
         Rejection::none,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             return {model::DeclineOffer{offer.id, offer.attempt, "far"}, city.phone(offer.agent)};
         }},
        {"declined at length",
         Rejection::malformed,
         [](City& city) -> Told {
             auto const offer = open_offer(city);
             return {
                 model::DeclineOffer{offer.id, offer.attempt, std::string(257, 'r')},
                 city.phone(offer.agent)};
         }},
    };
}

}  // namespace

std::vector<Row> rows_of_offers() {
    return joined({rows_of_inbox(), rows_of_sending()});
}

std::vector<Row> rows_of_plans() {
    return {
        {"a plan",
         Rejection::none,
         [](City& city) -> Told {
             auto const both = pair(city);
             return {model::AdoptPlan{
                 {route(city, both.west, {both.of_east}), route(city, both.east, {both.of_west})}}};
         }},
        {"of nothing", Rejection::malformed, [](City&) -> Told { return {model::AdoptPlan{}}; }},
        {"an agent twice",
         Rejection::plan_invalid,
         [](City& city) -> Told {
             auto const both = pair(city);
             auto const once = route(city, both.west, {both.of_west});
             return {model::AdoptPlan{{once, once}}};
         }},
        {"a stop left out",
         Rejection::plan_invalid,
         [](City& city) -> Told {
             auto const both = pair(city);
             return {model::AdoptPlan{{route(city, both.west, {})}}};
         }},
        {"drop-off before pick-up",
         Rejection::plan_invalid,
         [](City& city) -> Told {
             auto const both = pair(city);
             auto planned = route(city, both.west, {both.of_west});
             std::swap(planned.stops[0], planned.stops[1]);
             return {model::AdoptPlan{{planned}}};
         }},
        {"from a route it did not read",
         Rejection::plan_invalid,
         [](City& city) -> Told {
             auto const both = pair(city);
             return {model::AdoptPlan{{route(city, both.west, {both.of_west, both.of_east})}}};
         }},
        {"to a vehicle too small",
         Rejection::plan_invalid,
         [](City& city) -> Told {
             auto const both = pair(city, [](auto& put) { put.capacity = {{1, 0, 0, 0}}; });
             auto planned = route(city, both.east, {both.of_west, both.of_east});
             std::swap(planned.stops[1], planned.stops[2]);  // both aboard at once
             return {model::AdoptPlan{{route(city, both.west, {}), planned}}};
         }},
        {"the route moved meanwhile",
         Rejection::plan_stale,
         [](City& city) -> Told {
             auto const both = pair(city);
             auto const planned = route(city, both.west, {both.of_west});
             city.tell(model::ReleaseAssignment{both.of_west.id, ""});
             return {model::AdoptPlan{{planned}}};
         }},
    };
}

}  // namespace posthaste::core::testing
