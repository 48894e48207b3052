#include "main/eta_report.hpp"

#include "node/testing.hpp"

namespace posthaste::main {
namespace {

using node::testing::phone;
using node::testing::place;
using node::testing::ride;
using node::testing::Station;
using node::testing::town;

/// One ride whose driver arrives so much later than was foreseen.
void drive_late(Station& station, model::AgentId driver, std::uint64_t& operation, Millis late) {
    auto const made = station.tell(town, ride(place(3000), place(0)));
    model::JobId const job{made.answer.value().subject};
    auto const* const offer = station.offer(job);
    REQUIRE(offer != nullptr);
    station.tell(town, model::AcceptOffer{offer->id, offer->attempt}, phone(driver, ++operation));
    auto const assignment = station.state().jobs.at(job).slots[0].assignment;
    auto const step = [&](std::string const& to) {
        station.tell(
            town,
            model::TransitionJob{.job = job, .assignment = assignment, .to = to},
            phone(driver, ++operation)
        );
    };
    step("en_route");
    auto const foreseen = station.state().agents.at(driver).route[0].arrival;
    station.clock.time = foreseen + late;
    station.see(town, driver, place(3000));
    for (auto const* const to : {"on_board", "completed"})
        step(to);
    station.see(town, driver, place(0));
}

EtaSample sample(std::int64_t late_s, std::int64_t ahead_min = 6, std::int64_t hour = 8) {
    return {
        .told = Instant{hour * 3'600'000},
        .ahead = Millis{ahead_min * 60'000},
        .spread = Millis{60'000},
        .late = Millis{late_s * 1000}};
}

}  // namespace

TEST_CASE("each drive that came to its stop is held against what was foreseen when it began") {
    Station station;
    station.set_up();
    auto const driver = station.driver("D", place(0));
    std::uint64_t operation = 0;
    for (auto const late : {Millis{20'000}, Millis{-30'000}, Millis{0}})
        drive_late(station, driver, operation, late);
    auto const samples = eta_samples(station.log, town);
    REQUIRE(samples.ok());
    REQUIRE(samples.value().size() == 3);
    CHECK(samples.value()[0].late == Millis{20'000});
    CHECK(samples.value()[1].late == Millis{-30'000});
    CHECK(samples.value()[2].late == Millis{0});
    CHECK(samples.value()[0].agent == driver);
    CHECK(samples.value()[0].source == model::TravelSource::great_circle);
    CHECK(samples.value()[0].spread == Millis{samples.value()[0].ahead.count() / 2});
}

TEST_CASE("figures: the error without its sign, the middle one, and who kept p50 and p90") {
    auto const figures = judge({sample(-30), sample(0), sample(30), sample(90), sample(600)});
    CHECK(figures.drives == 5);
    CHECK(figures.mean_error == Millis{150'000});  // 750 s of five
    CHECK(figures.bias == Millis{30'000});
    CHECK(figures.within_p50 == 400);
    CHECK(figures.within_p90 == 600);
    CHECK(judge({}).drives == 0);
}

TEST_CASE("groups by hour and by how far ahead, and a picture of them") {
    std::vector<EtaSample> const samples{sample(0, 2, 1), sample(0, 7, 1), sample(0, 45, 26)};
    CHECK(by_hour(samples).size() == 2);  // the hours 1 and 2
    auto const ahead = by_minutes_ahead(samples);
    REQUIRE(ahead.size() == 3);
    CHECK(ahead.contains(0));
    CHECK(ahead.contains(5));
    CHECK(ahead.contains(40));
    auto const picture = plot(samples);
    CHECK(picture.starts_with("<svg"));
    CHECK(picture.ends_with("</svg>\n"));
    CHECK(picture.find("nan") == std::string::npos);
    CHECK(plot({}).ends_with("</svg>\n"));
}

}  // namespace posthaste::main
