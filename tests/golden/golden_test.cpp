// The log's bytes and numbers are for ever: what was written opens, and no number means another.
//
// UPDATE_GOLDEN=1 writes what is missing; it never rewrites a record that is there, and never lets
// a line of schema/events.txt go.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "model/record.hpp"
#include "reflect.hpp"

namespace posthaste::golden {

namespace {

namespace fs = std::filesystem;

fs::path const root{POSTHASTE_ROOT};
fs::path const folder = root / "tests/golden/events/v1";

bool is_update() {
    return std::getenv("UPDATE_GOLDEN") != nullptr;  // NOLINT(concurrency-mt-unsafe): one thread
}

std::string read(fs::path const& path) {
    std::ifstream const in{path, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write(fs::path const& path, std::string const& text) {
    fs::create_directories(path.parent_path());
    std::ofstream{path, std::ios::binary} << text;
}

template <std::size_t i = 0>
void each_event(auto&& visit) {
    if constexpr (i < std::variant_size_v<model::Event>) {
        visit.template operator()<std::variant_alternative_t<i, model::Event>>(i);
        each_event<i + 1>(visit);
    }
}

std::string file_of(std::size_t index) {
    auto number = std::to_string(index + 1);
    number.insert(0, 2 - std::min<std::size_t>(2, number.size()), '0');
    return number + "-" + std::string{model::event_names[index]} + ".record";
}

// One record with this event, an envelope and a decision that have every field set.
template <class E>
std::string sample_record(std::size_t index) {
    Sampler sampler{index * 1000 + 1};
    model::Record record;
    record.header = {
        .region = RegionId{3},
        .first_event = 7,
        .event_count = 1,
        .at = Instant{1'700'000'000'000},
        .previous = digest("before")};
    model::Entry entry;
    entry.envelope = sampler.make<model::Envelope>();
    entry.events.emplace_back(sampler.make<E>());
    if (index == 0) entry.decisions.push_back(sampler.make<model::Decision>());
    record.entries.push_back(std::move(entry));
    return model::seal(record).bytes;
}

std::string text_of_record(std::string const& name, model::Record const& record) {
    std::string text = "# " + name + "\n";
    text_of(text, "header", record.header);
    for (auto const& entry : record.entries) {
        text_of(text, "envelope", entry.envelope);
        for (auto const& event : entry.events) {
            std::visit(
                [&](auto const& it) { text_of(text, std::string{model::name_of(event)}, it); },
                event
            );
        }
        for (auto const& decision : entry.decisions)
            text_of(text, "decision", decision);
    }
    return text;
}

std::vector<std::string> schema_today() {
    std::vector<std::string> lines;
    each_event([&]<class E>(std::size_t index) {
        auto const name = std::to_string(index + 1) + "." + std::string{model::event_names[index]};
        lines.push_back(name);
        schema_of<E>(lines, name);
    });
    schema_of<model::RecordHeader>(lines, "header");
    schema_of<model::Envelope>(lines, "envelope");
    schema_of<model::Decision>(lines, "decision");
    return lines;
}

}  // namespace

TEST_CASE("Record: logs of any released version open for ever (golden files)") {
    std::string texts;
    each_event([&]<class E>(std::size_t index) {
        auto const path = folder / file_of(index);
        CAPTURE(path.string());
        if (!fs::exists(path) && is_update()) write(path, sample_record<E>(index));
        REQUIRE(fs::exists(path));  // a new event: run with UPDATE_GOLDEN=1
        auto const record = model::unseal(read(path));
        REQUIRE(record.ok());
        REQUIRE(record.value().entries.size() == 1);
        REQUIRE(record.value().entries[0].events.size() == 1);
        CHECK(record.value().entries[0].events[0].index() == index);
        texts += text_of_record(file_of(index), record.value()) + "\n";
    });
    auto const values = folder / "values.txt";
    if (is_update()) write(values, texts);
    CHECK(read(values) == texts);
}

TEST_CASE("Record: today's bytes of the same values are the same bytes") {
    each_event([&]<class E>(std::size_t index) {
        CAPTURE(model::event_names[index]);
        auto const bytes = read(folder / file_of(index));
        auto const record = model::unseal(bytes);
        REQUIRE(record.ok());
        CHECK(model::seal(record.value()).bytes == bytes);
    });
}

TEST_CASE("Envelope: event fields are numbered and never reused (schema/events.txt, append only)") {
    auto const path = root / "schema/events.txt";
    auto const today = schema_today();
    std::set<std::string> const known{today.begin(), today.end()};
    CHECK(known.size() == today.size());  // no number twice
    std::istringstream was{read(path)};
    for (std::string line; std::getline(was, line);) {
        CAPTURE(line);
        CHECK(known.contains(line));
    }
    std::string text;
    for (auto const& line : today)
        text += line + "\n";
    if (is_update()) write(path, text);
    CHECK(read(path) == text);  // new lines: run with UPDATE_GOLDEN=1
}

TEST_CASE("Envelope: an older binary refuses unknown events by name") {
    // An entry with an event whose number is one past the last that is known.
    auto const unknown = std::variant_size_v<model::Event> + 1;
    Writer entry;
    entry.varint((2U << 1U) | 1U);  // field 2, events
    entry.sized([&] {
        entry.varint(1);
        entry.sized([&] { entry.varint(unknown); });
    });
    Writer bytes;
    encode(bytes, model::RecordHeader{.region = RegionId{3}, .first_event = 7, .event_count = 1});
    bytes.sized([&] {
        bytes.varint(1);
        bytes.sized([&] { bytes.raw(entry.bytes()); });
    });
    auto const sum = digest(bytes.bytes());
    bytes.raw({reinterpret_cast<char const*>(sum.bytes.data()), sum.bytes.size()});
    auto const record = model::unseal(bytes.bytes());
    REQUIRE(!record.ok());
    CHECK(record.error().code == Errc::too_new);
    auto const number = std::to_string(unknown);
    CHECK(record.error().detail.starts_with("record holds event number " + number + ", which"));
}

}  // namespace posthaste::golden
