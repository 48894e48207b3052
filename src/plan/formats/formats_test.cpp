#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "plan/formats/euclid.hpp"
#include "plan/formats/read_problem.hpp"

namespace posthaste::plan {

namespace {

NamedProblem read(std::string const& text) {
    auto read = read_problem(text);
    INFO((read.ok() ? std::string{} : read.error().detail));
    REQUIRE(read.ok());
    return std::move(read).value();
}

std::string error_of(std::string const& text) {
    auto const read = read_problem(text);
    REQUIRE(!read.ok());
    return read.error().detail;
}

std::int32_t distance(NamedProblem const& read, std::uint32_t from, std::uint32_t to) {
    auto const& leg = read.problem.leg(0, from, to);
    CHECK(leg.time == leg.distance);
    return leg.distance;
}

std::string const solomon =
    "X101\r\n\r\nVEHICLE\r\nNUMBER     CAPACITY\r\n  3   200\r\n\r\nCUSTOMER\r\n"
    "CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME\r\n \r\n"
    "    0  0  0   0    5  1236   0\r\n"
    "    1  3  4  10   12    67  90\r\n"
    "    2  1  1  20    0   900   7\r\n";

std::string const lilim =
    "4\t50\t1\n"
    "0\t0\t0\t0\t0\t100\t0\t0\t0\n"
    "1\t1\t1\t7\t10\t50\t2\t0\t2\n"
    "2\t3\t4\t-7\t20\t60\t3\t1\t0\n";

std::string const cvrp =
    "NAME : small\nCOMMENT : (three nodes)\nTYPE : CVRP\nDIMENSION : 3\n"
    "EDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 30\nNODE_COORD_SECTION\n"
    "1 0 0\n2 1 1\n3 1.5 0\nDEMAND_SECTION\n1 0\n2 10\n3 20\nDEPOT_SECTION\n1\n-1\nEOF\n";

std::string with(std::string text, std::string const& from, std::string const& to) {
    auto const at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("Solomon: distances are cut to one decimal, times are in tenths") {
    auto const it = read(solomon);
    CHECK(it.format == Format::solomon);
    CHECK(it.name == "X101");
    CHECK(it.scale == 10);
    CHECK(it.problem.vehicles.size() == 3);
    CHECK(it.problem.vehicles[2].capacity[0] == 200);
    CHECK(it.problem.vehicles[2].shift == Window{50, 12'360});
    CHECK(it.problem.vehicles[2].fixed == 0);
    REQUIRE(it.problem.jobs.size() == 2);
    CHECK(it.jobs == std::vector<std::string>{"1", "2"});
    auto const& visit = it.problem.jobs[0].visits[0];
    CHECK(visit.place == 1);
    CHECK(visit.windows == std::vector<Window>{{120, 670}});
    CHECK(visit.service == 900);
    CHECK(visit.dropoff[0] == 10);
    CHECK(distance(it, 0, 1) == 50);  // a 3-4-5 triangle
    CHECK(distance(it, 0, 2) == 14);  // the root of 2 is 1.41
    CHECK(distance(it, 2, 1) == 36);  // the root of 13 is 3.61
    CHECK(distance(it, 1, 1) == 0);
}

TEST_CASE("Li and Lim: pairs are jobs, distances are rounded up, a vehicle costs more than any way"
) {
    auto const it = read(lilim);
    CHECK(it.format == Format::lilim);
    CHECK(it.scale == 100'000);
    REQUIRE(it.problem.jobs.size() == 1);
    CHECK(it.jobs[0] == "1/2");
    auto const& visits = it.problem.jobs[0].visits;
    REQUIRE(visits.size() == 2);
    CHECK(visits[0].pickup[0] == 7);
    CHECK(visits[0].dropoff[0] == 0);
    CHECK(visits[1].place == 2);
    CHECK(visits[1].dropoff[0] == 7);
    CHECK(visits[1].windows == std::vector<Window>{{2'000'000, 6'000'000}});
    CHECK(visits[1].service == 300'000);
    CHECK(distance(it, 0, 1) == 141'422);  // 1.4142135...
    CHECK(distance(it, 0, 2) == 500'000);  // exact
    CHECK(distance(it, 1, 2) == 360'556);  // 3.6055512...
    REQUIRE(it.problem.vehicles.size() == 4);
    CHECK(it.problem.vehicles[0].fixed > 6 * 500'000);  // 2 visits and 4 vehicles
}

TEST_CASE("VRPLIB: distances to the nearest, a vehicle a job") {
    auto const it = read(cvrp);
    CHECK(it.format == Format::vrplib);
    CHECK(it.name == "small");
    CHECK(it.jobs == std::vector<std::string>{"2", "3"});
    CHECK(it.problem.vehicles.size() == 2);
    CHECK(it.problem.vehicles[0].capacity[0] == 30);
    CHECK(it.problem.jobs[1].visits[0].dropoff[0] == 20);
    CHECK(distance(it, 0, 1) == 1);
    CHECK(distance(it, 0, 2) == 2);  // 1.5 counts as 2
    CHECK(distance(it, 1, 2) == 1);  // 1.118
    auto const up = read(with(cvrp, "EUC_2D", "CEIL_2D"));
    CHECK(distance(up, 0, 1) == 2);
    CHECK(distance(up, 1, 2) == 2);
}

TEST_CASE("VRPLIB: a salesman, and the same matrix in every layout") {
    std::string const head =
        "NAME: t\nTYPE: TSP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: ";
    for (std::string const layout :
         {"FULL_MATRIX\nEDGE_WEIGHT_SECTION\n0 1 2\n1 0 5\n2 5 0",
          "LOWER_ROW\nEDGE_WEIGHT_SECTION\n1\n2 5",
          "LOWER_DIAG_ROW\nEDGE_WEIGHT_SECTION\n0 1\n0 2 5 0",
          "UPPER_ROW\nEDGE_WEIGHT_SECTION\n1 2\n5",
          "UPPER_DIAG_ROW\nEDGE_WEIGHT_SECTION\n0 1 2 0 5 0",
          "LOWER_COL\nEDGE_WEIGHT_SECTION\n1 2 5",
          "UPPER_COL\nEDGE_WEIGHT_SECTION\n1 2 5"}) {
        CAPTURE(layout);
        auto const it = read(head + layout + "\nEOF\n");
        CHECK(it.problem.vehicles.size() == 1);
        CHECK(it.problem.jobs.size() == 2);
        CHECK(distance(it, 0, 1) == 1);
        CHECK(distance(it, 0, 2) == 2);
        CHECK(distance(it, 1, 2) == 5);
        CHECK(distance(it, 2, 1) == 5);
    }
}

TEST_CASE("VRPLIB: own times, windows and services; the depot's window is the shift") {
    auto const it = read(
        "NAME : n\nTYPE : VRPTW\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EXPLICIT\nVEHICLES : 5\n"
        "EDGE_WEIGHT_FORMAT : FULL_MATRIX\nCAPACITY : 9\nEDGE_WEIGHT_SECTION\n0\t27\n30\t0\n"
        "NODE_COORD_SECTION\n1 5 5\n2 7 7\nDEMAND_SECTION\n1 0\n2 4\nDEPOT_SECTION\n1\n-1\n"
        "SERVICE_TIME_SECTION\n1 0\n2 78\nTIME_WINDOW_SECTION\n1 0 450\n2 100 195\nEOF\n"
    );
    CHECK(it.problem.vehicles.size() == 5);
    CHECK(it.problem.vehicles[0].shift == Window{0, 450});
    CHECK(it.problem.jobs[0].visits[0].service == 78);
    CHECK(it.problem.jobs[0].visits[0].windows == std::vector<Window>{{100, 195}});
    CHECK(distance(it, 0, 1) == 27);
    CHECK(distance(it, 1, 0) == 30);
}

TEST_CASE("what is wrong is told with its line and what was expected") {
    CHECK(
        error_of("") ==
        "line 0: expected the name of a Solomon instance before VEHICLE, the "
        "three numbers of a Li-Lim instance, or a VRPLIB key before a colon, "
        "found \"\""
    );
    CHECK(
        error_of(with(solomon, "  3   200", "  3   x")) ==
        "line 5: expected the capacity as a whole number from 0 to 1000000, found \"x\""
    );
    CHECK(
        error_of(with(solomon, "    2  1  1", "    7  1  1")) ==
        "line 12: expected a row's number as a whole number from 2 to 2, found \"7\""
    );
    CHECK(error_of(with(solomon, "12    67", "120   67")).starts_with("line 11: expected a due"));
    CHECK(error_of(with(lilim, "4\t50\t1", "4\t50\t2")).starts_with("line 1: expected the speed"));
    CHECK(
        error_of(with(lilim, "-7\t20", "-6\t20")) ==
        "line 3: expected the delivery of 1, which names it and drops its demand, found \"2\""
    );
    CHECK(error_of(with(lilim, "\t0\t2\n", "\t0\t9\n")).starts_with("line 3: expected the deliv"));
    CHECK(
        error_of(with(cvrp, "EUC_2D", "GEO")) ==
        "line 5: expected EDGE_WEIGHT_TYPE as EUC_2D, CEIL_2D or EXPLICIT, found \"GEO\""
    );
    CHECK(error_of(with(cvrp, "3 20\n", "")).starts_with("line 13: expected DEMAND_SECTION with 3")
    );
    CHECK(error_of(with(cvrp, "COMMENT", "MAX_TRIPS")).starts_with("line 2: expected a key"));
    CHECK(error_of(with(cvrp, "DIMENSION : 3", "DIMENSION : 99999")).starts_with("line 4"));
    CHECK(
        error_of(with(cvrp, "3 1.5", "2 1.5")) == "line 10: expected each node once, found \"2\""
    );
    CHECK(error_of(with(cvrp, "1.5 0", "1.5004 0"))
              .starts_with("line 10: expected x as a number from -1000000 to 1000000"));
    CHECK(error_of(with(lilim, "2\t3\t4", "2\t30000\t4")).find("too far") != std::string::npos);
}

TEST_CASE("every instance of the benchmarks is a problem") {
    std::filesystem::path const data{POSTHASTE_SHARED_DATA};
    if (!std::filesystem::exists(data / "instances")) {
        MESSAGE("skipped: there is no " << (data / "instances").string());
        return;
    }
    std::size_t read_count = 0;
    for (auto const& [folder, jobs] : std::vector<std::pair<std::string, std::size_t>>{
             {"solomon", 100}, {"homberger/200", 200}, {"lilim/100", 0}, {"x", 0}}) {
        for (auto const& file : std::filesystem::directory_iterator{data / "instances" / folder}) {
            if (file.path().extension() == ".csv" || file.file_size() > 10'000) continue;
            std::stringstream text;
            text << std::ifstream{file.path()}.rdbuf();
            CAPTURE(file.path());
            auto const it = read(text.str());
            ++read_count;
            CHECK((jobs == 0 || it.problem.jobs.size() == jobs));
        }
    }
    CHECK(read_count > 80);
}

}  // namespace posthaste::plan
