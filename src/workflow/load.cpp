#include "workflow/load.hpp"

#include <algorithm>
#include <array>
#include <span>

#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include "model/command.hpp"
#include "workflow/plain_toml.hpp"
#include "workflow/problems.hpp"
#include "workflow/verify.hpp"

namespace posthaste::workflow {

namespace {

/// A string of the file, and where it stands.
struct Word {
    std::string_view text;
    std::uint32_t line = 1;
};

std::uint32_t line_of(toml::source_region const& source) {
    return std::max<std::uint32_t>(1, source.begin.line);
}

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
        if (auto const found = first_not_plain(toml)) {
            add(found->line, found->reason);
            return std::nullopt;
        }
        auto const parsed = toml::parse(toml);
        if (!parsed) {
            std::string const why = quoted(parsed.error().description());
            add(line_of(parsed.error().source()), "not TOML: " + why.substr(1, why.size() - 2));
            return std::nullopt;
        }
        read(parsed.table());
        if (problems.empty()) verify(machine_, problems);
        if (!problems.empty()) return std::nullopt;
        return std::move(machine_);
    }

    Problems problems;

private:
    void add(std::uint32_t line, std::string reason) { problems.add(line, std::move(reason)); }

    void read(toml::table const& file) {
        constexpr std::array<std::string_view, 6> keys{
            "dispatch", "initial", "name", "state", "title", "transition"};
        check_keys(file, keys, "a workflow");
        machine_.name = read_name(file, 1);
        machine_.title = read_title(file, machine_.name);
        machine_.dispatch = read_enum<model::Dispatch>(file, "dispatch", 1);
        for_each_table(file, "state", [&](toml::table const& table) { read_state(table); });
        if (auto const initial = need_word(file, "initial", 1))
            machine_.initial = state_of(*initial);
        if (machine_.states.size() > states_max) {
            add(machine_.states[states_max].line,
                "more than " + std::to_string(states_max) + " states");
        }
        if (!problems.empty()) return;  // steps between states that are wrong say nothing new
        for_each_table(file, "transition", [&](toml::table const& table) { read_steps(table); });
        sort_steps();
    }

    void read_state(toml::table const& table) {
        constexpr std::array<std::string_view, 4> keys{"name", "on_slip", "phase", "title"};
        check_keys(table, keys, "a state");
        State state;
        state.line = line_of(table.source());
        state.name = read_name(table, state.line);
        state.title = read_title(table, state.name);
        state.phase = read_enum<model::Phase>(table, "phase", state.line);
        if (auto const* on_slip = table.get("on_slip")) {
            if (!on_slip->is_boolean())
                return add(line_of(on_slip->source()), "`on_slip` must be true or false");
            state.on_slip = on_slip->as_boolean()->get();
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
    void read_steps(toml::table const& table) {
        constexpr std::array<std::string_view, 5> keys{"effects", "from", "guards", "to", "who"};
        check_keys(table, keys, "a transition");
        Transition step;
        step.line = line_of(table.source());
        for (Word const& role : need_words(table, "who", step.line))
            add_role(step.who, role);
        step.guards = read_list<model::Guard>(table, "guards");
        step.effects = read_list<model::Effect>(table, "effects");
        auto const to = need_word(table, "to", step.line);
        if (to) step.to = state_of(*to);
        for (Word const& from : need_words(table, "from", step.line)) {
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
        if (*role <= model::Role::viewer) add(word.line, quoted(word.text) + " may do nothing");
        if (who.has(*role)) add(word.line, quoted(word.text) + " is named twice");
        who.add(*role);
    }

    StateIndex state_of(Word const& word) {
        auto const found = machine_.state_named(word.text);
        if (!found) add(word.line, "unknown state " + quoted(word.text));
        return found.value_or(0);
    }

    std::string read_name(toml::table const& table, std::uint32_t line) {
        auto const word = need_word(table, "name", line);
        if (word && !is_name(word->text)) {
            add(word->line,
                quoted(word->text) +
                    " is no name: a letter, then letters, digits and _, all of a-z, at most " +
                    std::to_string(state_name_bytes_max));
        }
        return std::string{word ? word->text : std::string_view{}};
    }

    std::string read_title(toml::table const& table, std::string const& otherwise) {
        if (!table.contains("title")) return otherwise;
        auto const word = need_word(table, "title", 1);
        if (!word) return otherwise;
        if (word->text.empty() || word->text.size() > title_bytes_max)
            add(word->line, "a title has 1 to " + std::to_string(title_bytes_max) + " bytes");
        return std::string{word->text};
    }

    template <NamedEnum E>
    E read_enum(toml::table const& table, std::string_view key, std::uint32_t line) {
        auto const word = need_word(table, key, line);
        return word ? enum_of<E>(*word, key).value_or(E{}) : E{};
    }

    template <NamedEnum E>
    std::vector<E> read_list(toml::table const& table, std::string_view key) {
        std::vector<E> list;
        if (!table.contains(key)) return list;
        auto const what = key.substr(0, key.size() - 1);  // guards: a guard
        for (Word const& word : words(table, key)) {
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

    std::optional<Word> need_word(
        toml::table const& table, std::string_view key, std::uint32_t line
    ) {
        auto const* node = table.get(key);
        if (node == nullptr) {
            add(line, quoted(key) + " is missing");
            return std::nullopt;
        }
        return word_of(*node, key);
    }

    std::optional<Word> word_of(toml::node const& node, std::string_view key) {
        auto const* text = node.as_string();
        if (text == nullptr) {
            add(line_of(node.source()), quoted(key) + " must be a string");
            return std::nullopt;
        }
        return Word{text->get(), line_of(node.source())};
    }

    /// One string, or an array of them.
    std::vector<Word> words(toml::table const& table, std::string_view key) {
        std::vector<Word> list;
        auto const& node = *table.get(key);
        auto const take = [&](toml::node const& each) {
            if (auto const word = word_of(each, key)) list.push_back(*word);
        };
        if (auto const* array = node.as_array()) {
            for (auto const& each : *array)
                take(each);
        } else {
            take(node);
        }
        return list;
    }

    std::vector<Word> need_words(
        toml::table const& table, std::string_view key, std::uint32_t line
    ) {
        if (table.contains(key)) {
            auto list = words(table, key);
            if (!list.empty() || !problems.empty()) return list;
        }
        add(line, quoted(key) + " is missing");
        return {};
    }

    void for_each_table(toml::table const& file, std::string_view key, auto&& read_one) {
        auto const* node = file.get(key);
        if (node == nullptr) return add(1, "there is no [[" + std::string{key} + "]]");
        auto const* array = node->as_array();
        if (array == nullptr) {
            return add(
                line_of(node->source()),
                quoted(key) + " must be written [[" + std::string{key} + "]]"
            );
        }
        for (auto const& each : *array) {
            if (auto const* table = each.as_table()) {
                read_one(*table);
            } else {
                add(line_of(each.source()),
                    quoted(key) + " must be written [[" + std::string{key} + "]]");
            }
        }
    }

    void check_keys(
        toml::table const& table, std::span<std::string_view const> keys, std::string_view what
    ) {
        for (auto const& [key, node] : table) {
            if (std::ranges::find(keys, key.str()) != keys.end()) continue;
            add(line_of(key.source()), std::string{what} + " has no " + quoted(key.str()));
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
