#include "road/traffic/eta_model.hpp"

#include <doctest/doctest.h>

#include "base/codec.hpp"
#include "base/prng.hpp"

namespace posthaste::road {
namespace {

// Thursday, 20:26:40 UTC.
constexpr Instant thursday{1'780'000'000'000};
constexpr Millis hour{3'600'000};
constexpr model::Position centre{577'000'000, 119'000'000};

model::Position place(std::int64_t east_km, std::int64_t north_km) {
    return {
        static_cast<std::int32_t>(centre.lat + north_km * 89'932),
        static_cast<std::int32_t>(centre.lon + east_km * 168'300)};
}

Drive drive(std::int64_t seconds, Instant begun = thursday) {
    // 10 m/s along the straight line: the same detour for all.
    auto const to = place(seconds / 100, 0);
    return {Millis{seconds * 1000}, begun, centre, to, {}};
}

std::int64_t seconds_of(Millis time) {
    return (time.count() + 500) / 1000;
}

TEST_CASE("a model that knows nothing says what was foreseen, in a wide band") {
    EtaModel const model;
    auto const asked = drive(600);
    CHECK(model.corrected(asked) == asked.foreseen);
    auto const band = model.band(asked);
    CHECK(band.p50 == asked.foreseen);
    CHECK(band.p90 == asked.foreseen * 2);
    CHECK(band.confidence == 0);
}

TEST_CASE("drives that all take half as long again correct those to come") {
    EtaBook book;
    for (int i = 0; i < 200; ++i)
        book.learn(drive(600), Millis{900'000});
    auto const model = book.model();
    CHECK(seconds_of(model.corrected(drive(600))) == doctest::Approx(900).epsilon(0.01));
    auto const band = model.band(drive(600));
    CHECK(seconds_of(band.p90) == doctest::Approx(900).epsilon(0.02));
    CHECK(band.confidence > 600);
}

TEST_CASE("short drives are corrected as short ones, long ones as long") {
    EtaBook book;
    for (int i = 0; i < 300; ++i) {
        book.learn(drive(120), Millis{240'000});
        book.learn(drive(1920), Millis{1'920'000});
    }
    auto const model = book.model();
    CHECK(seconds_of(model.corrected(drive(120))) == doctest::Approx(240).epsilon(0.05));
    CHECK(seconds_of(model.corrected(drive(1920))) == doctest::Approx(1920).epsilon(0.05));
}

TEST_CASE("an hour of the week, a zone of origin or destination have their own part in it") {
    EtaBook book;
    auto const late = thursday + hour * 5;
    Drive to_harbour = drive(600);
    to_harbour.to = place(0, 6);
    for (int i = 0; i < 400; ++i) {
        book.learn(drive(600), Millis{600'000});
        book.learn(drive(600, late), Millis{450'000});
        book.learn(to_harbour, Millis{780'000});
    }
    auto const model = book.model();
    CHECK(seconds_of(model.corrected(drive(600))) == doctest::Approx(600).epsilon(0.05));
    CHECK(seconds_of(model.corrected(drive(600, late))) == doctest::Approx(450).epsilon(0.05));
    CHECK(seconds_of(model.corrected(to_harbour)) == doctest::Approx(780).epsilon(0.05));
    // Where a slow zone is also the origin, it is told from the destination.
    Drive from_harbour = drive(600);
    from_harbour.from = to_harbour.to;
    from_harbour.to = centre;
    CHECK(model.corrected(from_harbour) < model.corrected(to_harbour));
}

TEST_CASE("an agent's own pace is in the band, not in what others are told") {
    EtaBook book;
    auto slow = drive(600);
    slow.agent = model::AgentId{7};
    auto usual = drive(600);
    for (int i = 0; i < 200; ++i) {
        usual.agent = model::AgentId{100 + static_cast<std::uint64_t>(i % 20)};
        book.learn(usual, Millis{600'000});
        if (i % 4 == 0) book.learn(slow, Millis{900'000});
    }
    auto const model = book.model();
    CHECK(model.corrected(slow) == model.corrected(drive(600)));
    CHECK(model.band(slow).p50.count() > model.band(usual).p50.count() * 5 / 4);
    CHECK(model.band(drive(600)).p50 == model.corrected(drive(600)));
}

TEST_CASE("nine drives in ten end before p90, and half before p50") {
    Prng prng{4};
    auto const took = [&](std::int64_t seconds) {
        return Millis{seconds * prng.between(700, 1700)};  // evenly: the median is 1.2
    };
    EtaBook book;
    for (int i = 0; i < 2000; ++i) {
        auto const seconds = prng.between(100, 2000);
        book.learn(drive(seconds), took(seconds));
    }
    auto const model = book.model();
    int below_p50 = 0;
    int below_p90 = 0;
    for (int i = 0; i < 2000; ++i) {
        auto const seconds = prng.between(100, 2000);
        auto const band = model.band(drive(seconds));
        auto const truth = took(seconds);
        below_p50 += truth <= band.p50 ? 1 : 0;
        below_p90 += truth <= band.p90 ? 1 : 0;
    }
    CHECK(below_p50 > 900);
    CHECK(below_p50 < 1100);
    CHECK(below_p90 > 1740);
    CHECK(below_p90 < 1860);
}

TEST_CASE("one wild drive among few moves little") {
    EtaBook book;
    for (int i = 0; i < 30; ++i)
        book.learn(drive(600), Millis{600'000});
    book.learn(drive(600), Millis{60'000'000});
    CHECK(seconds_of(book.model().corrected(drive(600))) == doctest::Approx(600).epsilon(0.05));
}

TEST_CASE("a book keeps the newest drives, and a model the zones with the most") {
    EtaBook book;
    for (std::size_t i = 0; i < drives_max; ++i)
        book.learn(drive(600), Millis{600'000});
    CHECK(book.drive_count() == drives_max);
    for (std::size_t i = 0; i < drives_max; ++i) {
        auto next = drive(600);
        auto const zone = static_cast<std::int64_t>(i % (zones_max + 500));
        next.to = place(zone % 70 * 4, zone / 70 * 4);
        next.agent = model::AgentId{1 + i};
        book.learn(next, Millis{1'200'000});
    }
    CHECK(book.drive_count() == drives_max);
    auto const model = book.model();
    CHECK(seconds_of(model.corrected(drive(600))) == doctest::Approx(1200).epsilon(0.05));
    CHECK(EtaModel::decode(model.encode()).ok());
}

TEST_CASE("drives that say nothing are passed over") {
    EtaBook book;
    book.learn(drive(0), Millis{600'000});
    book.learn(drive(600), Millis{0});
    CHECK(book.drive_count() == 0);
    CHECK(book.model().corrected(drive(600)) == Millis{600'000});
}

TEST_CASE("a model and a book read again say the same") {
    EtaBook book;
    Prng prng{9};
    for (std::size_t i = 0; i < drives_max + 50; ++i) {
        auto next = drive(prng.between(60, 3000), thursday + hour * prng.between(0, 300));
        next.to = place(prng.between(0, 20), prng.between(0, 20));
        next.agent = model::AgentId{1 + prng.below(50)};
        book.learn(next, next.foreseen * prng.between(5, 20));
    }
    auto const read = EtaBook::decode(book.encode());
    REQUIRE(read.ok());
    CHECK(read.value().encode() == book.encode());
    auto const model = book.model();
    auto const same = EtaModel::decode(model.encode());
    REQUIRE(same.ok());
    CHECK(same.value().encode() == model.encode());
    auto const asked = drive(700);
    CHECK(same.value().corrected(asked) == model.corrected(asked));
    CHECK(same.value().band(asked).p90 == model.band(asked).p90);
}

TEST_CASE("broken bytes are refused") {
    EtaBook book;
    for (int i = 0; i < 20; ++i)
        book.learn(drive(600), Millis{700'000});
    auto const drives = book.encode();
    auto const tables = book.model().encode();
    for (std::size_t size = 0; size < drives.size(); ++size)
        CHECK(!EtaBook::decode(drives.substr(0, size)).ok());
    for (std::size_t size = 0; size < tables.size(); ++size)
        CHECK(!EtaModel::decode(tables.substr(0, size)).ok());
    EtaTables newer;
    newer.version = 99;
    CHECK(EtaModel::decode(encode(newer)).error().code == Errc::too_new);
    EtaTables wrong;
    wrong.hours = {1, 2, 3};
    CHECK(EtaModel::decode(encode(wrong)).error().code == Errc::corrupt);
}

}  // namespace
}  // namespace posthaste::road
