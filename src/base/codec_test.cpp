#include "base/codec.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace posthaste {
namespace {

enum class Colour : std::uint8_t { red, green };
constexpr auto names_of(Colour) {
    return std::to_array<std::string_view>({"red", "green"});
}

struct Point {
    std::int32_t x = 0;
    Millis wait;
    bool operator==(Point const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "x", self.x);
        field(2, "wait", self.wait);
    }
};

struct Other {
    std::string text;
    bool operator==(Other const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "text", self.text); }
};

struct Shape {
    Colour colour = Colour::red;
    std::vector<Point> points;
    std::optional<Instant> at;
    std::map<std::string, std::uint64_t> counts;
    std::variant<Point, Other> any;
    std::array<std::int32_t, 2> pair{};
    bool operator==(Shape const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "colour", self.colour);
        field(2, "points", self.points);
        field(3, "at", self.at);
        field(4, "counts", self.counts);
        field(5, "any", self.any);
        field(6, "pair", self.pair);
    }
};

// The same struct as an older version knew it.
struct OldShape {
    Colour colour = Colour::red;
    std::array<std::int32_t, 2> pair{};
    bool operator==(OldShape const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "colour", self.colour);
        field(6, "pair", self.pair);
    }
};

Shape sample() {
    return {
        .colour = Colour::green,
        .points = {{3, Millis{-5}}, {}, {-2'000'000'000, Millis{std::int64_t{1} << 60U}}},
        .at = Instant{0},
        .counts = {{"a", 1}, {"b", ~std::uint64_t{0}}},
        .any = Other{std::string(300, 'x')},
        .pair = {1, -1}};
}

}  // namespace

TEST_CASE("a value survives its bytes") {
    CHECK(decode<Shape>(encode(sample())).value() == sample());
    CHECK(decode<Shape>(encode(Shape{})).value() == Shape{});
    CHECK(encode(Shape{}).size() == 1);  // every field has its default: only the length, 0
}

TEST_CASE("a reader skips the fields it does not know, and fills those that are missing") {
    auto const old = decode<OldShape>(encode(sample())).value();
    CHECK(old == OldShape{Colour::green, {1, -1}});
    auto const young = decode<Shape>(encode(old)).value();
    CHECK(young.points.empty());
    CHECK(young.pair == std::array<std::int32_t, 2>{1, -1});
}

TEST_CASE("fields are read in any order, also with unknown ones between, and a repeated one holds"
) {
    Point const point{3, Millis{-5}};
    CHECK(encode(point) == "\x04\x02\x06\x04\x09");
    CHECK(decode<Point>("\x04\x04\x09\x02\x06").value() == point);
    CHECK(decode<Point>("\x06\x04\x09\x06\x01\x02\x06").value() == point);
    CHECK(decode<Point>("\x06\x02\x01\x02\x06\x04\x09").value() == point);
    CHECK_FALSE(decode<Point>("\x03\x03\x01\x06").ok());  // text where a number must be
}

TEST_CASE("cut or changed bytes are corrupt or another value, never a crash") {
    std::string const bytes = encode(sample());
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        CHECK(!decode<Shape>(std::string_view{bytes}.substr(0, length)).ok());
    }
    CHECK(rc::check("changed bytes", [&] {
        std::string changed = bytes;
        auto const at = *rc::gen::inRange<std::size_t>(0, changed.size());
        changed[at] = static_cast<char>(*rc::gen::inRange(0, 256));
        auto const result = decode<Shape>(changed);
        if (result.ok()) RC_ASSERT(decode<Shape>(encode(result.value())).value() == result.value());
    }));
    CHECK(rc::check("any bytes", [](std::string const& bytes_given) {
        static_cast<void>(decode<Shape>(bytes_given));
    }));
}

TEST_CASE("an enum value without a name is corrupt") {
    CHECK(!decode<Shape>(std::string{"\x02\x02\x07", 3}).ok());
}

TEST_CASE("numbers of every size survive") {
    CHECK(rc::check("numbers", [](std::int64_t number, std::int32_t small) {
        Point const point{small, Millis{number}};
        RC_ASSERT(decode<Point>(encode(point)).value() == point);
    }));
}

}  // namespace posthaste
