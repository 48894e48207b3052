// Finding places, streets and houses by what somebody typed, and by where a place is.
//
// Takes    a gazetteer; text of any content.
// Gives    find(): the best matches. Each word of the text must be in the entry's name, or in the
//          name of its settlement, or be the number of one of its houses; a word may be only the
//          beginning of theirs. When nothing matches so, words of four letters may have an error,
//          of eight two. A number that no house of the street has is passed over.
//          house_near(): the nearest house. street_named(): the street of that very name that is
//          nearest.
// Order    by how well the words match, then how large the place is, then how near `near` it is;
//          ties by entry.
// Cost     made at about 0.3 us a word of a name; find(): tens of microseconds in a city, at most
//          what search_candidates_max and words_seen_max let, some ten milliseconds.
// Threads  shared immutable
// Limits   search_text_max bytes and search_words_max words are read of the text.
// Source   the walk over sorted words with one row of Levenshtein's matrix a letter: Schulz and
//          Mihov, Fast string correction with Levenshtein automata, 2002, without the automaton.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/quantity.hpp"
#include "road/box_tree.hpp"
#include "road/network.hpp"

namespace posthaste::road {

constexpr std::size_t search_text_max = 200;
constexpr std::size_t search_words_max = 10;
constexpr std::size_t search_candidates_max = 20'000;
constexpr std::size_t words_seen_max = 5000;  ///< of the map, for one word of the text

struct SearchWish {
    std::string_view text;
    std::size_t count = 10;
    std::optional<Position> near;
    std::optional<Box> within;  ///< nothing that lies outside
};

struct Found {
    std::uint32_t entry = none;
    std::uint32_t house = none;
    std::int64_t score = 0;  ///< the higher the better
};

class SearchIndex {
public:
    /// Requires: `network` outlives the index.
    explicit SearchIndex(Network const& network);

    std::vector<Found> find(SearchWish const& wish) const;
    std::optional<Found> house_near(Position at, Metres reach) const;
    std::optional<Found> street_named(std::string_view name, Position at) const;

    Position place(Found const& found) const;

private:
    /// How a word of the text fits the map's words, by theirs.
    struct Fits {
        std::vector<std::pair<std::uint32_t, std::int32_t>> scores;  ///< word, score; ascending
        std::size_t entries = 0;
        bool is_number = false;
        std::string text;
    };

    std::string_view word(std::uint32_t number) const {
        return std::string_view{words_}.substr(
            word_first_[number], word_first_[number + 1] - word_first_[number]
        );
    }
    std::uint32_t word_count() const { return static_cast<std::uint32_t>(word_first_.size() - 1); }
    std::span<std::uint32_t const> entries_with(std::uint32_t word) const {
        return std::span{entries_}.subspan(
            entry_first_[word], entry_first_[word + 1] - entry_first_[word]
        );
    }
    /// The first word that is not less.
    std::uint32_t first_from(std::string_view text) const;
    void fit_exactly(std::string_view text, Fits& fits) const;
    void fit_nearly(std::string_view text, Fits& fits) const;
    std::vector<Fits> fits_of(std::string_view text, bool with_errors) const;
    std::vector<std::uint32_t> candidates_of(std::vector<Fits> const& words) const;
    std::int32_t best_of(Fits const& fits, std::uint32_t entry) const;
    std::uint32_t house_of(std::uint32_t entry, std::vector<Fits> const& words) const;
    std::optional<Found> judged(
        std::uint32_t entry, std::vector<Fits> const& words, SearchWish const& wish
    ) const;
    std::vector<Found> search(SearchWish const& wish, bool with_errors) const;

    Gazetteer<SeenColumn> const& map_;
    std::string words_;                       ///< all, sorted
    std::vector<std::uint32_t> word_first_;   ///< by word, and the end
    std::vector<std::uint32_t> entry_first_;  ///< by word, and the end: the entries it is in
    std::vector<std::uint32_t> entries_;
    std::vector<std::uint32_t> own_first_;  ///< by entry, and the end: the words of its name
    std::vector<std::uint32_t> own_;
    std::vector<std::uint8_t> own_count_;  ///< by entry: of them without long forms
    BoxTree houses_;
};

}  // namespace posthaste::road
