// Is a slot drivable, bookings and busy times, worked out by hand: 10 m/s, 600 m a minute.
#include "core/reach.hpp"

#include "core/testing.hpp"

namespace posthaste::core::testing {

using model::Rejection;

namespace {

Instant at(std::int64_t minutes) {
    return eight_o_clock + Millis{minutes * 60'000};
}
Millis minutes(std::int64_t count) {
    return Millis{count * 60'000};
}
constexpr std::int32_t minute_m = 600;

// The metres of place() are not exact to the last.
template <class T>
bool about(T found, T wanted) {
    auto const off = found - wanted;
    return off < Millis{5000} && off > Millis{-5000};
}

// A visit so many minutes east of the middle.
model::CreateJob visit_at(std::int32_t away, model::Window window, Millis service = {}) {
    return {
        .reference = "V" + std::to_string(away),
        .workflow = "ride",
        .stops = {{.place = place(away * minute_m), .window = window, .service = service}}};
}

// One who is off duty, so that only people send her.
struct Day {
    City city;
    model::AgentId tess = city.newcomer("TESS", place(0), [](auto& put) { put.shift = {}; });

    model::JobId make(model::CreateJob const& create) {
        return model::JobId{city.tell(create).answer.subject};
    }
    Heard send(model::JobId job) { return city.tell(model::AssignJob{job, 0, tess}); }
    Reach reach(model::Job const& job) {
        match::Inserter inserter;
        return reach_of(city.region, inserter, {job, 0, city.agent(tess), city.now});
    }
    model::BookingId hold(std::int32_t away, model::Window window, Millis service = {}) {
        model::HoldBooking const command{
            .agent = tess, .stops = visit_at(away, window, service).stops};
        auto const heard = city.tell(command);
        REQUIRE(heard.rejection() == Rejection::none);
        return model::BookingId{heard.answer.subject};
    }
};

}  // namespace

TEST_CASE("both neighbours count: the drive from the one before, and on to the one after") {
    Day day;
    REQUIRE(
        day.send(day.make(visit_at(10, {at(60), at(60)}, minutes(20)))).rejection() ==
        Rejection::none
    );
    REQUIRE(day.send(day.make(visit_at(40, {at(150), at(160)}))).rejection() == Rejection::none);
    // Left at 9:20; 20 minutes to 30, there at 9:40; 30 minutes of work; then 10 to 40: 10:30.
    auto const draft = draft_of(visit_at(30, {at(90), at(105)}, minutes(30)).stops, {});
    auto const reach = day.reach(draft);
    CHECK(reach.is_drivable());
    REQUIRE(reach.stops.size() == 1);
    auto const& stop = reach.stops[0];
    CHECK(about(stop.arrival, at(100)));
    REQUIRE(stop.before.has_value());
    CHECK(stop.before->at == at(80));
    CHECK(about(stop.before->drive, minutes(20)));
    CHECK(about(stop.before->slack, minutes(5)));
    REQUIRE(stop.after.has_value());
    CHECK(about(stop.after->at, at(140)));
    CHECK(about(stop.after->drive, minutes(10)));
    CHECK(about(stop.after->slack, minutes(20)));
    CHECK(about(reach.insertion.added, Millis{}));  // on the way
}

TEST_CASE("a slot that makes the next stop late is refused, and says which and by how much") {
    Day day;
    REQUIRE(day.send(day.make(visit_at(10, {at(60), at(60)}))).rejection() == Rejection::none);
    REQUIRE(day.send(day.make(visit_at(40, {at(100), at(100)}))).rejection() == Rejection::none);
    // From 10 at 9:00 to 30 at 9:20, 15 minutes of work, then 10: at 9:45 for 9:40.
    auto const heard = day.send(day.make(visit_at(30, {at(70), at(85)}, minutes(15))));
    CHECK(heard.rejection() == Rejection::slot_unreachable);
    CHECK(
        heard.answer.detail ==
        "stop 0 of V40 is reached at 2026-05-28 09:45Z, 5 min late for 2026-05-28 09:40Z to "
        "2026-05-28 09:40Z; before it stop 0 of V10, left at 2026-05-28 09:00Z, 20 min away; "
        "after it stop 0 of V40 at 2026-05-28 09:45Z, 10 min away"
    );
}

TEST_CASE("who forces it, and why, stands in the assignment and the step") {
    Day day;
    auto const job = day.make(visit_at(90, {at(60), at(60)}));
    CHECK(day.send(job).rejection() == Rejection::slot_unreachable);
    auto const heard =
        day.city.tell(model::AssignJob{job, 0, day.tess, true, "the customer agreed"});
    REQUIRE(heard.rejection() == Rejection::none);
    CHECK(heard.find<model::AssignmentMade>()->forced == "forced: the customer agreed");
    CHECK(heard.find<model::JobTransitioned>()->reason == "forced: the customer agreed");
    CHECK(day.city.entries.back().envelope.role == model::Role::dispatcher);
}

TEST_CASE("force where nothing needs it is nothing special") {
    Day day;
    auto const job = day.make(visit_at(10, {at(60), at(60)}));
    auto const heard = day.city.tell(model::AssignJob{job, 0, day.tess, true, "in a hurry"});
    CHECK(heard.find<model::AssignmentMade>()->forced.empty());
}

TEST_CASE("every conflict is told, not only the first") {
    Day day;
    day.city.tell(model::SetBusy{day.tess, {{at(0), at(60)}}});
    auto job = draft_of(visit_at(10, {at(0), at(30)}).stops, {.skills = 1, .kinds = 2});
    job.stops[0].pickup = {{9, 0, 0, 0}};
    auto const reach = day.reach(job);
    std::vector<std::string> what;
    for (auto const& conflict : reach.conflicts)
        what.emplace_back(name_of(conflict.what));
    CHECK(
        what == std::vector<std::string>{"off_duty", "vehicle_kind", "skills", "capacity", "busy"}
    );
    CHECK(reach.late()->late == minutes(30));
}

TEST_CASE("no work in a busy time: it waits for its end, and so do the route's times") {
    Day day;
    auto const job = day.make(visit_at(10, {at(60), at(120)}, minutes(20)));
    REQUIRE(day.send(job).rejection() == Rejection::none);
    CHECK(about(day.city.agent(day.tess).route[0].arrival, at(10)));  // there early, and waits
    // From 9:10: the work from 9:00 to 9:20 would fall in it.
    auto const heard = day.city.tell(model::SetBusy{
        day.tess, {{at(75), at(90)}, {at(70), at(80)}, {at(-30), at(-10)}}});
    REQUIRE(heard.find<model::BusySet>() != nullptr);
    CHECK(heard.find<model::BusySet>()->busy == std::vector<model::BusyTime>{{at(70), at(90)}});
    CHECK(day.city.agent(day.tess).route[0].arrival == at(90));
    // And a ride that has all day is given for after it.
    auto const other =
        day.reach(draft_of(visit_at(10, {at(61), instant_max}, minutes(20)).stops, {}));
    CHECK(other.is_drivable());
    CHECK(other.insertion.arrival >= at(90));
}

TEST_CASE("the matcher sends nobody into a busy time who would then be late") {
    City city;
    auto const busy = city.driver("BUSY", place(0));
    auto const free = city.driver("FREE", place(3000));
    city.tell(model::SetBusy{busy, {{at(0), at(30)}}});
    auto const job = city.ride(place(0), place(600), [](auto& create) {
        create.stops[0].window.latest = at(20);
    });
    REQUIRE(city.offer(job) != nullptr);
    CHECK(city.offer(job)->agent == free);
}

TEST_CASE("what is held is taken: for the check, other bookings, people and the matcher") {
    Day day;
    day.hold(10, {at(60), at(60)}, minutes(20));
    // 45 minutes on, 30 minutes later.
    auto const draft = draft_of(visit_at(55, {at(90), at(90)}).stops, {});
    auto const reach = day.reach(draft);
    REQUIRE(reach.late() != nullptr);
    CHECK(about(reach.late()->late, minutes(35)));
    CHECK(reach.stops[0].before->stop.booking != model::BookingId{});
    auto const job = day.make(visit_at(55, {at(90), at(90)}));
    auto const heard = day.send(job);
    CHECK(heard.rejection() == Rejection::slot_unreachable);
    CHECK(heard.answer.detail.find("before it stop 0 of booking") != std::string::npos);
    day.city.tell(model::SetAvailability{day.tess, model::Availability::on_duty});
    day.city.see(day.tess, place(0));
    CHECK(day.city.job(job).slots[0].status == model::SlotStatus::waiting);
    // Its time is over: the job that waits is hers.
    auto const over = day.city.pass(model::booking_span_usual);
    REQUIRE(over.find<model::BookingEnded>() != nullptr);
    CHECK(over.find<model::BookingEnded>()->how == model::BookingEnd::expired);
    CHECK(day.city.state().bookings.empty());
    CHECK(day.city.offer(job) == nullptr);  // 33 km away is beyond the radius
    CHECK(day.send(job).rejection() == Rejection::none);
}

TEST_CASE("room is kept for what is held, and nothing is planned there") {
    Day day;
    day.hold(10, {at(60), at(60)});
    REQUIRE(day.send(day.make(visit_at(20, {at(60), at(120)}))).rejection() == Rejection::none);
    auto const& route = day.city.agent(day.tess).route;
    REQUIRE(route.size() == 1);
    CHECK(about(route[0].arrival, at(20)));
    CHECK(day.city.state().bookings.size() == 1);
}

TEST_CASE("a job created with a hold has its window and its agent, on duty or not") {
    Day day;
    auto const booking = day.hold(10, {at(600), at(630)}, minutes(20));
    auto create = visit_at(10, {}, minutes(20));
    create.booking = booking;
    auto const heard = day.city.tell(create);
    model::JobId const job{heard.answer.subject};
    CHECK(heard.find<model::BookingBound>() != nullptr);
    REQUIRE(heard.find<model::AssignmentMade>() != nullptr);
    CHECK(heard.find<model::AssignmentMade>()->assignment.agent == day.tess);
    CHECK(day.city.job(job).stops[0].window == model::Window{at(600), at(630)});
    CHECK(day.city.job(job).booking == model::BookingId{});
    CHECK(day.city.state().bookings.empty());
    CHECK(day.city.agent(day.tess).bookings.empty());
}

TEST_CASE("of a quoted job the slot stays held until it is scheduled, and the guard asks its agent"
) {
    Day day;
    auto const booking = day.hold(10, {at(600), at(630)});
    auto create = visit_at(10, {});
    create.workflow = "field_service";
    create.booking = booking;
    auto const job = day.make(create);
    CHECK(day.city.job(job).booking == booking);
    day.city.pass(model::booking_span_max);
    CHECK(day.city.state().bookings.size() == 1);  // it does not expire any more
    day.city.tell(model::ProposeQuote{job, Cents{100}, "EUR"});
    day.city.tell(model::DecideQuote{job, true});
    model::TransitionJob const schedule{.job = job, .to = "scheduled"};
    auto const late = day.city.tell(schedule);  // a day later
    CHECK(late.rejection() == Rejection::guard_failed);
    day.city.tell(model::UpdateJob{
        .job = job, .stops = visit_at(10, {at(1440 + 60), at(1440 + 90)}).stops});
    auto const heard = day.city.tell(schedule);
    CHECK(heard.rejection() == Rejection::none);
    REQUIRE(heard.find<model::AssignmentMade>() != nullptr);
    CHECK(heard.find<model::AssignmentMade>()->assignment.agent == day.tess);
}

TEST_CASE("a booking goes with its agent, and with a job that is cancelled") {
    Day day;
    auto const booking = day.hold(10, {at(600), at(630)});
    auto create = visit_at(10, {});
    create.workflow = "field_service";
    create.booking = booking;
    auto const job = day.make(create);
    day.hold(20, {at(60), at(90)});
    day.city.tell(model::TransitionJob{.job = job, .to = "cancelled"});
    CHECK(day.city.state().bookings.size() == 1);
    CHECK(day.city.tell(model::RemoveAgent{day.tess}).rejection() == Rejection::none);
    CHECK(day.city.state().bookings.empty());
    CHECK(hash_of(day.city.replayed()) == hash_of(day.city.state()));
}

TEST_CASE("an agent who cannot keep a booking any more is compared with the others") {
    Day day;
    auto const other = day.city.driver("OTHER", place(0));
    auto const booking = day.hold(10, {at(60), at(90)});
    day.city.tell(model::SetBusy{day.tess, {{at(0), at(600)}}});
    auto create = visit_at(10, {});
    create.booking = booking;
    auto const job = day.make(create);
    REQUIRE(day.city.offer(job) != nullptr);
    CHECK(day.city.offer(job)->agent == other);
}

TEST_CASE("windows: those that can be kept, the cheapest first, by whom, and not what is taken") {
    Day day;
    auto const near = day.city.newcomer("NEAR", place(5 * minute_m));
    REQUIRE(day.send(day.make(visit_at(8, {at(120), at(120)}))).rejection() == Rejection::none);
    auto const draft = draft_of(visit_at(10, {}, minutes(30)).stops, {});
    std::vector<model::Window> const windows{
        {at(-60), at(-30)}, {at(60), at(90)}, {at(120), at(130)}};
    // TESS passes 8 at 10:00 anyway. From 9:00 to 9:30 at 10: 10 there instead of 8, and 2 back.
    auto const found = windows_for(day.city.region, draft, windows, {}, day.city.now);
    REQUIRE(found.size() == 2);
    CHECK(found[0].window == windows[2]);
    REQUIRE(found[0].options.size() == 2);
    CHECK(found[0].options[0].agent == day.tess);
    CHECK(about(found[0].options[0].added, minutes(2)));
    CHECK(found[0].options[1].agent == near);
    CHECK(about(found[0].options[1].added, minutes(5)));
    CHECK(found[1].window == windows[1]);
    CHECK(found[1].options[0].agent == day.tess);
    CHECK(about(found[1].options[0].added, minutes(4)));
    // Held for an hour from then on, she is not offered for it.
    day.hold(8, {at(120), at(122)}, minutes(60));
    auto const left = windows_for(day.city.region, draft, {windows[2]}, {day.tess}, day.city.now);
    CHECK(left.empty());
}

}  // namespace posthaste::core::testing
