#include "model/record.hpp"

#include <doctest/doctest.h>

#include <set>

namespace posthaste::model {
namespace {

Record sample() {
    Record record;
    record.header.region = RegionId{3};
    record.header.first_event = 7;
    record.header.event_count = 2;
    record.header.at = Instant{1'700'000'000'000};
    Job job;
    job.id = make_id<JobId>(RegionId{3}, 12);
    job.stops.push_back({.place = {577'000'000, 119'700'000}});
    job.slots.emplace_back();
    Decision decision;
    decision.job = job.id;
    decision.candidates.push_back({.agent = AgentId{5}, .score = -3});
    record.entries.push_back(
        {.envelope = {.role = Role::dispatcher, .device = "board"},
         .events = {JobCreated{job}, CommandConcluded{.subject = raw(job.id)}},
         .decisions = {decision}}
    );
    return record;
}

}  // namespace

TEST_CASE("a record survives its bytes") {
    auto const sealed = seal(sample());
    CHECK(unseal(sealed.bytes).value() == sample());
    CHECK(checksum_of(sealed.bytes) == sealed.checksum);
}

TEST_CASE("one changed bit anywhere is corrupt") {
    auto const sealed = seal(sample());
    for (std::size_t i = 0; i < sealed.bytes.size(); ++i) {
        std::string changed = sealed.bytes;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        CHECK(unseal(changed).error().code == Errc::corrupt);
    }
    CHECK(unseal("").error().code == Errc::corrupt);
}

TEST_CASE("a newer format is refused as newer, not as corrupt") {
    auto record = sample();
    record.header.format = record_format + 1;
    CHECK(unseal(seal(record).bytes).error().code == Errc::too_new);
}

TEST_CASE("every rejection has a sentence and a status") {
    std::set<std::string_view> sentences;
    for (std::size_t i = 0; i < names_of(Rejection{}).size(); ++i) {
        auto const text = text_of(static_cast<Rejection>(i));
        CHECK(text.sentence.ends_with('.'));
        CHECK(sentences.insert(text.sentence).second);
    }
}

}  // namespace posthaste::model
