#include "api/json.hpp"

#include <doctest/doctest.h>

#include "base/prng.hpp"

namespace posthaste::api {
namespace {

using views::written_instant_max;
using views::written_instant_min;

/// A random value of any described type, within what JSON can carry.
class Random {
public:
    explicit Random(std::uint64_t seed) : prng_{seed} {}

    template <class T>
    T make() {
        T value{};
        fill(value);
        return value;
    }

private:
    void fill(bool& value) { value = prng_.chance(500); }
    void fill(std::string& value) {
        constexpr std::string_view pieces[] = {
            "a", "\"", "\\", "\n", "\x01", "\x7f", "ö", "€", "😀", "/"};
        value.clear();
        while (prng_.chance(700))
            value += pieces[prng_.below(std::size(pieces))];
    }
    void fill(Instant& value) {
        value = Instant{prng_.between(written_instant_min.millis(), written_instant_max.millis())};
        if (prng_.chance(200)) value = instant_max;
        if (prng_.chance(200)) value = Instant{};
    }
    void fill(Digest& value) {
        if (prng_.chance(200)) return;
        for (auto& byte : value.bytes)
            byte = static_cast<std::uint8_t>(prng_.next());
    }
    void fill(model::Position& value) {
        value.lat = static_cast<std::int32_t>(prng_.between(-model::lat_max, model::lat_max));
        value.lon = static_cast<std::int32_t>(prng_.between(-model::lon_max, model::lon_max));
        if (prng_.chance(300)) value.lat = static_cast<std::int32_t>(prng_.between(-20, 20));
    }
    template <class Tag>
    void fill(Quantity<Tag>& value) {
        value = Quantity<Tag>{make<std::int64_t>()};
    }
    template <class T>
    void fill(std::optional<T>& value) {
        if (prng_.chance(500)) fill(value.emplace());
    }
    template <class T>
    void fill(std::vector<T>& value) {
        value.resize(prng_.below(4));
        for (auto& element : value)
            fill(element);
    }
    template <class T, std::size_t n>
    void fill(std::array<T, n>& value) {
        for (auto& element : value)
            fill(element);
    }
    template <class... Ts>
    void fill(std::variant<Ts...>& value) {
        std::size_t const index = prng_.below(sizeof...(Ts));
        std::size_t at = 0;
        ((at++ == index ? fill(value.template emplace<Ts>()) : void()), ...);
    }
    template <class T>
        requires std::is_integral_v<T>
    void fill(T& value) {
        value = static_cast<T>(prng_.next() >> prng_.below(64));
    }
    template <class T>
        requires std::is_enum_v<T>
    void fill(T& value) {
        if constexpr (NamedEnum<T>) {
            value = static_cast<T>(prng_.below(names_of(T{}).size()));
        } else {
            value = static_cast<T>(make<std::underlying_type_t<T>>());
        }
    }
    template <Described T>
        requires(!std::same_as<T, model::Position>)
    void fill(T& value) {
        T::fields(value, [&](unsigned, char const*, auto& field) { fill(field); });
    }

    Prng prng_;
};

template <class T>
T read(std::string_view text, detail::Names hidden = {}) {
    auto result = read_json<T>(text, hidden);
    CAPTURE(text);
    auto const* const value = std::get_if<T>(&result);
    if (value == nullptr) FAIL(to_json(std::get<Problem>(result)));
    return *value;
}

template <class T>
Problem problem_with(std::string_view text, detail::Names hidden = {}) {
    auto const result = read_json<T>(text, hidden);
    CAPTURE(text);
    REQUIRE(std::holds_alternative<Problem>(result));
    return std::get<Problem>(result);
}

template <class T>
std::string first_error(std::string_view text, detail::Names hidden = {}) {
    auto const problem = problem_with<T>(text, hidden);
    if (problem.errors.empty()) return problem.detail;
    return problem.errors[0].field + " " + problem.errors[0].detail;
}

}  // namespace

TEST_CASE("whatever command or event is written is read as the same") {
    Random random{42};
    for (int i = 0; i < 5000; ++i) {
        auto const command = random.make<model::Command>();
        auto const text = write_json(command);
        CAPTURE(text);
        auto const result = read_json<model::Command>(text);
        auto const* const problem = std::get_if<Problem>(&result);
        // A required name that happened to be empty is left out, and missed.
        if (problem != nullptr) {
            CHECK(problem->errors.front().detail == "is required");
        } else {
            REQUIRE(std::get<model::Command>(result) == command);
        }
    }
    for (int i = 0; i < 2000; ++i) {
        auto const event = random.make<model::Event>();
        auto const result = read_json<model::Event>(write_json(event));
        auto const* const problem = std::get_if<Problem>(&result);
        if (problem != nullptr) {
            CHECK(problem->errors.front().detail == "is required");
        } else {
            REQUIRE(std::get<model::Event>(result) == event);
        }
    }
}

TEST_CASE("a struct is written as its readers want it") {
    model::Stop stop{.place = {577'089'000, -119'746'000}, .service = Millis{600'000}};
    stop.window.earliest = Instant{1'763'712'000'000};
    stop.pickup.amount = {1, 20, 0, 0};
    CHECK(
        write_json(stop) == R"({"place":{"lat":57.7089,"lon":-11.9746},)"
                            R"("window":{"earliest":"2025-11-21T08:00:00.000Z"},"service":600000,)"
                            R"("pickup":[1,20,0,0],"dropoff":[0,0,0,0]})"
    );
    model::Command const accept =
        model::AcceptOffer{.offer = make_id<model::OfferId>(RegionId{7}, 9), .attempt = 12};
    CHECK(
        write_json(accept) == R"({"type":"AcceptOffer","offer":"1970324836974601","attempt":"12"})"
    );
    CHECK(
        read<model::AcceptOffer>(R"({"offer":1970324836974601,"attempt":12})") ==
        std::get<model::AcceptOffer>(accept)
    );
}

TEST_CASE("coordinates are exact, however they are written") {
    struct Row {
        std::string_view text;
        std::int32_t lat;
    };
    constexpr Row rows[] = {
        {"57.7089", 577'089'000},
        {"-0.0000001", -1},
        {"1e-7", 1},
        {"-1E-7", -1},
        {"5.77089e1", 577'089'000},
        {"577089000e-7", 577'089'000},
        {"0.00000005", 1},  // half up
        {"0.00000004", 0},
        {"0.99999999", 10'000'000},
        {"57.70890000000000000000000000000001", 577'089'000},
        {"90", 900'000'000},
        {"-90.0", -900'000'000},
        {"0", 0},
        {"-0", 0},
        {"1e-999999999", 0},
        {"0e999999999", 0},
    };
    for (auto const& row : rows) {
        CAPTURE(row.text);
        auto const text = R"({"lat":)" + std::string{row.text} + R"(,"lon":0})";
        CHECK(read<model::Position>(text).lat == row.lat);
    }
    for (std::string_view const wrong :
         {"90.0000001", "1e300", "1e99999999999999999999", "\"1\""}) {
        CAPTURE(wrong);
        auto const text = R"({"lat":)" + std::string{wrong} + R"(,"lon":0})";
        problem_with<model::Position>(text);
    }
    CHECK(first_error<model::Position>(R"({"lat":1})") == "lon is required");
}

TEST_CASE("instants are read with offsets and fractions, and refused when they are no dates") {
    auto const at = [](std::string_view text) {
        Instant instant;
        return from_text(text, instant) ? instant.millis() : -1;
    };
    CHECK(at("1970-01-01T00:00:00Z") == 0);
    CHECK(at("1970-01-01T02:00:00.5+02:00") == 500);
    CHECK(at("1969-12-31T22:30:00.123456789-01:30") == 123);
    CHECK(at("2024-02-29T00:00:00Z") == 1'709'164'800'000);
    CHECK(at("never") == instant_max.millis());
    for (auto const wrong :
         {"2023-02-29T00:00:00Z",
          "2023-13-01T00:00:00Z",
          "2023-01-01T24:00:00Z",
          "2023-01-01",
          "2023-01-01T00:00:00",
          "2023-01-01T00:00:00.Z",
          "2023-01-01T00:00:00Zz",
          "0000-01-01T00:00:00Z",
          "2023-1-01T00:00:00Z",
          "2023-01-01T00:00:60Z",
          ""}) {
        CAPTURE(wrong);
        CHECK(at(wrong) == -1);
    }
    CHECK(to_text(written_instant_min) == "0001-01-01T00:00:00.000Z");
    CHECK(to_text(written_instant_max) == "9999-12-31T23:59:59.999Z");
}

TEST_CASE("each wrong field is named by its path") {
    CHECK(
        first_error<model::CreateJob>(R"({"workflow":"ride","stops":[{"place":{"lat":1,"lon":2}},)"
                                      R"({"place":{"lat":1,"lon":200}}]})"
        ) == "stops[1].place.lon must be degrees from -180 to 180"
    );
    CHECK(
        first_error<model::CreateJob>(R"({"workflow":"ride","stops":[{}]})") ==
        "stops[0].place is required"
    );
    CHECK(
        first_error<model::CreateJob>(R"({"workflow":"r","stops":[],"priorty":1})") ==
        "priorty is not a field of this"
    );
    CHECK(
        first_error<model::CreateJob>(R"({"workflow":"r","stops":[],"priority":1.5})") ==
        "priority must be a whole number from -2147483648 to 2147483647"
    );
    CHECK(
        problem_with<model::CreateJob>(R"({"workflow":"r","stops":[],"priority":2147483648})")
            .status == 422
    );
    CHECK(
        first_error<model::CreateJob>(R"({"workflow":null,"stops":[]})") ==
        "workflow must not be null; leave it out"
    );
    CHECK(
        first_error<model::FinishStop>(R"({"stop":256})") ==
        "stop must be a whole number from 0 to 255"
    );
    CHECK(
        first_error<model::FinishStop>(R"({"stop":1,"assignment":"-1"})") ==
        "assignment must be a number below 2^64"
    );
    CHECK(
        first_error<model::SetAvailability>(R"({"availability":"asleep"})") ==
        "availability must be one of off paused on_duty"
    );
    CHECK(first_error<model::SetAvailability>("[]") == " must be an object");
    CHECK(first_error<model::Command>(R"({"type":"Nothing"})") == "type is not known");
    CHECK(problem_with<model::CreateJob>("{}").errors.size() == 2);
}

TEST_CASE("a field that the path gives is not the body's to give") {
    constexpr std::array<std::string_view, 1> hidden{"offer"};
    CHECK(
        first_error<model::AcceptOffer>(R"({"offer":"1","attempt":"1"})", hidden) ==
        "offer is not a field of this"
    );
    CHECK(read<model::AcceptOffer>(R"({"attempt":"1"})", hidden).attempt == 1);
}

TEST_CASE("text that is not JSON, or too much of it, is refused") {
    CHECK(parse_json(R"({"a":[1,-2.5e3,"x",true,null]})").ok());
    for (std::string_view const wrong :
         {"",
          "{",
          "{} {}",
          "{\"a\":1,}",
          "{'a':1}",
          "[1 2]",
          "01",
          "nul",
          "\"\xff\"",
          "[NaN]",
          "{\"a\":1,\"b\":2,\"a\":3}",
          "// comment\n1",
          "\"\n\""}) {
        CAPTURE(wrong);
        auto const parsed = parse_json(wrong);
        REQUIRE(!parsed.ok());
        CHECK(parsed.error().code == Errc::malformed);
    }
    std::string deep(17, '[');
    deep += std::string(17, ']');
    CHECK(!parse_json(deep).ok());
    CHECK(parse_json(deep.substr(1, 32)).ok());
    CHECK(!parse_json("[1,2,3]", {.values_max = 3}).ok());
    CHECK(parse_json("[1,2]", {.values_max = 3}).ok());
    auto const twice = parse_json(R"({"a":1,"a":2})");
    CHECK(twice.error().detail.find("'a'") != std::string::npos);
}

TEST_CASE("a string that is not UTF-8 is written as one that is") {
    JsonText out;
    out.string("a\xff\xc0\x80\xed\xa0\x80ö\xf0\x9f\x98");
    CHECK(parse_json(out.text()).ok());
    CHECK(out.text().starts_with("\"a\xEF\xBF\xBD"));
}

}  // namespace posthaste::api
