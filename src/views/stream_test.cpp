#include "views/stream.hpp"

#include <set>

#include "views/city_test.hpp"
#include "views/fan_out.hpp"

namespace posthaste::views {
namespace {

using testing::City;
using testing::city_region;

MessagePtr message(model::EventNumber number, std::uint32_t part = 0) {
    auto made = std::make_shared<Message>();
    made->cursor = {city_region, number, part};
    made->name = "job";
    made->texts.fill(std::make_shared<std::string const>(std::to_string(number)));
    return made;
}

/// A city whose turns are published at once, and all that was.
struct Stage {
    explicit Stage(std::uint64_t seed) : city{seed, log, {&board}} { pump(); }

    void pump() {
        clock = clock + positions_every;
        publisher.pump(clock);
    }
    void run(int turns) {
        for (int turn = 0; turn < turns; ++turn) {
            city.random_turn();
            pump();
        }
    }

    log::MemoryLog log;
    Ring ring;
    std::vector<MessagePtr> all;
    Publisher publisher{ring, [this](std::span<MessagePtr const> messages) {
                            all.insert(all.end(), messages.begin(), messages.end());
                        }};
    Board board{
        [this](std::shared_ptr<Change const> change) { publisher.give(std::move(change)); }};
    City city;
    Instant clock{0};
};

TEST_CASE("a cursor's text is read back; other text is refused") {
    Cursor const cursor{RegionId{65'535}, ~std::uint64_t{0}, part_last};
    CHECK(cursor_from(to_text(cursor)) == cursor);
    for (auto const* const text :
         {"",
          "7",
          "7-1",
          "7-1-",
          "7-1-2-3",
          "70000-1-2",
          "7-x-2",
          "-1-2",
          "7-1-4294967296",
          "7-18446744073709551616-0",
          "7-1-2 "})
        CHECK_FALSE(cursor_from(text).has_value());
}

TEST_CASE("the ring gives what comes after a cursor, or says that it cannot") {
    Ring ring{4};
    ring.begin(cursor_after(city_region, 10));
    for (model::EventNumber number = 11; number <= 16; ++number)
        ring.add(message(number));
    struct Row {
        Cursor after;
        bool gap;
        std::size_t count;
    };
    // Kept are 13 to 16; 12 was the last to go, so after 12 all is there, and before it not.
    std::vector<Row> const rows{
        {{city_region, 16, 0}, false, 0},
        {{city_region, 15, 0}, false, 1},
        {cursor_after(city_region, 14), false, 2},
        {{city_region, 12, 0}, false, 4},
        {{city_region, 11, 9}, true, 0},
        {cursor_after(city_region, 10), true, 0},
        {cursor_after(city_region, 99), false, 0},
        {cursor_after(RegionId{8}, 1), true, 0},
    };
    for (auto const& row : rows) {
        CAPTURE(to_text(row.after));
        auto const since = ring.since(row.after);
        CHECK(since.gap == row.gap);
        CHECK(since.messages.size() == row.count);
    }
}

TEST_CASE("the ring is bounded by bytes too, and keeps the newest") {
    Ring ring{100, 1};
    ring.begin(cursor_after(city_region, 1));
    ring.add(message(2));
    ring.add(message(3));
    CHECK(ring.since({city_region, 2, 0}).messages.size() == 1);
    CHECK(ring.since(cursor_after(city_region, 1)).gap);
}

TEST_CASE("cursors rise, and resuming anywhere gives exactly what followed") {
    Stage stage{7};
    stage.run(60);
    std::vector<MessagePtr> resumable;
    for (auto const& one : stage.all) {
        if (one->cursor.number != 0) resumable.push_back(one);
    }
    REQUIRE(resumable.size() > 100);
    for (std::size_t i = 0; i < resumable.size(); i += 7) {
        auto const since = stage.ring.since(resumable[i]->cursor);
        REQUIRE_FALSE(since.gap);
        std::vector<MessagePtr> const rest{
            resumable.begin() + static_cast<std::ptrdiff_t>(i) + 1, resumable.end()};
        CHECK(since.messages == rest);
    }
}

TEST_CASE("nothing personal is in what a viewer may see") {
    Stage stage{8};
    stage.run(150);
    auto const contact = std::to_string(raw(testing::city_contact));
    auto const notes = digest("ring twice").hex();
    std::set<std::string_view> names;
    bool dispatcher_saw_contact = false;
    for (auto const& one : stage.all) {
        names.insert(one->name);
        auto const& full = one->texts[static_cast<std::size_t>(Audience::full)];
        if (full && full->find(contact) != std::string::npos) dispatcher_saw_contact = true;
        auto const& open = one->texts[static_cast<std::size_t>(Audience::open)];
        if (!open) continue;
        CAPTURE(*open);
        for (auto const& secret : {contact, notes, std::to_string(0x7f00000000042ULL)})
            CHECK(open->find(secret) == std::string::npos);
        for (auto const* const field :
             {"contact", "person", "home", "quote", "attachments", "declined"})
            CHECK(open->find("\"" + std::string{field} + "\":") == std::string::npos);
    }
    CHECK(dispatcher_saw_contact);
    for (auto const* const name :
         {"job",
          "agent",
          "offer",
          "offer_closed",
          "decision",
          "effect",
          "positions",
          "zone",
          "job_gone"})
        CHECK(names.contains(name));
}

TEST_CASE("an agent hears what concerns them and nothing else") {
    Stage stage{9};
    stage.run(150);
    for (auto const agent : stage.city.region.state.agents.ids()) {
        Subscription const own{
            .region = city_region, .audience = Audience::agent, .agent = agent, .topics = {}};
        for (auto const& one : stage.all) {
            auto const text = text_for(*one, own);
            if (one->positions.empty()) {
                bool const theirs = one->for_all || std::ranges::count(one->agents, agent) > 0;
                if (text) CHECK(theirs);
                continue;
            }
            auto const theirs = std::ranges::count(one->positions, agent, &PositionItem::agent);
            CHECK((text != nullptr) == (theirs == 1));
            if (text) CHECK(std::ranges::count(*text, '[') == 2);
        }
    }
}

TEST_CASE("a narrow topic gets the positions it asked for, cut out of the whole") {
    Message all;
    all.cursor.region = city_region;
    all.name = "positions";
    model::Position const here{577'000'000, 119'000'000};
    model::Position const there{578'000'000, 119'000'000};
    all.positions = {
        {model::AgentId{1}, here, {model::ZoneId{5}}, "[1]"},
        {model::AgentId{2}, there, {}, "[2]"}};
    all.texts[1] = std::make_shared<std::string const>(R"({"positions":[[1],[2]]})");
    Subscription want{.region = city_region, .audience = Audience::open, .topics = {}};
    CHECK(text_for(all, want) == nullptr);
    want.topics.agents = {model::AgentId{2}};
    CHECK(*text_for(all, want) == R"({"positions":[[2]]})");
    want.topics.zones = {model::ZoneId{5}};
    CHECK(*text_for(all, want) == R"({"positions":[[1],[2]]})");
    want.topics = {};
    want.topics.area = geo::Rectangle{{576'000'000, 118'000'000}, {577'500'000, 120'000'000}};
    CHECK(*text_for(all, want) == R"({"positions":[[1]]})");
    want.topics = {.all = true, .zones = {}, .agents = {}, .jobs = {}, .area = {}};
    CHECK(text_for(all, want) == all.texts[1]);
    want.region = RegionId{8};
    CHECK(text_for(all, want) == nullptr);
}

TEST_CASE("a publisher that cannot keep up tells a gap, and goes on") {
    Ring ring;
    std::vector<MessagePtr> all;
    Publisher publisher{
        ring,
        [&](std::span<MessagePtr const> messages) {
            all.insert(all.end(), messages.begin(), messages.end());
        },
        4};
    log::MemoryLog log;
    Board board{[&](std::shared_ptr<Change const> change) { publisher.give(std::move(change)); }};
    City city{10, log, {&board}};
    publisher.pump(Instant{1});
    auto const seen = cursor_after(city_region, board.number(city_region));
    for (int turn = 0; turn < 10; ++turn)
        city.random_turn();
    CHECK(publisher.gaps() > 0);
    all.clear();
    publisher.pump(Instant{2});
    REQUIRE_FALSE(all.empty());
    CHECK(all.front()->name == "gap");
    CHECK(ring.since(seen).gap);
    CHECK_FALSE(ring.since(all.front()->cursor).gap);
}

struct Ear {
    std::vector<Cursor> heard;
};

TEST_CASE("whoever joins anywhere hears each message once, whole region or narrow topic") {
    Ring ring;
    FanOut<Ear> fan_out{
        ring, [](std::span<std::shared_ptr<Ear> const> ears, Message const& one, Text const&) {
            for (auto const& ear : ears)
                ear->heard.push_back(one.cursor);
        }};
    std::vector<Cursor> all;
    Publisher publisher{ring, [&](std::span<MessagePtr const> messages) {
                            for (auto const& one : messages) {
                                if (one->cursor.number != 0 && one->texts[0])
                                    all.push_back(one->cursor);
                            }
                            fan_out.publish(messages);
                        }};
    log::MemoryLog log;
    Board board{[&](std::shared_ptr<Change const> change) { publisher.give(std::move(change)); }};
    City city{11, log, {&board}};
    struct Joiner {
        std::shared_ptr<Ear> ear = std::make_shared<Ear>();
        Cursor from;
        std::uint64_t id = 0;
    };
    std::vector<Joiner> joiners;
    for (int turn = 0; turn < 60; ++turn) {
        city.random_turn();
        if (turn % 3 == 0) publisher.pump(Instant{1});  // positions go out once, at the start
        Joiner joiner;
        // Of what a client may hold: a snapshot's number, which the publisher may not have reached.
        joiner.from = cursor_after(city_region, board.number(city_region));
        if (turn % 2 == 0 && !all.empty()) joiner.from = all[all.size() / 2];
        Topics const topics{.all = true, .zones = {}, .agents = {}, .jobs = {}, .area = {}};
        auto joined = fan_out.join(
            {.region = city_region, .audience = Audience::full, .agent = {}, .topics = topics},
            joiner.from,
            joiner.ear
        );
        REQUIRE(joined.ok());
        REQUIRE_FALSE(joined.value().gap);
        for (auto const& [one, text] : joined.value().backlog)
            joiner.ear->heard.push_back(one->cursor);
        joiner.id = joined.value().id;
        joiners.push_back(joiner);
    }
    publisher.pump(Instant{2});
    for (auto const& joiner : joiners) {
        std::vector<Cursor> wanted;
        for (auto const& cursor : all) {
            if (cursor > joiner.from) wanted.push_back(cursor);
        }
        std::erase_if(joiner.ear->heard, [](Cursor const& cursor) { return cursor.number == 0; });
        CHECK(joiner.ear->heard == wanted);
        fan_out.leave(joiner.id);
    }
    CHECK(fan_out.size() == 0);
}

}  // namespace
}  // namespace posthaste::views
