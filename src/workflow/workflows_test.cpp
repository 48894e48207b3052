#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <sstream>

#include "base/prng.hpp"
#include "workflow/load.hpp"

namespace posthaste::workflow {
namespace {

using model::Phase;
using model::Role;

constexpr std::array shipped{"ride.toml", "field-service.toml", "parcel.toml"};

std::string text_at(std::string const& path) {
    std::ifstream const file{POSTHASTE_ROOT "/" + path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string text_of_file(std::string const& file_name) {
    return text_at("workflows/" + file_name);
}

Machine machine_of(std::string const& file_name) {
    auto loaded = load(text_of_file(file_name), file_name);
    CHECK(text_of(loaded) == "");
    REQUIRE(loaded.ok());
    return *std::move(loaded.machine);
}

Transition const* step_of(Machine const& machine, std::string_view from, std::string_view to) {
    auto const from_state = machine.state_named(from);
    auto const to_state = machine.state_named(to);
    REQUIRE(from_state.has_value());
    REQUIRE(to_state.has_value());
    return machine.find(*from_state, *to_state);
}

/// The roles that may, by first letter: agent, dispatcher, admin ("A"), engine; "" for no step.
std::string who(Machine const& machine, std::string_view from, std::string_view to) {
    auto const* step = step_of(machine, from, to);
    if (step == nullptr) return "";
    CHECK_FALSE(may(*step, Role::none));
    CHECK_FALSE(may(*step, Role::viewer));
    std::string letters;
    if (may(*step, Role::agent)) letters += 'a';
    if (may(*step, Role::dispatcher)) letters += 'd';
    if (may(*step, Role::admin)) letters += 'A';
    if (may(*step, Role::engine)) letters += 'e';
    return letters;
}

struct Permission {
    std::string_view from;
    std::string_view to;
    std::string_view who;
};

/// What verify() promises, found the slow way: by paths, state by state.
void check_promises(Machine const& machine) {
    RC_ASSERT(machine.states.size() <= states_max);
    RC_ASSERT(machine.transitions.size() <= transitions_max);
    auto const closure = [&](StateIndex start) {
        std::set<StateIndex> reached{start};
        std::vector<StateIndex> open{start};
        while (!open.empty()) {
            auto const from = open.back();
            open.pop_back();
            for (Transition const& step : machine.transitions) {
                if (step.from == from && reached.insert(step.to).second) open.push_back(step.to);
            }
        }
        return reached;
    };
    auto const from_initial = closure(machine.initial);
    RC_ASSERT(from_initial.size() == machine.states.size());
    for (StateIndex const state : from_initial) {
        Phase const phase = machine.phase(state);
        if (model::is_over(phase)) continue;
        auto const ends = closure(state);
        RC_ASSERT(std::ranges::any_of(ends, [&](StateIndex end) {
            return machine.phase(end) == Phase::done;
        }));
        auto const* cancel = machine.find(state, machine.first_state(Phase::cancelled).value());
        RC_ASSERT(cancel != nullptr);
        RC_ASSERT(may(*cancel, Role::dispatcher));
        if (phase == Phase::open) {
            auto const* give = machine.find(state, machine.first_state(Phase::assigned).value());
            RC_ASSERT(give != nullptr);
            RC_ASSERT(may(*give, Role::engine));
        }
    }
    RC_ASSERT(machine.delayed().has_value() == machine.mended().has_value());
}

void check_problems(Loaded const& loaded, std::size_t line_count) {
    RC_ASSERT(!loaded.problems.empty());
    RC_ASSERT(loaded.problems.size() <= problems_max);
    RC_ASSERT(std::ranges::is_sorted(loaded.problems));
    for (Problem const& problem : loaded.problems) {
        RC_ASSERT(problem.line >= 1U);
        RC_ASSERT(problem.line <= line_count + 1);
        RC_ASSERT(!problem.reason.empty());
    }
}

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

/// One small accident: a line lost, inserted, moved or replaced, a byte changed.
std::string damaged(std::string const& text, Prng& prng) {
    auto lines = lines_of(text);
    auto& line = lines[prng.below(lines.size())];
    auto& other = lines[prng.below(lines.size())];
    switch (prng.below(5)) {
        case 0:
            line.clear();
            break;
        case 1:
            line += '\n' + other;
            break;
        case 2:
            std::swap(line, other);
            break;
        case 3:
            line = other;
            break;
        default:
            if (!line.empty()) line[prng.below(line.size())] = static_cast<char>(prng.below(256));
    }
    std::string joined;
    for (auto const& each : lines)
        joined += each + '\n';
    return joined;
}

}  // namespace

TEST_CASE("the shipped workflows load, each under its own name") {
    CHECK(machine_of("ride.toml").name == "ride");
    CHECK(machine_of("field-service.toml").name == "field_service");
    CHECK(machine_of("parcel.toml").name == "parcel");
}

TEST_CASE("the example of docs/formats/workflow.md loads") {
    auto const page = text_at("docs/formats/workflow.md");
    auto const begin = page.find("```toml\n");
    REQUIRE(begin != std::string::npos);
    auto const example = page.substr(begin + 8, page.find("```", begin + 8) - begin - 8);
    CHECK(text_of(load(example, "workflow.md")) == "");
}

TEST_CASE("the engine finds the states it enters") {
    auto const name = [](Machine const& machine, std::optional<StateIndex> state) {
        return state ? machine.state(*state).name : std::string{"none"};
    };
    auto const service = machine_of("field-service.toml");
    CHECK(service.dispatch == model::Dispatch::direct);
    CHECK(name(service, service.initial) == "quoted");
    CHECK(name(service, service.first_state(Phase::open)) == "scheduled");
    CHECK(name(service, service.first_state(Phase::en_route)) == "en_route");
    CHECK(name(service, service.delayed()) == "delayed");
    CHECK(name(service, service.mended()) == "en_route");
    CHECK(name(service, service.first_state(Phase::closed)) == "invoiced");

    auto const ride = machine_of("ride.toml");
    CHECK(ride.dispatch == model::Dispatch::offer);
    CHECK(name(ride, ride.initial) == "requested");
    CHECK(name(ride, ride.first_state(Phase::accepted)) == "accepted");
    CHECK(name(ride, ride.first_state(Phase::failed)) == "failed");  // not no_show
    CHECK(name(ride, ride.first_state(Phase::review)) == "none");
    CHECK(name(ride, ride.delayed()) == "none");
    CHECK(name(ride, ride.mended()) == "none");
    CHECK(name(ride, ride.state_named("teleported")) == "none");
}

TEST_CASE("every look-up agrees with a scan") {
    for (char const* file : shipped) {
        auto const machine = machine_of(file);
        std::size_t steps = 0;
        for (std::size_t from = 0; from < machine.states.size(); ++from) {
            auto const near = static_cast<StateIndex>(from);
            CHECK(machine.state_named(machine.states[from].name) == near);
            steps += machine.steps_from(near).size();
            for (std::size_t to = 0; to < machine.states.size(); ++to) {
                auto const far = static_cast<StateIndex>(to);
                auto const found =
                    std::ranges::find_if(machine.transitions, [&](Transition const& step) {
                        return step.from == near && step.to == far;
                    });
                CHECK(
                    machine.find(near, far) ==
                    (found == machine.transitions.end() ? nullptr : &*found)
                );
            }
        }
        CHECK(steps == machine.transitions.size());
    }
}

TEST_CASE("who may do what: field service") {
    auto const service = machine_of("field-service.toml");
    for (auto const& [from, to, expected] : std::array{
             Permission{"quoted", "scheduled", "dA"},
             Permission{"scheduled", "quoted", "dA"},
             Permission{"scheduled", "assigned", "dAe"},
             Permission{"scheduled", "accepted", ""},
             Permission{"assigned", "accepted", "a"},
             Permission{"accepted", "en_route", "ae"},
             Permission{"en_route", "delayed", "adAe"},
             Permission{"delayed", "en_route", "adAe"},
             Permission{"en_route", "on_site", "ae"},
             Permission{"delayed", "on_site", "ae"},
             Permission{"on_site", "in_progress", "a"},
             Permission{"in_progress", "waiting_for_approval", "a"},
             Permission{"waiting_for_approval", "completed", "dA"},
             Permission{"waiting_for_approval", "in_progress", "dA"},
             Permission{"in_progress", "completed", "a"},
             Permission{"completed", "invoiced", "dA"},
             Permission{"accepted", "scheduled", "adAe"},
             Permission{"in_progress", "scheduled", "dA"},
             Permission{"in_progress", "failed", "adA"},
             Permission{"in_progress", "cancelled", "dA"},
             Permission{"completed", "cancelled", ""},
             Permission{"quoted", "en_route", ""},
             Permission{"in_progress", "invoiced", ""},
         }) {
        CAPTURE(from);
        CAPTURE(to);
        CHECK(who(service, from, to) == expected);
    }
}

TEST_CASE("who may do what: ride and parcel") {
    auto const ride = machine_of("ride.toml");
    for (auto const& [from, to, expected] : std::array{
             Permission{"requested", "assigned", "dAe"},
             Permission{"requested", "accepted", "e"},
             Permission{"assigned", "accepted", "a"},
             Permission{"accepted", "en_route", "ae"},
             Permission{"en_route", "arrived", "ae"},
             Permission{"arrived", "on_board", "a"},
             Permission{"arrived", "no_show", "adA"},
             Permission{"on_board", "completed", "adA"},
             Permission{"on_board", "requested", ""},
             Permission{"accepted", "requested", "adAe"},
             Permission{"on_board", "cancelled", "dA"},
             Permission{"completed", "cancelled", ""},
         }) {
        CAPTURE(from);
        CAPTURE(to);
        CHECK(who(ride, from, to) == expected);
    }
    auto const parcel = machine_of("parcel.toml");
    CHECK(who(parcel, "ready", "assigned") == "dAe");
    CHECK(who(parcel, "on_vehicle", "delivered") == "a");
    CHECK(who(parcel, "on_vehicle", "ready") == "");
}

TEST_CASE("the promised guards stand before their steps, and nowhere can they be gone around") {
    using model::Guard;
    auto const service = machine_of("field-service.toml");
    std::vector const proof{Guard::has_photo_before, Guard::has_photo_after, Guard::has_signature};
    for (Transition const& step : service.transitions) {
        CAPTURE(step.line);
        auto const& to = service.state(step.to).name;
        if (to == "completed") CHECK(step.guards == proof);
        if (to == "invoiced") CHECK(step.guards == std::vector{Guard::work_completed});
        if (service.state(step.from).name == "quoted" && to == "scheduled")
            CHECK(step.guards == std::vector{Guard::quote_approved, Guard::slot_reachable});
    }
    auto const parcel = machine_of("parcel.toml");
    auto const* delivered = step_of(parcel, "on_vehicle", "delivered");
    REQUIRE(delivered != nullptr);
    CHECK(delivered->guards == std::vector{Guard::has_photo_after});
}

TEST_CASE("a labour timer that is started is stopped on every way out of work") {
    auto const service = machine_of("field-service.toml");
    auto const has = [](Transition const& step, model::Effect effect) {
        return std::ranges::find(step.effects, effect) != step.effects.end();
    };
    auto const working = service.state_named("in_progress");
    for (Transition const& step : service.transitions) {
        CAPTURE(step.line);
        if (step.to == working) CHECK(has(step, model::Effect::start_labour_timer));
        if (step.from == working) CHECK(has(step, model::Effect::stop_labour_timer));
    }
}

TEST_CASE("whatever happens to a file, it is refused with a line or keeps every promise") {
    for (char const* file : shipped) {
        auto const text = text_of_file(file);
        std::size_t kept = 0;
        CHECK(rc::check("damaged files", [&](std::uint64_t seed) {
            Prng prng{seed};
            for (int repeat = 0; repeat < 20; ++repeat) {
                std::string changed = text;
                for (auto i = prng.between(1, 4); i > 0; --i)
                    changed = damaged(changed, prng);
                auto const loaded = load(changed, file);
                if (loaded.ok()) {
                    ++kept;
                    check_promises(*loaded.machine);
                } else {
                    check_problems(loaded, lines_of(changed).size());
                }
                RC_ASSERT(load(changed, file).problems == loaded.problems);
            }
        }));
        CHECK(kept > 50);  // comments, titles and effects take most blows unharmed
    }
}

}  // namespace posthaste::workflow
