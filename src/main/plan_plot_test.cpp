#include "main/plan_plot.hpp"

#include <doctest/doctest.h>

namespace posthaste::main {

TEST_CASE("the picture shows the plans that are as good as the last but for cost") {
    auto const drawn = convergence_plot(
        {{10, 500'000, {1, 0, 100, 0}},
         {20, 1'000'000, {0, 0, 3000, 0}},
         {30, 2'000'000, {0, 0, 2000, 0}},
         {40, 4'000'000, {0, 0, 1000, 0}}},
        10
    );
    CHECK(drawn.starts_with("<svg"));
    // From a quarter of the way to half of it and to the end, falling by half of the height each.
    CHECK(drawn.find("M250.0 70.0H250.0V70.0H430.0V230.0H790.0V390.0") != std::string::npos);
    CHECK(drawn.find(">300.0<") != std::string::npos);
    CHECK(drawn.find(">100.0<") != std::string::npos);
    CHECK(drawn.find(">4.0 s<") != std::string::npos);
    CHECK(convergence_plot({{40, 0, {}}}, 1).find("40 steps") != std::string::npos);
}

}  // namespace posthaste::main
