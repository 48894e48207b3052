#include "load/work.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

using posthaste::load::Act;
using posthaste::load::steps_of;
using posthaste::load::Stops;
using posthaste::load::workflow_of;

TEST_CASE("Every state that agents say stands in its workflow's file") {
    for (auto const* const name : {"ride", "parcel", "field_service"}) {
        std::string file{name};
        std::ranges::replace(file, '_', '-');
        std::ifstream in{std::string{POSTHASTE_WORKFLOWS} + "/" + file + ".toml"};
        REQUIRE(in);
        std::stringstream text;
        text << in.rdbuf();
        auto const steps = steps_of(name);
        REQUIRE_FALSE(steps.empty());
        for (auto const& step : steps) {
            if (step.act != Act::say) continue;
            auto const state = "\nname = \"" + std::string{step.text} + "\"\n";
            CHECK_MESSAGE(text.str().find(state) != std::string::npos, state);
        }
    }
}

TEST_CASE("A trip's kind and stops choose its workflow") {
    CHECK(workflow_of("parcel", Stops::two) == "parcel");
    CHECK(workflow_of("ride", Stops::two) == "ride");
    CHECK(workflow_of("school run", Stops::two) == "ride");
    CHECK(workflow_of("incident", Stops::one) == "field_service");
    CHECK(steps_of("of somebody else").empty());
}
