#include <doctest/doctest.h>

#include <sstream>

#include "bench/plan/dispatch_wire.hpp"

namespace posthaste::bench {

namespace {

// What the environment writes for a depot, three customers and one request; shortened.
constexpr auto first_line =
    R"({"observation": {"current_epoch": 0, "epoch_instance": {)"
    R"("customer_idx": [0, 2], "request_idx": [0, 1], "demands": [0, 1],)"
    R"("time_windows": [[0, 20000], [0, 9000]], "service_times": [0, 60],)"
    R"("must_dispatch": [false, true]}}, "info": {"dynamic_context": {)"
    R"("time_windows": [[0, 23600], [0, 9000], [0, 9000], [0, 9000]], "demands": [0, 1, 1, 1],)"
    R"("capacity": 5, "service_times": [0, 60, 60, 60],)"
    R"("duration_matrix": [[0, 9, 9, 9], [9, 0, 9, 9], [9, 9, 0, 9], [9, 9, 9, 0]]}}})";

std::string said(std::string const& lines, bool expected_ok) {
    std::istringstream in{lines};
    std::ostringstream out;
    Effort effort;
    effort.steps = 5;
    CHECK(serve_environment(in, out, effort).ok() == expected_ok);
    return out.str();
}

TEST_CASE("asks for a day, sends its routes and ends when it is done") {
    auto const done = R"({"observation": null, "done": true, "info": {"error": null}})";
    auto const both = std::string{first_line} + "\n" + done + "\n";
    CHECK(
        said(both, true) ==
        "{\"action\": \"reset\", \"data\": null}\n{\"action\": \"step\", \"data\": [[1]]}\n"
    );
}

TEST_CASE("a refusal, an end and a line that is none are errors") {
    auto const refused =
        R"({"observation": null, "done": true, "info": {"error": "Must-dispatch"}})";
    (void)said(std::string{first_line} + "\n" + refused + "\n", false);
    (void)said(std::string{first_line} + "\n", false);
    (void)said("{\"observation\": {}, \"info\": {\"dynamic_context\": null}}\n", false);
    (void)said("no json\n", false);
}

}  // namespace

}  // namespace posthaste::bench
