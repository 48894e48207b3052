#include "api/metrics.hpp"

#include <doctest/doctest.h>

namespace posthaste::api {
namespace {
bool says(std::string const& text, std::string const& line) {
    return text.find(line + "\n") != std::string::npos;
}
TEST_CASE("where travel times come from is a gauge with one 1, and each answer is counted") {
    Metrics const metrics;
    TravelStats travel{.source = model::TravelSource::historical};
    travel.answered = {1, 0, 2, 3, 0};
    travel.traffic = node::TrafficCounts{.reports = 4};
    auto const text = metrics.text({}, travel);
    auto const has = [&](std::string_view line) { return text.find(line) != std::string::npos; };
    CHECK(has("posthaste_travel_source{source=\"historical\"} 1\n"));
    CHECK(has("posthaste_travel_source{source=\"live\"} 0\n"));
    CHECK(has("posthaste_travel_times_total{source=\"great_circle\"} 1\n"));
    CHECK(has("posthaste_travel_times_total{source=\"historical\"} 3\n"));
    CHECK(has("posthaste_road_reports 4\n"));
}

}  // namespace

TEST_CASE("what came of plans is counted, where somebody plans again") {
    Metrics const metrics;
    auto const text = metrics.text({}, {}, node::ReplanCounts{.proposed = 3, .stale = 1});
    CHECK(says(text, "posthaste_replan_proposals_total 3"));
    CHECK(says(text, "posthaste_replan_stale_total 1"));
    CHECK(metrics.text({}, {}).find("replan") == std::string::npos);
}

TEST_CASE("metrics say how long each layer took, its budget, and what was refused") {
    Metrics metrics{{.micros = {1000, 2000, 3000, 4000, 5000}}};
    metrics.observe(Layer::decide, 150);
    metrics.observe(Layer::decide, 250);
    metrics.answered(200);
    metrics.answered(200);
    metrics.refused("job_unknown");
    auto const text = metrics.text({.connections = 3, .subscribers_cut = 2}, {});
    CHECK(says(text, R"(posthaste_layer_seconds_count{layer="decide"} 2)"));
    CHECK(says(text, R"(posthaste_layer_seconds_count{layer="seen"} 0)"));
    CHECK(says(text, R"(posthaste_layer_budget_seconds{layer="commit"} 0.003)"));
    CHECK(says(text, R"(posthaste_http_answers_total{status="200"} 2)"));
    CHECK(says(text, R"(posthaste_refusals_total{reason="job_unknown"} 1)"));
    CHECK(says(text, "posthaste_http_connections 3"));
    CHECK(says(text, "posthaste_http_subscribers_cut_total 2"));
}

TEST_CASE("reasons without end do not make labels without end") {
    Metrics metrics;
    for (std::size_t i = 0; i < reasons_max + 10; ++i)
        metrics.refused("reason_" + std::to_string(i));
    auto const text = metrics.text({}, {});
    CHECK(says(text, R"(posthaste_refusals_total{reason="other"} 10)"));
    CHECK(says(text, R"(posthaste_refusals_total{reason="reason_255"} 1)"));
    CHECK(text.find("reason_256") == std::string::npos);
}

}  // namespace posthaste::api
