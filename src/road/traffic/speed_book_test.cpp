#include "road/traffic/speed_book.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "road/testing.hpp"

namespace posthaste::road {
namespace {

// Thursday, 28 May 2026, 20:26:40 UTC.
constexpr Instant thursday{1'780'000'000'000};
constexpr Millis minute{60'000};
constexpr Millis hour{3'600'000};
constexpr Millis day{86'400'000};
constexpr Millis week = day * 7;

struct City {
    OwnedColumns columns = testing::random_city(11, 8);
    Network network = network_of(columns);
    Digest digest = posthaste::digest("a city");
    SpeedBook book{network, digest};

    /// An edge of at least `seconds`; the `skip`th.
    EdgeId long_edge(std::int32_t seconds, int skip = 0) const {
        for (EdgeId edge = 0; edge < network.edge_count(); ++edge)
            if (edge_time(network, edge, Profile::car) >= seconds * 1000 && skip-- == 0)
                return edge;
        return none;
    }
    Passage passage(EdgeId edge, Instant entered, std::int64_t per_mille) const {
        auto const free = edge_time(network, edge, Profile::car);
        return {model::AgentId{1}, edge, whole_edge, entered, Millis{free * per_mille / 1000}};
    }
    void learn(EdgeId edge, Instant entered, std::int64_t per_mille, int times = 1) {
        for (int i = 0; i < times; ++i)
            book.learn(passage(edge, entered, per_mille), Profile::car);
    }
    /// All edges, so that `seconds` of evidence are there for each.
    void learn_all(Instant entered, std::int64_t per_mille, std::int64_t seconds) {
        for (EdgeId edge = 0; edge < network.edge_count(); ++edge) {
            auto const free = edge_time(network, edge, Profile::car);
            learn(edge, entered, per_mille, static_cast<int>(seconds * 1000 / free + 1));
        }
    }
};

std::size_t index_of(model::TravelSource source) {
    return static_cast<std::size_t>(source);
}

TEST_CASE("an hour of the week counts from Monday, before 1970 too") {
    CHECK(hour_of_week(Instant{0}) == 3 * 24);
    CHECK(hour_of_week(Instant{-1}) == 2 * 24 + 23);
    CHECK(hour_of_week(thursday) == 3 * 24 + 20);
    CHECK(hour_of_week(thursday + day * 4) == 20);
}

TEST_CASE("where nothing is known all is as in free flow") {
    City const city;
    auto const traffic = city.book.factors(thursday);
    CHECK(traffic.source == model::TravelSource::free_flow);
    CHECK(traffic.confidence == 0);
    CHECK(
        traffic.edge_count[index_of(model::TravelSource::free_flow)] == city.network.edge_count()
    );
    CHECK(std::ranges::count(traffic.factors.per_mille, as_free) == city.network.edge_count());
}

TEST_CASE("a slow edge is told from its neighbours, and an hour from the others") {
    City city;
    auto const slow = city.long_edge(10);
    auto const past = thursday - week;
    city.learn_all(past, 1500, 60);
    city.learn_all(past + hour * 6, 1000, 60);
    city.learn(slow, past, 3000, 60);
    auto const then = city.book.factors(thursday + Millis{200'000});  // 20:30, the hour's middle
    CHECK(then.source == model::TravelSource::historical);
    CHECK(then.confidence > 500);
    CHECK(then.edge_count[index_of(model::TravelSource::historical)] == city.network.edge_count());
    auto const other = city.long_edge(10, 1);
    CHECK(then.factors.per_mille[slow] > 2500);
    CHECK(then.factors.per_mille[slow] < 3100);
    CHECK(then.factors.per_mille[other] > 1350);
    CHECK(then.factors.per_mille[other] < 1700);
    auto const later = city.book.factors(thursday + Millis{200'000} + hour * 6);
    CHECK(later.factors.per_mille[other] < 1150);
}

TEST_CASE("between the middles of two hours it is between theirs") {
    City city;
    auto const edge = city.long_edge(10);
    auto const past = thursday - week;
    city.learn_all(past, 1000, 600);
    city.learn_all(past + hour, 2000, 600);
    auto const middle = thursday + Millis{200'000};
    auto const first = city.book.factors(middle).factors.per_mille[edge];
    auto const half = city.book.factors(middle + minute * 30).factors.per_mille[edge];
    auto const second = city.book.factors(middle + hour).factors.per_mille[edge];
    CHECK(first == doctest::Approx(1000).epsilon(0.06));
    CHECK(second == doctest::Approx(2000).epsilon(0.06));
    CHECK(2 * half == doctest::Approx(first + second).epsilon(0.01));
}

TEST_CASE("somebody parked on an edge does not close it") {
    City city;
    auto const edge = city.long_edge(10);
    city.learn_all(thursday - week, 1000, 100);
    city.learn(edge, thursday - week, 1000, 20);
    city.learn(edge, thursday - week, 40'000);
    CHECK(city.book.factors(thursday).factors.per_mille[edge] < 1300);
}

TEST_CASE("what is slower just now counts at once, and fades") {
    City city;
    city.learn_all(thursday - week, 1000, 1200);
    auto const edge = city.long_edge(20);
    auto const quiet = city.long_edge(20, 1);
    for (int i = 0; i < 10; ++i)
        city.learn(edge, thursday - minute * i, 3000);
    auto const now = city.book.factors(thursday);
    CHECK(now.factors.per_mille[edge] > 2000);
    CHECK(now.factors.per_mille[quiet] < now.factors.per_mille[edge]);
    CHECK(now.edge_count[index_of(model::TravelSource::live)] == 1);
    auto const later = city.book.factors(thursday + hour * 2);
    CHECK(later.factors.per_mille[edge] < 1900);
    CHECK(later.edge_count[index_of(model::TravelSource::live)] == 0);
}

TEST_CASE("when the whole fleet is slower just now, so are the edges nobody is on") {
    City city;
    city.learn_all(thursday - week, 1000, 600);
    for (EdgeId edge = 0; edge < city.network.edge_count(); edge += 2)
        city.learn(edge, thursday - minute, 1600, 2);
    auto const now = city.book.factors(thursday);
    CHECK(now.source == model::TravelSource::live);
    CHECK(now.confidence > 500);
    for (EdgeId edge = 1; edge < city.network.edge_count(); edge += 2)
        CHECK(now.factors.per_mille[edge] > 1400);
}

TEST_CASE("the order of passages changes nothing") {
    City city;
    std::vector<Passage> passages;
    Prng prng{3};
    for (int i = 0; i < 300; ++i)
        passages.push_back(city.passage(
            static_cast<EdgeId>(prng.below(city.network.edge_count())),
            thursday - minute * prng.between(0, 1000),
            prng.between(900, 1100)
        ));
    SpeedBook turned{city.network, city.digest};
    for (auto const& passage : passages)
        city.book.learn(passage, Profile::car);
    for (auto i = passages.size(); i-- > 0;)
        turned.learn(passages[i], Profile::car);
    CHECK(city.book.encode() == turned.encode());
    auto const mine = city.book.factors(thursday).factors.per_mille;
    auto const other = turned.factors(thursday).factors.per_mille;
    for (std::size_t i = 0; i < mine.size(); ++i)
        CHECK(std::abs(mine[i] - other[i]) <= 1);
}

TEST_CASE("a truck's passage counts against a truck's free flow") {
    City city;
    auto const edge = city.long_edge(10);
    auto const free = edge_time(city.network, edge, Profile::truck);
    for (int i = 0; i < 100; ++i)
        city.book.learn(
            {model::AgentId{1}, edge, whole_edge, thursday - week, Millis{free}}, Profile::truck
        );
    CHECK(city.book.factors(thursday).factors.per_mille[edge] == as_free);
}

TEST_CASE("past its limit of cells a book learns only what it has a place for") {
    City city;
    SpeedBook book{city.network, city.digest, 2};
    auto const edge = city.long_edge(10);
    for (int i = 0; i < 5; ++i)
        book.learn(city.passage(edge, thursday + hour * i, 1500), Profile::car);
    CHECK(book.cell_count() == 2);
    CHECK(book.passed_over() == 3);
    book.learn(city.passage(edge, thursday, 1500), Profile::car);
    CHECK(book.passed_over() == 3);
}

TEST_CASE("what a cell has seen is bounded, and what is new outweighs what is old") {
    City city;
    auto const edge = city.long_edge(20);
    city.learn(edge, thursday - week * 2, 1000, 1000);
    city.learn(edge, thursday - week, 2000, 300);
    CHECK(city.book.factors(thursday).factors.per_mille[edge] > 1800);
}

TEST_CASE("a book read again says the same of the hours") {
    City city;
    city.learn_all(thursday - week, 1400, 30);
    city.learn(city.long_edge(10), thursday - week, 2500, 10);
    auto const bytes = city.book.encode();
    auto const read = SpeedBook::decode(bytes, city.network, city.digest);
    REQUIRE(read.ok());
    CHECK(read.value().encode() == bytes);
    auto const then = thursday;
    CHECK(
        read.value().factors(then).factors.per_mille == city.book.factors(then).factors.per_mille
    );
}

TEST_CASE("a book of another network or of broken bytes is refused, and says why") {
    City city;
    city.learn_all(thursday, 1400, 10);
    auto const bytes = city.book.encode();
    auto const other = SpeedBook::decode(bytes, city.network, posthaste::digest("another"));
    REQUIRE(!other.ok());
    CHECK(other.error().code == Errc::malformed);
    CHECK(other.error().detail.find("another network") != std::string::npos);
    for (std::size_t size = 0; size < std::min<std::size_t>(bytes.size(), 200); ++size)
        CHECK(!SpeedBook::decode(bytes.substr(0, size), city.network, city.digest).ok());
    auto const smaller = testing::random_city(11, 3);
    auto const cut = SpeedBook::decode(bytes, network_of(smaller), city.digest);
    REQUIRE(!cut.ok());
    CHECK(cut.error().code == Errc::corrupt);
}

}  // namespace
}  // namespace posthaste::road
