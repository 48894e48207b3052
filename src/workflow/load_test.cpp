#include "workflow/load.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

#include "model/command.hpp"

namespace posthaste::workflow {
namespace {

// The smallest that has everything the rules speak of.
constexpr std::string_view visit = R"(name = "visit"
title = "Visit"
dispatch = "offer"
initial = "asked"

[[state]]
name = "asked"
phase = "draft"
[[state]]
name = "wanted"
phase = "open"
[[state]]
name = "given"
phase = "assigned"
[[state]]
name = "taken"
phase = "accepted"
[[state]]
name = "under_way"
phase = "en_route"
[[state]]
name = "late"
phase = "en_route"
on_slip = true
[[state]]
name = "ready"
phase = "done"
[[state]]
name = "paid"
phase = "closed"
[[state]]
name = "dropped"
phase = "cancelled"

[[transition]]
from = "asked"
to = "wanted"
who = "dispatcher"
guards = ["quote_approved"]
effects = ["notify_customer", "report"]
[[transition]]
from = "wanted"
to = "given"
who = ["engine", "dispatcher"]
[[transition]]
from = "wanted"
to = "taken"
who = "engine"
[[transition]]
from = "given"
to = "taken"
who = "agent"
[[transition]]
from = "taken"
to = "under_way"
who = "agent"
[[transition]]
from = "under_way"
to = "late"
who = ["agent", "engine"]
[[transition]]
from = "late"
to = "under_way"
who = "engine"
[[transition]]
from = ["under_way", "late"]
to = "ready"
who = "agent"
guards = ["has_signature"]
[[transition]]
from = "ready"
to = "paid"
who = "admin"
[[transition]]
from = ["given", "taken", "under_way", "late"]
to = "wanted"
who = ["agent", "engine"]
[[transition]]
from = ["asked", "wanted", "given", "taken", "under_way", "late"]
to = "dropped"
who = "dispatcher"
)";

std::string replaced(std::string_view find, std::string_view by) {
    std::string text{visit};
    auto const at = text.find(find);
    REQUIRE(at != std::string::npos);
    return text.replace(at, find.size(), by);
}

/// The visit, and `count` failed states that no step leads to.
std::string with_states(std::size_t count) {
    std::string text{visit};
    for (std::size_t i = 0; i < count; ++i)
        text += "[[state]]\nname = \"filler" + std::to_string(i) + "\"\nphase = \"failed\"\n";
    return text;
}

struct Mistake {
    std::string_view find;
    std::string_view by;
    std::uint32_t line;
    std::string_view reason;
};

// One mistake a row, and the one problem it is told as.
constexpr std::array mistakes{
    // What the file is made of.
    Mistake{
        "= \"visit\"", "= ", 1, "a text in double quotes is wanted here, not the end of the line"},
    Mistake{"= \"visit\"", "\"visit\"", 1, "= is wanted here, not `\"visit\"`"},
    Mistake{"= \"visit\"", "= 7", 1, "a text in double quotes is wanted here, not `7`"},
    Mistake{"\"visit\"", "\"visit", 1, "the text does not end"},
    Mistake{"\"visit\"", "\"a\\nb\"", 1, "after a \\ in a text only \\ or \" is used here"},
    Mistake{"\"visit\"", "\"visit\" 7", 1, "the end of the line is wanted here, not `7`"},
    Mistake{
        "\"Visit\"",
        "\"Visit\"\ntitle = \"Visit\"",
        3,
        "`title` is given twice; the first is in line 2"},
    Mistake{"\"Visit\"", "\"\"\"Visit\"\"\"", 2, "multi-line texts are not used here"},
    Mistake{
        "\"Visit\"",
        "[[\"Visit\"]]",
        2,
        "a text in double quotes is wanted here, not `[\"Visit\"]]`"},
    Mistake{"\"Visit\"", "[\"Visit\"", 3, ", or ] is wanted here, not `dispatch = \"offer\"`"},
    Mistake{
        "title",
        "\"title\"",
        2,
        "a key or a [[section]] is wanted here, not `\"title\" = \"Visit\"`"},
    Mistake{"title", "ti.tle", 2, "= is wanted here, not `.tle = \"Visit\"`"},
    Mistake{"\"Visit\"", "\"\xc3\x28\"", 2, "not UTF-8"},
    Mistake{"\"Visit\"", "\"Visit\"  # \xff", 2, "not UTF-8"},
    Mistake{"[[state]]", "[state]", 6, "a section is written [[name]]"},
    Mistake{"[[state]]", "[[state]", 6, "]] is wanted here, not `]`"},
    Mistake{"[[state]]", "[[", 6, "the name of a section is wanted here, not the end of the line"},
    Mistake{"[[state]]", "[[stage]]", 6, "unknown section `stage`; known are state, transition"},
    // The head.
    Mistake{"name = \"visit\"\n", "", 1, "`name` is missing"},
    Mistake{"name = \"visit\"", "name = true", 1, "`name` must be a text in double quotes"},
    Mistake{
        "\"visit\"",
        "\"Visit\"",
        1,
        "`Visit` is no name: it begins with a-z, has a-z, 0-9 and _, and at most 32 of them",
    },
    Mistake{"\"Visit\"", "\"\"", 2, "a title has 1 to 64 bytes"},
    Mistake{"title", "titel", 2, "a workflow has no `titel`"},
    Mistake{"dispatch = \"offer\"\n", "", 1, "`dispatch` is missing"},
    Mistake{
        "\"offer\"",
        "\"auction\"",
        3,
        "unknown dispatch `auction`; known are direct, offer",
    },
    Mistake{"initial = \"asked\"\n", "", 1, "`initial` is missing"},
    Mistake{"initial = \"asked\"", "initial = \"aksed\"", 4, "unknown state `aksed`"},
    Mistake{"initial = \"asked\"", "initial = \"a\tb\"", 4, "unknown state `a?b`"},
    // States.
    Mistake{"phase = \"draft\"", "", 6, "`phase` is missing"},
    Mistake{
        "\"draft\"",
        "\"drift\"",
        8,
        "unknown phase `drift`; known are draft, open, assigned, accepted, en_route, on_site, "
        "working, review, done, closed, failed, cancelled",
    },
    Mistake{"phase = \"draft\"", "phase = \"draft\"\nguard = true", 9, "a state has no `guard`"},
    Mistake{
        "name = \"given\"",
        "name = \"wanted\"",
        12,
        "a second state `wanted`; the first is in line 9",
    },
    Mistake{"on_slip = true", "on_slip = \"yes\"", 24, "`on_slip` must be true or false"},
    // Transitions.
    Mistake{"from = \"asked\"\n", "", 35, "`from` is missing"},
    Mistake{"from = \"asked\"", "from = []", 36, "`from` is empty"},
    Mistake{"from = \"asked\"", "from = true", 36, "`from` must be a text or an array of texts"},
    Mistake{"to = \"wanted\"\n", "", 35, "`to` is missing"},
    Mistake{"to = \"wanted\"", "to = \"wnated\"", 37, "unknown state `wnated`"},
    Mistake{"to = \"wanted\"", "to = \"asked\"", 36, "`asked` leads to itself"},
    Mistake{"who = \"dispatcher\"\n", "", 35, "`who` is missing"},
    Mistake{
        "who = \"dispatcher\"",
        "who = \"customer\"",
        38,
        "unknown role `customer`; known are none, viewer, agent, dispatcher, admin, engine",
    },
    Mistake{"who = \"dispatcher\"", "who = \"viewer\"", 38, "`viewer` may do nothing"},
    Mistake{
        "who = [\"engine\", \"dispatcher\"]",
        "who = [\"engine\",\n \"engine\"]",
        45,
        "`engine` is named twice",
    },
    Mistake{
        "\"quote_approved\"",
        "\"quote_aproved\"",
        39,
        "unknown guard `quote_aproved`; known are quote_approved, slot_reachable, "
        "has_photo_before, has_photo_after, has_signature, work_completed",
    },
    Mistake{
        "\"report\"",
        "\"fax\"",
        40,
        "unknown effect `fax`; known are notify_customer, recalculate_eta, adjust_schedule, "
        "start_labour_timer, stop_labour_timer, bill, report, sync_devices",
    },
    Mistake{"\"report\"", "\"notify_customer\"", 40, "`notify_customer` is named twice"},
    Mistake{"effects", "effect", 40, "a transition has no `effect`"},
    Mistake{
        "to = \"taken\"\nwho = \"engine\"",
        "to = \"given\"\nwho = \"engine\"",
        45,
        "a second transition from `wanted` to `given`; the first is in line 41",
    },
    // What the engine needs.
    Mistake{
        "initial = \"asked\"",
        "initial = \"under_way\"",
        18,
        "the initial state `under_way` has phase en_route; a job begins as draft or open",
    },
    Mistake{
        "\"cancelled\"",
        "\"failed\"",
        1,
        "no state of phase cancelled, which the engine must enter",
    },
    Mistake{
        "who = [\"engine\", \"dispatcher\"]",
        "who = \"dispatcher\"",
        41,
        "the step from `wanted` to `given` must be open to the engine, to give the job to an agent",
    },
    Mistake{
        "to = \"taken\"\nwho = \"engine\"",
        "to = \"taken\"\nwho = \"engine\"\nguards = \"slot_reachable\"",
        45,
        "a guard would keep the engine from being able to adopt an accepted offer from `wanted`",
    },
    Mistake{
        "[\"given\", \"taken\", \"under_way\"",
        "[\"given\", \"under_way\"",
        15,
        "no step from `taken` to `wanted`: the engine could not take the job back from its agent",
    },
    Mistake{
        "[\"asked\", \"wanted\", \"given\"",
        "[\"wanted\", \"given\"",
        6,
        "no step from `asked` to `dropped`: the dispatcher could not cancel the job",
    },
    Mistake{
        "to = \"given\"\nwho = [\"engine\", \"dispatcher\"]",
        "to = \"given\"\nwho = [\"engine\", \"agent\"]",
        41,
        "an agent cannot take a job itself: the step to `given` is the engine's or a dispatcher's",
    },
    // Phases.
    Mistake{
        "to = \"paid\"\nwho = \"admin\"",
        "to = \"paid\"\nwho = \"admin\"\n[[transition]]\nfrom = \"asked\"\nto = \"late\"\nwho = "
        "\"agent\"",
        74,
        "`asked` (draft) cannot become `late` (en_route): a draft has no agent: it must be opened "
        "first",
    },
    Mistake{
        "to = \"paid\"\nwho = \"admin\"",
        "to = \"paid\"\nwho = \"admin\"\n[[transition]]\nfrom = \"wanted\"\nto = \"late\"\nwho = "
        "\"engine\"",
        74,
        "`wanted` (open) cannot become `late` (en_route): an assignment begins as assigned or "
        "accepted",
    },
    Mistake{
        "to = \"paid\"\nwho = \"admin\"",
        "to = \"paid\"\nwho = \"admin\"\n[[transition]]\nfrom = \"wanted\"\nto = \"ready\"\nwho = "
        "\"admin\"",
        74,
        "`wanted` (open) cannot become `ready` (done): nobody has done the work",
    },
    Mistake{
        "to = \"paid\"\nwho = \"admin\"",
        "to = \"paid\"\nwho = \"admin\"\n[[transition]]\nfrom = \"given\"\nto = \"paid\"\nwho = "
        "\"admin\"",
        74,
        "`given` (assigned) cannot become `paid` (closed): only what is over can be closed",
    },
    Mistake{
        "to = \"paid\"\nwho = \"admin\"",
        "to = \"paid\"\nwho = \"admin\"\n[[transition]]\nfrom = \"given\"\nto = \"asked\"\nwho = "
        "\"admin\"",
        74,
        "`given` (assigned) cannot become `asked` (draft): an agent has it: it must be opened "
        "first",
    },
    Mistake{
        "to = \"paid\"\nwho = \"admin\"",
        "to = \"paid\"\nwho = \"admin\"\n[[transition]]\nfrom = \"ready\"\nto = \"wanted\"\nwho = "
        "\"admin\"",
        74,
        "`ready` (done) cannot become `wanted` (open): what is over can only be closed",
    },
    // Every state can be reached, and left towards done.
    Mistake{
        "from = \"ready\"\nto = \"paid\"",
        "from = \"dropped\"\nto = \"ready\"",
        70,
        "`dropped` (cancelled) cannot become `ready` (done): what is over can only be closed"},
    // Slips.
    Mistake{
        "phase = \"accepted\"",
        "phase = \"accepted\"\non_slip = true",
        15,
        "on_slip is for a state of phase en_route, not accepted",
    },
    Mistake{
        "phase = \"en_route\"",
        "phase = \"en_route\"\non_slip = true",
        22,
        "a second state with on_slip, after `under_way`",
    },
    Mistake{
        "to = \"late\"\nwho = [\"agent\", \"engine\"]",
        "to = \"late\"\nwho = \"agent\"",
        21,
        "no step without guards by which the engine could enter `late`",
    },
    Mistake{
        "to = \"under_way\"\nwho = \"engine\"",
        "to = \"under_way\"\nwho = \"agent\"",
        21,
        "the engine needs exactly one step without guards from `late` back to being in time",
    },
};

}  // namespace

TEST_CASE("a right file loads, and says what it said") {
    auto const loaded = load(visit, "visit.toml");
    CHECK(text_of(loaded) == "");
    REQUIRE(loaded.ok());
    Machine const& machine = *loaded.machine;
    CHECK(machine.name == "visit");
    CHECK(machine.title == "Visit");
    CHECK(machine.dispatch == model::Dispatch::offer);
    CHECK(machine.state(machine.initial).name == "asked");
    CHECK(machine.states.size() == 9);
    CHECK(machine.states[0].title == "asked");  // no title of its own
    CHECK(machine.transitions.size() == 20);
    auto const wanted = machine.state_named("wanted");
    REQUIRE(wanted.has_value());
    Transition const* step = machine.find(machine.initial, *wanted);
    REQUIRE(step != nullptr);
    CHECK(step->line == 35);
    CHECK(step->guards == std::vector{model::Guard::quote_approved});
    CHECK(step->effects == std::vector{model::Effect::notify_customer, model::Effect::report});
}

TEST_CASE("one mistake is told with its line and reason") {
    for (Mistake const& mistake : mistakes) {
        CAPTURE(mistake.by);
        auto const loaded = load(replaced(mistake.find, mistake.by), "visit.toml");
        CAPTURE(text_of(loaded));
        CHECK_FALSE(loaded.ok());
        CHECK(std::ranges::any_of(loaded.problems, [&](Problem const& problem) {
            return problem.line == mistake.line && problem.reason.starts_with(mistake.reason);
        }));
    }
}

TEST_CASE("dead ends and unreachable states are told") {
    auto const told = [](std::string const& text, Problem const& expected) {
        auto const loaded = load(text, "visit.toml");
        CAPTURE(text_of(loaded));
        CHECK(loaded.problems == std::vector{expected});
    };
    std::string const parked{visit};
    // To be cancelled is no way on.
    std::string text =
        parked + "[[state]]\nname = \"parked\"\nphase = \"working\"\n" +
        "[[transition]]\nfrom = \"under_way\"\nto = \"parked\"\nwho = \"agent\"\n" +
        "[[transition]]\nfrom = \"parked\"\nto = \"dropped\"\nwho = \"dispatcher\"\n";
    told(text, {82, "`parked` is a dead end: no way from it to a state of phase done"});
    told(
        parked + "[[state]]\nname = \"lost\"\nphase = \"failed\"\n",
        {82, "`lost` is unreachable from `asked`"}
    );
    text = parked + "[[state]]\nname = \"stuck\"\nphase = \"working\"\n" +
           "[[transition]]\nfrom = \"under_way\"\nto = \"stuck\"\nwho = \"agent\"\n";
    auto const stuck = load(text, "visit.toml");
    CHECK(
        text_of(stuck) ==
        "visit.toml:82: `stuck` is a dead end: no step leaves it\n"
        "visit.toml:82: no step from `stuck` to `dropped`: the dispatcher could not cancel the job"
    );
}

TEST_CASE("an empty file and one that is not TOML are told, not thrown") {
    auto const empty = load("", "");
    CHECK(
        text_of(empty) ==
        ":1: `dispatch` is missing\n:1: `initial` is missing\n"
        ":1: `name` is missing\n:1: there is no [[state]]"
    );
    CHECK_FALSE(load(std::string_view{"\0\0", 2}, "x").ok());
    CHECK_FALSE(load("\xff\xfe", "x").ok());
    CHECK_FALSE(load("state = 1\ntransition = [1]\n", "x").ok());
}

TEST_CASE("limits are told where they are passed") {
    auto const line_and_reason = [](std::string const& text) {
        auto const loaded = load(text, "visit.toml");
        REQUIRE_FALSE(loaded.ok());
        return loaded.problems.front();
    };
    std::string text{visit};
    text.resize(model::workflow_bytes_max, '\n');
    CHECK(load(text, "visit.toml").ok());
    CHECK(line_and_reason(text + '\n') == Problem{1, "the file is longer than 65536 bytes"});

    // The visit has 9 states; fillers begin at line 82, 3 lines each, and are only unreachable.
    CHECK(line_and_reason(with_states(55)).reason == "`filler0` is unreachable from `asked`");
    CHECK(line_and_reason(with_states(56)) == Problem{82 + 3 * 55, "more than 64 states"});
    CHECK(line_and_reason(with_states(999)) == Problem{82 + 3 * 55, "more than 64 states"});
    CHECK(load(with_states(55), "visit.toml").problems.size() == problems_max);

    // The visit has 20 steps.
    std::string step = "[[transition]]\nto = \"wanted\"\nwho = \"admin\"\nfrom = [";
    for (int i = 0; i < 1024 - 20; ++i)
        step += "\"paid\",";
    text = std::string{visit} + step;
    CHECK(line_and_reason(text + "]").reason.starts_with("a second transition from `paid`"));
    CHECK(line_and_reason(text + "\"paid\"]") == Problem{82, "more than 1024 transitions"});

    auto const long_name = load(std::string{visit}, std::string(1000, 'x'));
    CHECK(long_name.file_name.size() == 256);
}

TEST_CASE("65,536 bytes of any one nesting are refused, not recursed into") {
    for (char const* piece : {"a.", "[", "{a=", "[[", "\"a\".", "'a'.", "a.\n", "[a]\n", "[[\n"}) {
        std::string text = "x = ";
        while (text.size() + 8 < model::workflow_bytes_max)
            text += piece;
        CHECK_FALSE(load(text, "deep.toml").ok());
        CHECK_FALSE(load(text.substr(4), "deep.toml").ok());
    }
}

}  // namespace posthaste::workflow
