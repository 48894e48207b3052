#include "workflow/guards.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace posthaste::workflow {
namespace {

using model::AttachmentKind;
using model::Guard;

simdjson::dom::element vectors() {
    static simdjson::dom::parser parser;
    return parser.load(POSTHASTE_ROOT "/schema/guards.json");
}

template <NamedEnum E>
E named(simdjson::dom::element name) {
    auto const value = from_name<E>(std::string_view{name});
    REQUIRE(value.has_value());
    return *value;
}

GuardFacts facts_of(simdjson::dom::element one) {
    GuardFacts facts{
        .quote = named<model::QuoteStatus>(one["quote"]),
        .slot_reachable = bool{one["slot_reachable"]},
        .work_completed = bool{one["work_completed"]}};
    for (auto const kind : simdjson::dom::array{one["attachments"]})
        facts.attachments.add(named<AttachmentKind>(kind));
    return facts;
}

}  // namespace

TEST_CASE("the conformance vectors of schema/guards.json hold") {
    std::map<Guard, std::set<bool>> seen;
    for (auto const one : simdjson::dom::array{vectors()["cases"]}) {
        CAPTURE(simdjson::minify(one));
        std::vector<Guard> guards;
        for (auto const guard : simdjson::dom::array{one["guards"]})
            guards.push_back(named<Guard>(guard));
        std::optional<Guard> expected;
        if (!one["first_failed"].is_null()) expected = named<Guard>(one["first_failed"]);
        CHECK(first_failed(guards, facts_of(one)) == expected);
        if (guards.size() == 1) seen[guards[0]].insert(expected.has_value());
    }
    // Every guard, alone, both ways.
    for (std::size_t i = 0; i < names_of(Guard{}).size(); ++i)
        CHECK(seen[static_cast<Guard>(i)].size() == 2);
}

TEST_CASE("every guard has the sentence that schema/guards.json publishes") {
    simdjson::dom::object const published = vectors()["guards"];
    CHECK(published.size() == names_of(Guard{}).size());
    for (std::size_t i = 0; i < names_of(Guard{}).size(); ++i) {
        auto const guard = static_cast<Guard>(i);
        CHECK(std::string_view{published[name_of(guard)]} == sentence_of(guard));
    }
}

}  // namespace posthaste::workflow
