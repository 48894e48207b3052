#include "road/search/index.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "geo/distance.hpp"
#include "road/search/words.hpp"

namespace posthaste::road {

namespace {

constexpr std::size_t word_bytes_max = 64;

constexpr std::int32_t whole_word = 1000;
constexpr std::int32_t begun_word = 500;  // and up to 300 more, by how much of it is there
constexpr std::int32_t for_error = 250;
constexpr std::int64_t for_silent_word = 120;  // a word of the name that was not asked for
constexpr std::int64_t for_missing_number = 300;
constexpr std::int64_t for_house = 600;
constexpr std::int64_t for_doubling = 40;  // of the distance
constexpr std::array<std::int64_t, entry_kind_count> for_kind{400, 320, 250, 180, 140, 100, 120};

std::size_t errors_of(std::string_view word) {
    if (word.size() < 4) return 0;
    return word.size() < 8 ? 1 : 2;
}

bool is_number(std::string_view word) {
    return word.front() >= '0' && word.front() <= '9';
}

std::string_view digits_of(std::string_view number) {
    return number.substr(0, number.find_first_not_of("0123456789"));
}

std::int32_t score_of(std::string_view asked, std::string_view known, std::size_t errors) {
    auto const lost = static_cast<std::int32_t>(errors) * for_error;
    if (known.size() <= asked.size() + errors) return whole_word - lost;
    return begun_word + static_cast<std::int32_t>(300 * asked.size() / known.size()) - lost;
}

/// The text's words; a letter behind a number is part of it, as in "12 a".
std::vector<std::string> words_asked(std::string_view text) {
    auto const all = folded(text.substr(0, search_text_max));
    std::vector<std::string> words;
    for (auto const word : words_of(all)) {
        bool const is_letter = word.size() == 1 && !is_number(word);
        bool const is_suffix = is_letter && !words.empty() && is_number(words.back());
        if (is_suffix && words.back().size() < word_bytes_max) {
            words.back() += word;
        } else if (words.size() < search_words_max) {
            words.emplace_back(word.substr(0, word_bytes_max));
        }
    }
    return words;
}

/// Rows of Levenshtein's matrix between a text and the beginnings of another, one a letter.
class Rows {
public:
    Rows(std::string_view text, std::size_t limit) : text_{text}, limit_{limit} {
        for (std::size_t i = 0; i <= text.size(); ++i)
            rows_[0][i] = static_cast<std::uint8_t>(i);
    }

    /// Requires: row `depth` is of the letters before. Whether anything may still fit.
    bool add(std::size_t depth, char letter) {
        auto const& above = rows_[depth];
        auto& row = rows_[depth + 1];
        row[0] = static_cast<std::uint8_t>(depth + 1);
        auto least = row[0];
        for (std::size_t i = 1; i <= text_.size(); ++i) {
            auto const swapped = above[i - 1] + (text_[i - 1] == letter ? 0 : 1);
            row[i] = static_cast<std::uint8_t>(std::min({swapped, above[i] + 1, row[i - 1] + 1}));
            least = std::min(least, row[i]);
        }
        return least <= limit_;
    }
    std::size_t errors(std::size_t depth) const { return rows_[depth][text_.size()]; }

private:
    std::string_view text_;
    std::size_t limit_;
    std::array<std::array<std::uint8_t, word_bytes_max + 1>, word_bytes_max + 1> rows_{};
};

}  // namespace

SearchIndex::SearchIndex(Network const& network) : map_{network.gazetteer} {
    std::vector<std::pair<std::string, std::uint32_t>> uses;  // a word, the entry it is in
    own_count_.reserve(map_.entry_count());
    for (std::uint32_t entry = 0; entry < map_.entry_count(); ++entry) {
        auto const name = folded(map_.name(entry));
        auto const own = words_of(name);
        own_count_.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(own.size(), 255)));
        for (auto const word : own) {
            uses.emplace_back(word.substr(0, word_bytes_max), entry);
            for (auto& form : long_forms(word))
                uses.emplace_back(std::move(form), entry);
        }
    }
    std::ranges::sort(uses);
    uses.erase(std::ranges::unique(uses).begin(), uses.end());
    own_first_.assign(map_.entry_count() + std::size_t{1}, 0);
    std::string_view last;
    for (auto const& [used, entry] : uses) {
        if (word_first_.empty() || last != used) {
            word_first_.push_back(static_cast<std::uint32_t>(words_.size()));
            entry_first_.push_back(static_cast<std::uint32_t>(entries_.size()));
            words_ += used;
            last = used;
        }
        entries_.push_back(entry);
        ++own_first_[entry + 1];
    }
    word_first_.push_back(static_cast<std::uint32_t>(words_.size()));
    entry_first_.push_back(static_cast<std::uint32_t>(entries_.size()));
    for (std::size_t i = 1; i < own_first_.size(); ++i)
        own_first_[i] += own_first_[i - 1];
    own_.resize(entries_.size());
    auto next = own_first_;
    for (std::uint32_t i = 0; i < word_count(); ++i)
        for (auto const entry : entries_with(i))
            own_[next[entry]++] = i;
    std::vector<Box> boxes;
    boxes.reserve(map_.house_places.size());
    for (auto const place : map_.house_places)
        boxes.push_back({place, place});
    houses_ = BoxTree{boxes};
}

std::uint32_t SearchIndex::first_from(std::string_view text) const {
    std::uint32_t low = 0;
    auto high = word_count();
    while (low < high) {
        auto const middle = low + (high - low) / 2;
        if (word(middle) < text) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void SearchIndex::fit_exactly(std::string_view text, Fits& fits) const {
    for (auto i = first_from(text); i < word_count() && word(i).starts_with(text); ++i) {
        if (fits.scores.size() == words_seen_max) break;
        fits.scores.emplace_back(i, score_of(text, word(i), 0));
    }
    for (auto const& form : long_forms(text)) {
        auto const i = first_from(form);
        if (i < word_count() && word(i) == form) fits.scores.emplace_back(i, whole_word);
    }
}

void SearchIndex::fit_nearly(std::string_view text, Fits& fits) const {
    auto const limit = errors_of(text);
    Rows rows{text, limit};
    std::array<std::size_t, word_bytes_max + 1> least{text.size()};  // errors, by letters read
    std::string_view before;
    for (std::uint32_t i = 0; i < word_count() && fits.scores.size() < words_seen_max;) {
        auto const known = word(i);
        auto const [apart, _] = std::ranges::mismatch(before, known);
        auto depth = static_cast<std::size_t>(apart - before.begin());
        bool may_fit = true;
        while (may_fit && depth < known.size()) {
            may_fit = rows.add(depth, known[depth]);
            ++depth;
            least[depth] = std::min(least[depth - 1], rows.errors(depth));
        }
        before = known.substr(0, depth);
        if (least[depth] <= limit) {
            fits.scores.emplace_back(i, score_of(text, known, least[depth]));
        } else if (!may_fit) {
            // Whatever begins so does not fit either.
            auto past = std::string{before};
            past += '\xff';  // no letter of UTF-8 is as high
            i = std::max(i + 1, first_from(past));
            continue;
        }
        ++i;
    }
}

std::vector<SearchIndex::Fits> SearchIndex::fits_of(std::string_view text, bool with_errors) const {
    std::vector<Fits> all;
    for (auto& asked : words_asked(text)) {
        Fits fits{.scores = {}, .is_number = is_number(asked), .text = asked};
        fit_exactly(asked, fits);
        if (with_errors && !fits.is_number) fit_nearly(asked, fits);
        // Of a word that fits in two ways the better.
        std::ranges::sort(fits.scores, [](auto const& a, auto const& b) {
            return std::pair{a.first, -a.second} < std::pair{b.first, -b.second};
        });
        auto const again =
            std::ranges::unique(fits.scores, {}, [](auto const& fit) { return fit.first; });
        fits.scores.erase(again.begin(), again.end());
        for (auto const& [known, _] : fits.scores)
            fits.entries += entries_with(known).size();
        all.push_back(std::move(fits));
    }
    return all;
}

// Of the rarest word first: what of a frequent one is passed over has other words against it.
std::vector<std::uint32_t> SearchIndex::candidates_of(std::vector<Fits> const& words) const {
    std::vector<Fits const*> rarest;
    for (auto const& fits : words)
        rarest.push_back(&fits);
    std::ranges::stable_sort(rarest, {}, &Fits::entries);
    std::vector<std::uint32_t> candidates;
    for (auto const* const fits : rarest) {
        auto best_first = fits->scores;
        std::ranges::stable_sort(best_first, std::greater<>{}, [](auto const& fit) {
            return fit.second;
        });
        for (auto const& [known, _] : best_first) {
            auto const entries = entries_with(known);
            auto const room = search_candidates_max - candidates.size();
            auto const taken = entries.first(std::min(room, entries.size()));
            candidates.insert(candidates.end(), taken.begin(), taken.end());
        }
    }
    std::ranges::sort(candidates);
    candidates.erase(std::ranges::unique(candidates).begin(), candidates.end());
    return candidates;
}

std::int32_t SearchIndex::best_of(Fits const& fits, std::uint32_t entry) const {
    std::int32_t best = 0;
    for (auto i = own_first_[entry]; i < own_first_[entry + 1]; ++i) {
        auto const fit = std::ranges::lower_bound(fits.scores, own_[i], {}, [](auto const& one) {
            return one.first;
        });
        if (fit != fits.scores.end() && fit->first == own_[i]) best = std::max(best, fit->second);
    }
    return best;
}

// "12-14" is asked for as 12, as 14, and best as both.
std::uint32_t SearchIndex::house_of(std::uint32_t entry, std::vector<Fits> const& words) const {
    auto best = none;
    std::int64_t most = std::numeric_limits<std::int64_t>::min();
    for (auto house = map_.house_first[entry]; house < map_.house_first[entry + 1]; ++house) {
        auto const number = map_.number(house);
        auto const may_be_asked = [&](Fits const& fits) {
            return fits.is_number && number.find(digits_of(fits.text)) != number.npos;
        };
        if (std::ranges::none_of(words, may_be_asked)) continue;
        auto const numbers = words_asked(number);
        auto const asked = std::ranges::count_if(words, [&](Fits const& fits) {
            return fits.is_number && std::ranges::count(numbers, fits.text) > 0;
        });
        auto const fit = 2 * asked - std::ssize(numbers);
        if (asked == 0 || fit <= most) continue;
        best = house;
        most = fit;
    }
    return best;
}

std::optional<Found> SearchIndex::judged(
    std::uint32_t entry, std::vector<Fits> const& words, SearchWish const& wish
) const {
    Found found{.entry = entry, .score = for_kind[map_.kinds[entry]]};
    std::int64_t own = 0;
    bool asks_for_house = false;
    for (auto const& fits : words) {
        auto const within = map_.within[entry];
        if (auto const best = best_of(fits, entry); best > 0) {
            found.score += best;
            ++own;
        } else if (auto const around = within == none ? 0 : best_of(fits, within); around > 0) {
            found.score += around / 2;
        } else if (fits.is_number) {
            asks_for_house = true;
        } else {
            return std::nullopt;
        }
    }
    if (own == 0) return std::nullopt;
    found.score -= std::max<std::int64_t>(0, own_count_[entry] - own) * for_silent_word;
    if (asks_for_house) {
        found.house = house_of(entry, words);
        found.score += found.house == none ? -for_missing_number : for_house;
    }
    auto const at = place(found);
    if (wish.within && !wish.within->overlaps({at, at})) return std::nullopt;
    if (wish.near) {
        auto const metres = static_cast<std::uint64_t>(geo::distance(at, *wish.near).count());
        found.score -= static_cast<std::int64_t>(std::bit_width(metres / 128)) * for_doubling;
    }
    return found;
}

std::vector<Found> SearchIndex::search(SearchWish const& wish, bool with_errors) const {
    auto const words = fits_of(wish.text, with_errors);
    std::vector<Found> all;
    for (auto const entry : candidates_of(words))
        if (auto const found = judged(entry, words, wish)) all.push_back(*found);
    std::ranges::stable_sort(all, std::greater<>{}, &Found::score);
    if (all.size() > wish.count) all.resize(wish.count);
    return all;
}

std::vector<Found> SearchIndex::find(SearchWish const& wish) const {
    auto found = search(wish, false);
    return found.empty() ? search(wish, true) : found;
}

Position SearchIndex::place(Found const& found) const {
    return found.house == none ? map_.places[found.entry] : map_.house_places[found.house];
}

std::optional<Found> SearchIndex::house_near(Position at, Metres reach) const {
    auto const limit = geo::square_limit(reach);
    std::pair best{limit, none};
    houses_.visit(box_around(at, reach), [&](std::uint32_t house) {
        best = std::min(best, std::pair{geo::square(at, map_.house_places[house]), house});
    });
    if (best.second == none || best.first >= limit) return std::nullopt;
    auto const* const after =
        std::to_address(std::ranges::upper_bound(map_.house_first, best.second));
    auto const entry = static_cast<std::uint32_t>(after - map_.house_first.data() - 1);
    return Found{.entry = entry, .house = best.second};
}

std::optional<Found> SearchIndex::street_named(std::string_view name, Position at) const {
    auto const wanted = folded(name);
    auto const words = words_of(wanted);
    if (words.empty()) return std::nullopt;
    auto const known = first_from(words.front());
    if (known == word_count() || word(known) != words.front()) return std::nullopt;
    std::pair best{~std::uint64_t{0}, none};
    for (auto const entry : entries_with(known)) {
        if (map_.kind(entry) != EntryKind::street || folded(map_.name(entry)) != wanted) continue;
        best = std::min(best, std::pair{geo::square(at, map_.places[entry]), entry});
    }
    if (best.second == none) return std::nullopt;
    return Found{.entry = best.second};
}

}  // namespace posthaste::road
