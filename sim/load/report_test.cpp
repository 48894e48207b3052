#include "load/report.hpp"

#include <doctest/doctest.h>

using posthaste::load::Report;

TEST_CASE("The table and the lines say the same run") {
    Report report;
    report.name = "baseline";
    report.agents = 3;
    report.demand_ms = 2000;
    report.verdict.asked = 20;
    report.verdict.allocated = 19;
    report.verdict.missed = 1;
    report.commands = 1000;
    report.retries = 2;
    for (int i = 1; i <= 20; ++i)
        report.office.told.add(i * 1000);
    auto const table = posthaste::load::table_of(report);
    CHECK(table.find("3 agents, 2 s, 10.0 jobs/s") != std::string::npos);
    CHECK(table.find("95.000 %") != std::string::npos);
    auto const lines = posthaste::load::json_lines_of(report);
    auto const has = [&](std::string const& line) {
        return lines.find(R"({"profile":"baseline","agents":3,"metric":")" + line) !=
               std::string::npos;
    };
    CHECK(has(R"(success","value":95,"unit":"%"})"));
    CHECK(has(R"(retries_percent","value":0.2,"unit":"%"})"));
    CHECK(has(R"(told_p50_ms","value":10,"unit":"ms"})"));
    CHECK(has(R"(snapshot_count","value":0,"unit":""})"));
    CHECK_FALSE(has("clock_gap_percent"));
}

TEST_CASE("The gap is between the means of the same way, measured here and there") {
    Report report;
    report.office.told_sent.add(1000);
    CHECK_FALSE(report.clock_gap());
    report.server_seen = posthaste::load::ServerSeen::from(
        "posthaste_layer_seconds_count{layer=\"seen\"} 2\n"
        "posthaste_layer_seconds_sum{layer=\"seen\"} 0.00199\n"
    );
    CHECK(report.clock_gap() == 5000);  // 0.5 %
    CHECK(posthaste::load::table_of(report).find("0.500 % apart") != std::string::npos);
    CHECK(Report{}.retries_per_million() == 0);
}
