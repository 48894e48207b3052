#include "load/server_seen.hpp"

#include <doctest/doctest.h>

#include <string>

using posthaste::load::ServerSeen;

namespace {

/// Samples by bucket of 1, 2 and 4 ms, and above.
std::string metrics(int one, int two, int four, int above, double sum) {
    auto const line = [](char const* part, std::string const& labels, std::string const& value) {
        return "posthaste_layer_seconds" + std::string{part} + "{" + labels + "} " + value + "\n";
    };
    std::string const seen = R"(layer="seen")";
    auto const bucket = [&](char const* bound, int below) {
        return line("_bucket", seen + ",le=\"" + bound + "\"", std::to_string(below));
    };
    auto const count = one + two + four + above;
    return "# TYPE posthaste_layer_seconds histogram\n" +
           line("_count", R"(layer="decide")", "99") + line("_count", seen, std::to_string(count)) +
           line("_sum", seen, std::to_string(sum)) + bucket("0.001", one) +
           bucket("0.002", one + two) + bucket("0.004", one + two + four) + bucket("+Inf", count);
}

}  // namespace

TEST_CASE("what the server saw between two looks: count, mean and percentiles of its buckets") {
    auto const before = ServerSeen::from(metrics(1, 0, 0, 0, 0.0005));
    auto const after = ServerSeen::from(metrics(1, 10, 10, 0, 0.0505));
    REQUIRE(before);
    REQUIRE(after);
    auto const seen = after->since(*before);
    CHECK(seen.count() == 20);
    CHECK(seen.mean() == 2500);
    // The 5th of ten between 1 and 2 ms; the last of ten between 2 and 4 ms.
    CHECK(seen.percentile(2500) == 1500);
    CHECK(seen.percentile(10'000) == 4000);
}

TEST_CASE("what is above every bound is at least the last, and of nothing there is nothing") {
    CHECK(ServerSeen::from(metrics(0, 0, 0, 5, 1))->percentile(5000) == 4000);
    CHECK(ServerSeen::from(metrics(0, 0, 0, 0, 0))->mean() == 0);
    CHECK(ServerSeen::from(metrics(0, 0, 0, 0, 0))->percentile(5000) == 0);
    CHECK_FALSE(ServerSeen::from(""));
    CHECK_FALSE(ServerSeen::from("posthaste_layer_seconds_count{layer=\"decide\"} 7\n"));
}
