#include "road/check.hpp"

#include <doctest/doctest.h>

#include "road/testing.hpp"

namespace posthaste::road {
namespace {

TEST_CASE("columns that lead outside, or are out of order, are named") {
    auto const whole = testing::random_city(2, 5);
    REQUIRE(check(network_of(whole)).ok());
    auto const is_found = [&](auto const& change, std::string const& column) {
        auto broken = whole;
        change(broken);
        auto const checked = check(network_of(broken));
        INFO(column);
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().code == Errc::corrupt);
        CHECK(checked.error().detail.find(column) != std::string::npos);
    };
    is_found([](auto& c) { c.edge_head[3] = none; }, "edge_head");
    is_found([](auto& c) { c.edge_tail[3] = 1'000'000; }, "edge_tail");
    is_found([](auto& c) { c.edge_first[2] = none; }, "edge_first");
    is_found([](auto& c) { c.edge_twin[3] = 1'000'000; }, "edge_twin");
    is_found([](auto& c) { c.edge_speeds.pop_back(); }, "edge_speeds");
    is_found([](auto& c) { c.edge_segment[0] = none; }, "edge_segment");
    is_found([](auto& c) { c.shape_first[1] = 0; }, "shape");
    is_found([](auto& c) { c.names.back() = 'x'; }, "names");
    is_found([](auto& c) { c.segment_name[0] = 1'000'000; }, "segment_name");
    is_found([](auto& c) { c.turn_to[0] = none; }, "turn_to");
    is_found([](auto& c) { c.turn_first.pop_back(); }, "turn_first");
    is_found([](auto& c) { c.turn_profiles.pop_back(); }, "turn_profiles");
    is_found([](auto& c) { c.rank[0] = c.rank[1]; }, "rank");
    is_found([](auto& c) { c.up_head[0] = 0; }, "up_head");
    is_found([](auto& c) { c.turn_arc[0] = none - 1; }, "turn_arc");
    is_found([](auto& c) { std::swap(c.turn_arc[0], c.turn_arc[4]); }, "turn_arc");
    is_found([](auto& c) { c.edge_traits[0].is_backward ^= 1; }, "edge_traits");
    is_found([](auto& c) { c.edge_traits[0].is_backward = 7; }, "edge_traits");
    REQUIRE_FALSE(whole.copy_of.empty());
    is_found([](auto& c) { c.copy_of[0] = c.copy_of[0] == 0 ? 5 : 0; }, "turn_to");
}

}  // namespace
}  // namespace posthaste::road
