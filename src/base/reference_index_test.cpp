#include "base/reference_index.hpp"

#include <doctest/doctest.h>

#include <map>

#include "base/prng.hpp"

namespace posthaste {

namespace {

enum class ThingId : std::uint64_t {};

/// Three hashes for all, so that most references collide.
struct Narrow {
    std::size_t operator()(std::string_view text) const { return text.size() % 3; }
};

}  // namespace

TEST_CASE("a reference leads to its id, also among references of equal hash") {
    Prng prng{7};
    ReferenceIndex<ThingId, Narrow> index;
    std::map<std::string, ThingId> expected;
    std::map<ThingId, std::string> names;
    auto const name_of = [&](ThingId id) { return std::string_view{names.at(id)}; };
    for (std::uint64_t next = 1; next <= 3000; ++next) {
        std::string const reference(1 + prng.below(40), static_cast<char>('a' + prng.below(3)));
        auto const known = expected.find(reference);
        if (known == expected.end()) {
            index.put(reference, ThingId{next});
            names[ThingId{next}] = reference;
            expected[reference] = ThingId{next};
        } else if (prng.chance(500)) {
            index.put(reference, known->second);
        } else {
            index.erase(reference, ThingId{0});
            index.erase(reference, known->second);
            names.erase(known->second);
            expected.erase(known);
        }
        auto const found = index.find(reference, name_of);
        REQUIRE(found.has_value() == expected.contains(reference));
        for (auto const& [name, id] : expected)
            REQUIRE(index.find(name, name_of) == id);
    }
}

TEST_CASE("a reference passes to the next id before the old one lets go of it") {
    ReferenceIndex<ThingId> index;
    index.put("a", ThingId{1});
    index.put("a", ThingId{2});
    index.erase("a", ThingId{1});
    CHECK(index.find("a", [](ThingId) { return std::string_view{"a"}; }) == ThingId{2});
}

}  // namespace posthaste
