#include "load/events.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/prng.hpp"

using posthaste::Prng;
using posthaste::load::EventCutter;
using posthaste::load::StreamEvent;

namespace {

struct Got {
    std::string name;
    std::string data;
    bool operator==(Got const&) const = default;
};

constexpr std::string_view wire =
    ":\n\nevent: job\nid: 1-2-3\ndata: {\"id\":\"1\"}\n\n"
    "event: positions\r\ndata: a\r\ndata: b\r\n\r\n"
    "id: 1-3-0\nevent: agent\ndata: {}\n\n";
std::vector<Got> const whole{{"job", "{\"id\":\"1\"}"}, {"positions", "a\nb"}, {"agent", "{}"}};

}  // namespace

TEST_CASE("However the bytes are cut, the events are the same") {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        Prng prng{seed};
        EventCutter cutter;
        std::vector<Got> got;
        auto const take = [&](StreamEvent const& event) {
            got.push_back({std::string{event.name}, std::string{event.data}});
        };
        for (std::size_t at = 0; at < wire.size();) {
            auto const size = 1 + prng.below(20);
            REQUIRE(cutter.add(wire.substr(at, size), 5, take));
            at += size;
        }
        CHECK(got == whole);
        CHECK(cutter.last_id() == "1-3-0");
    }
}

TEST_CASE("What was cut off is dropped, and its id with it") {
    EventCutter cutter;
    std::vector<std::string> got;
    auto const take = [&](StreamEvent const& event) { got.emplace_back(event.data); };
    CHECK(cutter.add("id: 7\ndata: one\n\nid: 8\ndata: tw", 1, take));
    cutter.begin();
    CHECK(cutter.add("id: 8\ndata: two\n\n", 1, take));
    CHECK(got == std::vector<std::string>{"one", "two"});
    CHECK(cutter.last_id() == "8");
}

TEST_CASE("An event without an end is given up at its limit") {
    EventCutter cutter;
    std::string const much(posthaste::load::event_bytes_max / 2, 'x');
    auto const take = [](StreamEvent const&) {};
    CHECK(cutter.add(much, 1, take));
    CHECK(cutter.add(much, 1, take));
    CHECK_FALSE(cutter.add("x", 1, take));
}

TEST_CASE("A URL is a host and a port and nothing else") {
    using posthaste::load::parse_url;
    auto const full = parse_url("http://127.0.0.1:8080/");
    REQUIRE(full.ok());
    CHECK(full.value().host == "127.0.0.1");
    CHECK(full.value().port == "8080");
    REQUIRE(parse_url("http://example.org").ok());
    CHECK(parse_url("http://example.org").value().port == "80");
    for (auto const* const wrong :
         {"", "https://a", "http://", "http://a:b", "http://:80", "http://a/b", "http://a:"})
        CHECK_FALSE(parse_url(wrong).ok());
}
