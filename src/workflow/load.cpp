#include "workflow/load.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

#include "model/command.hpp"
#include "workflow/plain_toml.hpp"
#include "workflow/problems.hpp"
#include "workflow/verify.hpp"

namespace posthaste::workflow {

namespace {

template <NamedEnum E>
std::string all_names(std::size_t first = 0) {
    std::string list;
    auto const names = names_of(E{});
    for (std::size_t i = first; i < names.size(); ++i)
        list.append(i == first ? "" : ", ").append(names[i]);
    return list;
}

bool is_name(std::string_view text) {
    auto const fits = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
               letter == '_';
    };
    return !text.empty() && text.size() <= state_name_bytes_max && text[0] >= 'a' &&
           text[0] <= 'z' && std::ranges::all_of(text, fits);
}

class Loader {
public:
    std::optional<Machine> run(std::string_view toml) {
        if (toml.size() > model::workflow_bytes_max) {
            add(1,
                "the file is longer than " + std::to_string(model::workflow_bytes_max) + " bytes");
            return std::nullopt;
        }
        auto parsed = parse_plain_toml(toml);
        if (parsed.problem) {
            add(parsed.problem->line, std::move(parsed.problem->reason));
            return std::nullopt;
        }
        read(parsed.sections);
        if (problems.empty()) verify(machine_, problems);
        if (!problems.empty()) return std::nullopt;
        return std::move(machine_);
    }

    Problems problems;

private:
    void add(std::uint32_t line, std::string reason) { problems.add(line, std::move(reason)); }

    void read(std::vector<Section> const& sections) {
        constexpr std::array<std::string_view, 4> keys{"dispatch", "initial", "name", "title"};
        Section const& head = sections.front();
        check_keys(head, keys, "a workflow");
        machine_.name = read_name(head);
        machine_.title = read_title(head, machine_.name);
        machine_.dispatch = read_enum<model::Dispatch>(head, "dispatch");
        for (Section const& section : std::span{sections}.subspan(1)) {
            if (section.name.text == "state") {
                read_state(section);
            } else if (section.name.text != "transition") {
                add(section.name.line,
                    "unknown section " + quoted(section.name.text) + "; known are state, transition"
                );
            }
        }
        if (auto const initial = need_word(head, "initial")) machine_.initial = state_of(*initial);
        if (machine_.states.empty()) add(1, "there is no [[state]]");
        if (machine_.states.size() > states_max) {
            add(machine_.states[states_max].line,
                "more than " + std::to_string(states_max) + " states");
        }
        if (!problems.empty()) return;  // steps between states that are wrong say nothing new
        for (Section const& section : sections) {
            if (section.name.text == "transition") read_steps(section);
        }
        sort_steps();
    }

    void read_state(Section const& section) {
        constexpr std::array<std::string_view, 4> keys{"name", "on_slip", "phase", "title"};
        check_keys(section, keys, "a state");
        State state;
        state.line = section.name.line;
        state.name = read_name(section);
        state.title = read_title(section, state.name);
        state.phase = read_enum<model::Phase>(section, "phase");
        if (auto const* on_slip = section.find("on_slip")) {
            state.on_slip = on_slip->flag;
            if (on_slip->kind != Entry::Kind::flag)
                add(on_slip->key.line, "`on_slip` must be true or false");
        }
        if (auto const earlier = machine_.state_named(state.name)) {
            return add(
                state.line,
                "a second state " + quoted(state.name) + "; the first is in line " +
                    std::to_string(machine_.states[*earlier].line)
            );
        }
        // One more than fits is kept, so that it can be named as the one too many.
        if (machine_.states.size() <= states_max) machine_.states.push_back(std::move(state));
    }

    /// One [[transition]] is a step from each of its `from`.
    void read_steps(Section const& section) {
        constexpr std::array<std::string_view, 5> keys{"effects", "from", "guards", "to", "who"};
        check_keys(section, keys, "a transition");
        Transition step;
        step.line = section.name.line;
        for (Word const& role : need_words(section, "who"))
            add_role(step.who, role);
        step.guards = read_list<model::Guard>(section, "guards");
        step.effects = read_list<model::Effect>(section, "effects");
        auto const to = need_word(section, "to");
        if (to) step.to = state_of(*to);
        for (Word const& from : need_words(section, "from")) {
            step.from = state_of(from);
            if (to && from.text == to->text) add(from.line, quoted(from.text) + " leads to itself");
            if (machine_.transitions.size() < transitions_max) {
                machine_.transitions.push_back(step);
            } else if (!crowded_) {
                crowded_ = true;
                add(step.line, "more than " + std::to_string(transitions_max) + " transitions");
            }
        }
    }

    void sort_steps() {
        auto const key = [](Transition const& step) {
            return std::tuple{step.from, step.to, step.line};
        };
        auto& steps = machine_.transitions;
        std::ranges::stable_sort(steps, {}, key);
        for (std::size_t i = 1; problems.empty() && i < steps.size(); ++i) {
            if (steps[i].from != steps[i - 1].from || steps[i].to != steps[i - 1].to) continue;
            add(steps[i].line,
                "a second transition from " + quoted(machine_.states[steps[i].from].name) + " to " +
                    quoted(machine_.states[steps[i].to].name) + "; the first is in line " +
                    std::to_string(steps[i - 1].line));
        }
    }

    void add_role(Roles& who, Word const& word) {
        auto const role = enum_of<model::Role>(word, "role");
        if (!role) return;
        if (*role <= model::Role::viewer || *role == model::Role::calendar)
            add(word.line, quoted(word.text) + " may do nothing");
        if (who.has(*role)) add(word.line, quoted(word.text) + " is named twice");
        who.add(*role);
    }

    StateIndex state_of(Word const& word) {
        auto const found = machine_.state_named(word.text);
        if (!found) add(word.line, "unknown state " + quoted(word.text));
        return found.value_or(0);
    }

    std::string read_name(Section const& section) {
        auto const word = need_word(section, "name");
        if (word && !is_name(word->text)) {
            add(word->line,
                quoted(word->text) +
                    " is no name: it begins with a-z, has a-z, 0-9 and _, and at most " +
                    std::to_string(state_name_bytes_max) + " of them");
        }
        return word ? word->text : std::string{};
    }

    std::string read_title(Section const& section, std::string const& otherwise) {
        if (section.find("title") == nullptr) return otherwise;
        auto const word = need_word(section, "title");
        if (!word) return otherwise;
        if (word->text.empty() || word->text.size() > title_bytes_max)
            add(word->line, "a title has 1 to " + std::to_string(title_bytes_max) + " bytes");
        return word->text;
    }

    template <NamedEnum E>
    E read_enum(Section const& section, std::string_view key) {
        auto const word = need_word(section, key);
        return word ? enum_of<E>(*word, key).value_or(E{}) : E{};
    }

    template <NamedEnum E>
    std::vector<E> read_list(Section const& section, std::string_view key) {
        std::vector<E> list;
        if (section.find(key) == nullptr) return list;
        auto const what = key.substr(0, key.size() - 1);  // guards: a guard
        for (Word const& word : words(*section.find(key))) {
            auto const value = enum_of<E>(word, what);
            if (!value) continue;
            if (std::ranges::find(list, *value) != list.end()) {
                add(word.line, quoted(word.text) + " is named twice");
            } else {
                list.push_back(*value);
            }
        }
        return list;
    }

    template <NamedEnum E>
    std::optional<E> enum_of(Word const& word, std::string_view what) {
        auto const value = from_name<E>(word.text);
        if (!value) {
            add(word.line,
                "unknown " + std::string{what} + " " + quoted(word.text) + "; known are " +
                    all_names<E>());
        }
        return value;
    }

    std::optional<Word> need_word(Section const& section, std::string_view key) {
        auto const* entry = section.find(key);
        if (entry == nullptr) {
            add(section.name.line, quoted(key) + " is missing");
            return std::nullopt;
        }
        if (entry->kind == Entry::Kind::text) return entry->words.front();
        add(entry->key.line, quoted(key) + " must be a text in double quotes");
        return std::nullopt;
    }

    /// One text, or an array of them.
    std::vector<Word> words(Entry const& entry) {
        if (entry.kind == Entry::Kind::flag) {
            add(entry.key.line, quoted(entry.key.text) + " must be a text or an array of texts");
        }
        return entry.words;
    }

    std::vector<Word> need_words(Section const& section, std::string_view key) {
        auto const* entry = section.find(key);
        if (entry == nullptr) {
            add(section.name.line, quoted(key) + " is missing");
            return {};
        }
        if (entry->kind == Entry::Kind::list && entry->words.empty())
            add(entry->key.line, quoted(key) + " is empty");
        return words(*entry);
    }

    void check_keys(
        Section const& section, std::span<std::string_view const> keys, std::string_view what
    ) {
        for (Entry const& entry : section.entries) {
            if (std::ranges::find(keys, entry.key.text) != keys.end()) continue;
            add(entry.key.line, std::string{what} + " has no " + quoted(entry.key.text));
        }
    }

    Machine machine_;
    bool crowded_ = false;
};

}  // namespace

Loaded load(std::string_view toml, std::string_view file_name) {
    constexpr std::size_t file_name_bytes_max = 256;
    Loaded loaded;
    loaded.file_name = file_name.substr(0, file_name_bytes_max);
    Loader loader;
    loaded.machine = loader.run(toml);
    loaded.problems = std::move(loader.problems).sorted();
    ASSERT(loaded.ok() == loaded.problems.empty());
    return loaded;
}

std::string text_of(Loaded const& loaded) {
    std::string text;
    for (Problem const& problem : loaded.problems) {
        if (!text.empty()) text += '\n';
        text += loaded.file_name + ':' + std::to_string(problem.line) + ": " + problem.reason;
    }
    return text;
}

}  // namespace posthaste::workflow
