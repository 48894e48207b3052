#include "workflow/plain_toml.hpp"

#include <algorithm>

#include "workflow/problems.hpp"

namespace posthaste::workflow {

namespace {

bool is_key_letter(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

bool is_control(char letter) {
    auto const byte = static_cast<unsigned char>(letter);
    return (byte < 0x20 && letter != '\t') || byte == 0x7f;
}

/// The bytes of the character that `text` begins with; 0 when it is not UTF-8 (RFC 3629).
std::size_t character_bytes(std::string_view text) {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned const first = byte(0);
    if (first < 0x80) return 1;
    std::size_t const count = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < count) return 0;
    for (std::size_t i = 1; i < count; ++i) {
        if ((byte(i) & 0xc0U) != 0x80) return 0;
    }
    unsigned const second = byte(1);
    bool const overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
    bool const surrogate = first == 0xed && second > 0x9f;
    bool const beyond = first == 0xf4 && second > 0x8f;
    return overlong || surrogate || beyond ? 0 : count;
}

class Parser {
public:
    explicit Parser(std::string_view toml) : rest_{toml} { parsed_.sections.emplace_back(); }

    Parsed run() && {
        while (next_line_with_something() && read_line()) {
        }
        return std::move(parsed_);
    }

private:
    bool fail(std::string reason) {
        if (!parsed_.problem) parsed_.problem = Problem{line_, std::move(reason)};
        return false;
    }
    bool fail_at(std::string_view wanted) {
        auto const found = rest_.substr(0, rest_.find_first_of("\r\n"));
        return fail(
            std::string{wanted} + " is wanted here, not " +
            (found.empty() ? "the end of the line" : quoted(found))
        );
    }

    bool at(char letter) const { return !rest_.empty() && rest_.front() == letter; }
    bool take(std::string_view token) {
        if (!rest_.starts_with(token)) return false;
        rest_.remove_prefix(token.size());
        return true;
    }
    void skip_spaces() {
        rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(" \t")));
    }

    /// Passes spaces, a comment and the newline. False when something else stands there.
    bool end_line() {
        skip_spaces();
        if (at('#')) {
            while (!rest_.empty() && !is_control(rest_.front())) {
                if (!take_character(nullptr)) return false;
            }
        }
        if (rest_.empty()) return true;
        if (!take("\n") && !take("\r\n")) return fail_at("the end of the line");
        ++line_;
        return true;
    }

    bool next_line_with_something() {
        skip_spaces();
        while (at('#') || at('\n') || at('\r')) {
            if (!end_line()) return false;
            skip_spaces();
        }
        return !rest_.empty();
    }

    bool read_line() {
        if (at('[')) return read_header() && end_line();
        return read_entry() && end_line();
    }

    std::string take_key() {
        auto const end = std::ranges::find_if_not(rest_, is_key_letter);
        std::string key{rest_.begin(), end};
        rest_.remove_prefix(key.size());
        return key;
    }

    bool read_header() {
        auto const line = line_;
        if (!take("[[")) return fail("a section is written [[name]]");
        skip_spaces();
        std::string name = take_key();
        if (name.empty()) return fail_at("the name of a section");
        skip_spaces();
        if (!take("]]")) return fail_at("]]");
        parsed_.sections.push_back({{std::move(name), line}, {}});
        return true;
    }

    bool read_entry() {
        Entry entry;
        entry.key = {take_key(), line_};
        if (entry.key.text.empty()) return fail_at("a key or a [[section]]");
        skip_spaces();
        if (!take("=")) return fail_at("=");
        skip_spaces();
        Section& section = parsed_.sections.back();
        if (auto const* earlier = section.find(entry.key.text)) {
            return fail(
                quoted(entry.key.text) + " is given twice; the first is in line " +
                std::to_string(earlier->key.line)
            );
        }
        if (section.entries.size() == keys_max)
            return fail("more than " + std::to_string(keys_max) + " keys in a section");
        if (!read_value(entry)) return false;
        section.entries.push_back(std::move(entry));
        return true;
    }

    bool read_value(Entry& entry) {
        if (take("true")) {
            entry.flag = true;
            return true;
        }
        if (take("false")) return true;
        if (take("[")) {
            entry.kind = Entry::Kind::list;
            return read_list(entry.words);
        }
        entry.kind = Entry::Kind::text;
        return read_text(entry.words);
    }

    bool read_list(std::vector<Word>& words) {
        while (true) {
            if (!next_line_with_something()) return fail_at("]");
            if (take("]")) return true;
            if (!read_text(words)) return false;
            if (!next_line_with_something()) return fail_at("]");
            if (!take(",") && !at(']')) return fail_at(", or ]");
        }
    }

    bool read_text(std::vector<Word>& words) {
        Word word{{}, line_};
        if (rest_.starts_with("\"\"\"")) return fail("multi-line texts are not used here");
        if (!take("\"")) return fail_at("a text in double quotes");
        while (!take("\"")) {
            if (rest_.empty() || is_control(rest_.front())) return fail("the text does not end");
            if (take("\\") && !at('"') && !at('\\'))
                return fail("after a \\ in a text only \\ or \" is used here");
            if (!take_character(&word.text)) return false;
        }
        words.push_back(std::move(word));
        return true;
    }

    bool take_character(std::string* into) {
        auto const count = character_bytes(rest_);
        if (count == 0) return fail("not UTF-8");
        if (into != nullptr) *into += rest_.substr(0, count);
        rest_.remove_prefix(count);
        return true;
    }

    std::string_view rest_;
    std::uint32_t line_ = 1;
    Parsed parsed_;
};

}  // namespace

Entry const* Section::find(std::string_view key) const {
    auto const found =
        std::ranges::find_if(entries, [&](Entry const& entry) { return entry.key.text == key; });
    return found == entries.end() ? nullptr : &*found;
}

Parsed parse_plain_toml(std::string_view toml) {
    return Parser{toml}.run();
}

}  // namespace posthaste::workflow
