#include "views/board.hpp"

#include <thread>

#include "geo/distance.hpp"
#include "views/city_test.hpp"

namespace posthaste::views {
namespace {

using testing::City;
using testing::city_region;

void check_equal(RegionSnapshot const& shown, RegionSnapshot const& fresh) {
    CHECK(shown.number == fresh.number);
    CHECK(shown.settings->zones.size() == fresh.settings->zones.size());
    REQUIRE(shown.jobs.size() == fresh.jobs.size());
    for (std::size_t i = 0; i < shown.jobs.size(); ++i)
        CHECK(equal(*shown.jobs[i], *fresh.jobs[i]));
    REQUIRE(shown.agents.size() == fresh.agents.size());
    for (std::size_t i = 0; i < shown.agents.size(); ++i) {
        CHECK(equal(*shown.agents[i].view, *fresh.agents[i].view));
        CHECK(shown.agents[i].seen == fresh.agents[i].seen);
    }
}

void check_now(Kpis const& shown, Kpis const& fresh) {
    CHECK(shown.jobs_by_phase == fresh.jobs_by_phase);
    CHECK(shown.agents_by_status == fresh.agents_by_status);
    CHECK(shown.jobs_waiting == fresh.jobs_waiting);
}

void check_inboxes(Board const& board, core::State const& state) {
    for (auto const id : state.agents.ids()) {
        auto const inbox = board.inbox(id);
        auto const& wanted = state.agents.at(id).offers;
        REQUIRE(inbox.size() == wanted.size());
        for (std::size_t i = 0; i < inbox.size(); ++i)
            CHECK(inbox[i].offer == state.offers.at(wanted[i]));
    }
}

TEST_CASE("after any history the board is what a board made anew from the state is") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        CAPTURE(seed);
        log::MemoryLog log;
        Board board;
        City city{seed, log, {&board}};
        for (int turn = 0; turn < 150; ++turn) {
            city.random_turn();
            if (turn % 10 != 9) continue;
            Board fresh;
            fresh.reset(city.region.state, city.region.field);
            check_equal(board.snapshot(city_region), fresh.snapshot(city_region));
            check_now(board.kpis(city_region), fresh.kpis(city_region));
            check_inboxes(board, city.region.state);
        }
        CHECK(board.kpis(city_region).assignments_made > 0);
    }
}

TEST_CASE("pages of jobs hold each wanted job once, in the order of ids") {
    log::MemoryLog log;
    Board board;
    City city{42, log, {&board}};
    for (int turn = 0; turn < 200; ++turn)
        city.random_turn();
    for (auto const phase : {model::Phase::open, model::Phase::done, model::Phase::cancelled}) {
        std::vector<model::JobId> wanted;
        for (auto const id : city.region.state.jobs.ids()) {
            auto const view = board.job(id);
            REQUIRE(view != nullptr);
            if (view->phase == phase) wanted.push_back(id);
        }
        std::vector<model::JobId> paged;
        JobQuery query{.limit = 3, .phase = phase, .state = {}};
        while (true) {
            auto const page = board.jobs(city_region, query);
            for (auto const& view : page.jobs)
                paged.push_back(view->job.id);
            if (!page.next) break;
            query.after = *page.next;
        }
        CHECK(paged == wanted);
    }
}

TEST_CASE("agents around a place are those that a scan finds, the nearest first") {
    log::MemoryLog log;
    Board board;
    City city{43, log, {&board}};
    for (int turn = 0; turn < 120; ++turn)
        city.random_turn();
    for (int i = 0; i < 20; ++i) {
        Around const around{city.random_place(), Metres{1500}};
        std::vector<std::pair<Metres, model::AgentId>> wanted;
        for (auto const id : city.region.state.agents.ids()) {
            auto const distance = geo::distance(around.place, board.agent(id)->place());
            if (distance <= around.radius) wanted.emplace_back(distance, id);
        }
        std::ranges::sort(wanted);
        std::vector<std::pair<Metres, model::AgentId>> found;
        for (auto const& agent : board.agents(city_region, {.around = around}).agents)
            found.emplace_back(agent.distance, agent.view->id);
        CHECK(found == wanted);
    }
}

TEST_CASE("references lead to their job and agent, and to nobody once they are gone") {
    log::MemoryLog log;
    Board board;
    City city{44, log, {&board}};
    for (int turn = 0; turn < 150; ++turn)
        city.random_turn();
    auto const& state = city.region.state;
    for (auto const id : state.jobs.ids()) {
        auto const& reference = state.jobs.at(id).reference;
        if (!reference.empty()) CHECK(board.job_named(city_region, reference)->job.id == id);
    }
    for (auto const id : state.agents.ids()) {
        auto const& reference = state.agents.at(id).profile.reference;
        CHECK(board.agent_named(city_region, reference)->view->id == id);
    }
    CHECK(board.job_named(city_region, "never") == nullptr);
    CHECK(board.job(model::JobId{1}) == nullptr);
    CHECK_FALSE(board.agent(model::AgentId{1}).has_value());
    CHECK(board.settings(RegionId{99}) == nullptr);
}

TEST_CASE("whoever waits for an event is told when it is on the board, or not yet") {
    log::MemoryLog log;
    Board board;
    City city{45, log, {&board}};
    auto const next = board.number(city_region) + 1;
    CHECK(board.wait_for(city_region, next - 1, Millis{0}) == Reached::yes);
    CHECK(board.wait_for(city_region, next, Millis{0}) == Reached::not_yet);
    int told = 0;
    auto const kept = board.when(city_region, next, [&] { ++told; });
    auto const dropped = board.when(city_region, next, [&] { told += 100; });
    REQUIRE(dropped.has_value());
    CHECK(board.cancel(*dropped));
    CHECK(told == 0);
    std::thread waiter{
        [&] { CHECK(board.wait_for(city_region, next, Millis{60'000}) == Reached::yes); }};
    city.command({.role = model::Role::admin}, model::SetPolicy{});
    city.end_turn();
    waiter.join();
    CHECK(told == 1);
    CHECK_FALSE(board.cancel(*kept));
}

TEST_CASE("a job's decisions are those of its records, the newest few") {
    log::MemoryLog log;
    Board board;
    City city{46, log, {&board}};
    for (int turn = 0; turn < 200; ++turn)
        city.random_turn();
    std::map<model::JobId, std::vector<model::Decision>> wanted;
    auto const stored = log.read_from(1, std::size_t{1} << 30U);
    REQUIRE(stored.ok());
    for (auto const& one : stored.value()) {
        auto const record = model::unseal(one.bytes);
        REQUIRE(record.ok());
        for (auto const& entry : record.value().entries) {
            for (auto const& decision : entry.decisions)
                wanted[decision.job].push_back(decision);
        }
    }
    CHECK(wanted.size() > 10);
    for (auto& [job, decisions] : wanted) {
        if (decisions.size() > decisions_per_job_max)
            decisions.erase(
                decisions.begin(),
                decisions.end() - static_cast<std::ptrdiff_t>(decisions_per_job_max)
            );
        auto const found = board.decisions(job);
        REQUIRE(found.ok());
        CHECK(found.value() == decisions);
    }
}

TEST_CASE("decisions past the bound let the oldest records go") {
    Decisions decisions{3000};
    for (std::uint64_t i = 1; i <= 5; ++i) {
        model::Decision decision;
        decision.job = model::JobId{i};
        model::Record record;
        record.header.region = city_region;
        record.header.first_event = i;
        record.entries.push_back({{}, {model::TermBegan{}}, {decision}});
        record.entries.back().envelope.traceparent = std::string(1000, 'x');
        record.header.event_count = 1;
        decisions.keep(record, std::make_shared<std::string const>(model::seal(record).bytes));
    }
    CHECK(decisions.bytes() <= 3000);
    CHECK(decisions.of(model::JobId{1}).value().empty());
    CHECK(decisions.of(model::JobId{5}).value().size() == 1);
}

TEST_CASE("keys and regions of the control region are found by secret and id") {
    Board board;
    core::State state;
    state.control.tenants = {"acme"};
    state.control.regions[city_region] = {"acme", "Gothenburg", {}};
    core::Key key;
    key.id = model::KeyId{1};
    key.secret = digest("secret");
    state.control.keys.insert(key);
    core::Field const field{state};
    board.reset(state, field);
    CHECK(board.key_of(digest("secret"))->id == model::KeyId{1});
    CHECK_FALSE(board.key_of(digest("other")).has_value());
    CHECK(board.region_entries().at(city_region).name == "Gothenburg");
    auto const tenant = board.region_entries().at(city_region).tenant;
    CHECK(board.regions_of(tenant) == std::vector{city_region});
    CHECK(board.regions_of("nobody").empty());
    CHECK(board.tenants() == std::vector<std::string>{"acme"});
}

}  // namespace
}  // namespace posthaste::views
