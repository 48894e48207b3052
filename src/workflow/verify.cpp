#include "workflow/verify.hpp"

#include <algorithm>
#include <bitset>

namespace posthaste::workflow {

namespace {

using model::Phase;
using model::Role;
using Phases = EnumSet<Phase>;
using StateSet = std::bitset<states_max>;

/// The phases that a delayed assignment can be back in time in. Arriving late is another step.
bool is_mending(Phase phase) {
    return phase == Phase::accepted || phase == Phase::en_route;
}

std::string phase_name(Phase phase) {
    return std::string{name_of(phase)};
}

/// Whether a state of phase `from` can be followed by one of phase `to` at all.
bool may_follow(Phase from, Phase to) {
    if (model::is_assigned(from)) {
        return model::is_assigned(to) || to == Phase::open || to == Phase::done ||
               to == Phase::failed || to == Phase::cancelled;
    }
    if (from == Phase::closed) return to == Phase::closed;
    if (model::is_over(from)) return to == Phase::closed || to == from;
    if (to == Phase::failed || to == Phase::cancelled) return true;
    if (to == Phase::draft || to == Phase::open) return true;
    return from == Phase::open && (to == Phase::assigned || to == Phase::accepted);
}

char const* why_not_follow(Phase from, Phase to) {
    if (from == Phase::draft && model::is_assigned(to)) {
        return "a draft has no agent: it must be opened first";
    }
    if (model::is_over(from)) return "what is over can only be closed";
    if (to == Phase::closed) return "only what is over can be closed";
    if (to == Phase::done) return "nobody has done the work";
    if (to == Phase::draft) return "an agent has it: it must be opened first";
    return "an assignment begins as assigned or accepted";
}

class Verifier {
public:
    Verifier(Machine const& machine, Problems& problems) : machine_{machine}, problems_{problems} {}

    void run() {
        check_initial();
        check_phases();
        for (Transition const& step : machine_.transitions)
            check_step(step);
        for (std::size_t i = 0; i < machine_.states.size(); ++i)
            check_engine_steps(static_cast<StateIndex>(i));
        check_reach();
        check_slip();
    }

private:
    State const& state(StateIndex index) const { return machine_.state(index); }
    std::string shown(StateIndex index) const { return quoted(state(index).name); }

    void check_initial() {
        State const& initial = state(machine_.initial);
        if (initial.phase == Phase::draft || initial.phase == Phase::open) return;
        problems_.add(
            initial.line,
            "the initial state " + quoted(initial.name) + " has phase " +
                phase_name(initial.phase) + "; a job begins as draft or open"
        );
    }

    void check_phases() {
        Phases needed{Phase::open, Phase::assigned, Phase::done, Phase::cancelled};
        if (machine_.dispatch == model::Dispatch::offer) needed.add(Phase::accepted);
        for (std::size_t i = 0; i < names_of(Phase{}).size(); ++i) {
            auto const phase = static_cast<Phase>(i);
            if (!needed.has(phase) || machine_.first_state(phase)) continue;
            problems_.add(
                1, "no state of phase " + phase_name(phase) + ", which the engine must enter"
            );
        }
    }

    void check_step(Transition const& step) {
        Phase const from = state(step.from).phase;
        Phase const to = state(step.to).phase;
        if (!may_follow(from, to)) {
            problems_.add(
                step.line,
                shown(step.from) + " (" + phase_name(from) + ") cannot become " + shown(step.to) +
                    " (" + phase_name(to) + "): " + why_not_follow(from, to)
            );
        } else if (from == Phase::open && model::is_assigned(to)) {
            check_giving(step);
        }
    }

    /// A step by which a job gets an agent: the engine's, and of people only a dispatcher's.
    void check_giving(Transition const& step) {
        if (machine_.first_state(state(step.to).phase) != step.to) {
            problems_.add(
                step.line,
                "an assignment begins in the first state of its phase, not in " + shown(step.to)
            );
        }
        if (step.who.has(Role::agent)) {
            problems_.add(
                step.line,
                "an agent cannot take a job itself: the step to " + shown(step.to) +
                    " is the engine's or a dispatcher's"
            );
        }
    }

    /// The steps out of a state that the engine must be able to take, whatever the job.
    void check_engine_steps(StateIndex from) {
        Phase const phase = state(from).phase;
        if (model::is_over(phase)) return;
        if (phase == Phase::open) {
            need_step(from, Phase::assigned, Role::engine, "give the job to an agent");
            if (machine_.dispatch == model::Dispatch::offer)
                need_step(from, Phase::accepted, Role::engine, "adopt an accepted offer");
        }
        if (phase >= Phase::assigned && phase <= Phase::en_route)
            need_step(from, Phase::open, Role::engine, "take the job back from its agent");
        need_step(from, Phase::cancelled, Role::dispatcher, "cancel the job");
    }

    void need_step(StateIndex from, Phase phase, Role role, char const* purpose) {
        auto const to = machine_.first_state(phase);
        if (!to) return;  // told by check_phases
        auto const* step = machine_.find(from, *to);
        auto const doer = "the " + std::string{name_of(role)};
        if (step == nullptr) {
            problems_.add(
                state(from).line,
                "no step from " + shown(from) + " to " + shown(*to) + ": " + doer + " could not " +
                    purpose
            );
        } else if (!may(*step, role)) {
            problems_.add(
                step->line,
                "the step from " + shown(from) + " to " + shown(*to) + " must be open to " + doer +
                    ", to " + purpose
            );
        } else if (!step->guards.empty()) {
            problems_.add(
                step->line,
                "a guard would keep " + doer + " from being able to " + purpose + " from " +
                    shown(from)
            );
        }
    }

    void check_reach() {
        auto const reached = spread(start(), [](Transition const& step) {
            return std::pair{step.from, step.to};
        });
        auto const finishing = spread(finished(), [](Transition const& step) {
            return std::pair{step.to, step.from};
        });
        for (std::size_t i = 0; i < machine_.states.size(); ++i) {
            auto const index = static_cast<StateIndex>(i);
            auto const line = state(index).line;
            if (!reached.test(i)) {
                problems_.add(
                    line, shown(index) + " is unreachable from " + shown(machine_.initial)
                );
            }
            if (model::is_over(state(index).phase)) continue;
            if (machine_.steps_from(index).empty()) {
                problems_.add(line, shown(index) + " is a dead end: no step leaves it");
            } else if (!finishing.test(i)) {
                problems_.add(
                    line, shown(index) + " is a dead end: no way from it to a state of phase done"
                );
            }
        }
    }

    StateSet start() const { return StateSet{}.set(machine_.initial); }

    StateSet finished() const {
        StateSet set;
        for (std::size_t i = 0; i < machine_.states.size(); ++i)
            set.set(i, machine_.states[i].phase == Phase::done);
        return set;
    }

    /// All that is reached from `set` along the ends that `ends` gives of each step.
    StateSet spread(StateSet set, auto&& ends) const {
        for (StateSet before; before != set;) {
            before = set;
            for (Transition const& step : machine_.transitions) {
                auto const [near, far] = ends(step);
                if (set.test(near)) set.set(far);
            }
        }
        return set;
    }

    void check_slip() {
        auto const slipped = machine_.delayed();
        if (!slipped) return;
        State const& late = state(*slipped);
        auto const another = std::find_if(
            machine_.states.begin() + *slipped + 1,
            machine_.states.end(),
            [](State const& other) { return other.on_slip; }
        );
        if (another != machine_.states.end()) {
            problems_.add(another->line, "a second state with on_slip, after " + quoted(late.name));
        }
        if (late.phase != Phase::en_route) {
            problems_.add(
                late.line, "on_slip is for a state of phase en_route, not " + phase_name(late.phase)
            );
        }
        auto const by_engine = [&](auto&& matches) {
            return std::ranges::count_if(machine_.transitions, [&](Transition const& step) {
                return may(step, Role::engine) && step.guards.empty() && matches(step);
            });
        };
        if (by_engine([&](auto const& step) { return step.to == *slipped; }) == 0) {
            problems_.add(
                late.line,
                "no step without guards by which the engine could enter " + shown(*slipped)
            );
        }
        if (by_engine([&](auto const& step) {
                return step.from == *slipped && is_mending(state(step.to).phase);
            }) != 1) {
            problems_.add(
                late.line,
                "the engine needs exactly one step without guards from " + shown(*slipped) +
                    " back to being in time"
            );
        }
    }

    Machine const& machine_;
    Problems& problems_;
};

}  // namespace

void verify(Machine const& machine, Problems& problems) {
    Verifier{machine, problems}.run();
}

}  // namespace posthaste::workflow
