#include "base/table.hpp"

#include <doctest/doctest.h>

namespace posthaste {
namespace {

enum class ThingId : std::uint64_t {};
struct Thing {
    ThingId id{};
    std::int32_t size = 0;
    bool operator==(Thing const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "size", self.size);
    }
};
using Things = Table<ThingId, Thing>;

}  // namespace

TEST_CASE("slots are reused, ids are found, and order is by id") {
    Things things;
    things.insert({ThingId{9}, 1});
    things.insert({ThingId{3}, 2});
    Slot const slot = things.slot_of(ThingId{9});
    things.erase(ThingId{9});
    CHECK(things.find(ThingId{9}) == nullptr);
    things.insert({ThingId{5}, 3});
    CHECK(things.slot_of(ThingId{5}) == slot);
    CHECK(things.ids() == std::vector{ThingId{3}, ThingId{5}});
}

TEST_CASE("a table survives its bytes, whatever its slots were") {
    Things things;
    for (std::uint64_t i = 1; i < 50; ++i)
        things.insert({ThingId{i * 7 % 50}, 4});
    things.erase(ThingId{7});
    auto const read = decode<Things>(encode(things)).value();
    CHECK(read == things);
    CHECK(encode(read) == encode(things));
}

TEST_CASE("bytes that name an id twice are corrupt") {
    std::vector<Thing> const twice{{ThingId{1}, 1}, {ThingId{1}, 2}};
    CHECK(!decode<Things>(encode(twice)).ok());
}

}  // namespace posthaste
