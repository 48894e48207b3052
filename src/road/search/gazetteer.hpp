// What can be found by name in a map: places, streets and the houses along them, as columns.
//
// Shapes   An entry is a place or a street; places come first, sorted by kind and name. Houses lie
//          sorted by their entry, then by number: those of entry i from house_first[i] to
//          house_first[i + 1]. A street is one entry in each settlement that it runs through.
//          All columns may be empty: a network of a file that was made before there was a search.
// Threads  shared immutable
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>

#include "model/place.hpp"

namespace posthaste::road {

/// From the largest down.
enum class EntryKind : std::uint8_t { city, town, village, suburb, hamlet, locality, street };
constexpr auto names_of(EntryKind) {
    return std::to_array<std::string_view>(
        {"city", "town", "village", "suburb", "hamlet", "locality", "street"}
    );
}

constexpr std::size_t entry_kind_count = 7;

/// Column as in network.hpp.
template <template <class> class Column>
struct Gazetteer {
    Column<char> texts;                 ///< each ended by a zero
    Column<std::uint32_t> names;        ///< by entry: an offset into `texts`
    Column<model::Position> places;     ///< by entry; of a street: on it, near its middle
    Column<std::uint8_t> kinds;         ///< by entry: EntryKind
    Column<std::uint32_t> within;       ///< by entry: the settlement it belongs to, an entry; none
    Column<std::uint32_t> house_first;  ///< by entry, and the end
    Column<std::uint32_t> house_numbers;  ///< by house: an offset into `texts`
    Column<model::Position> house_places;

    static auto all(auto& self) {
        return std::tie(
            self.texts,
            self.names,
            self.places,
            self.kinds,
            self.within,
            self.house_first,
            self.house_numbers,
            self.house_places
        );
    }

    std::uint32_t entry_count() const { return static_cast<std::uint32_t>(names.size()); }
    EntryKind kind(std::uint32_t entry) const { return static_cast<EntryKind>(kinds[entry]); }
    std::string_view name(std::uint32_t entry) const {
        return std::string_view{texts.data() + names[entry]};
    }
    std::string_view number(std::uint32_t house) const {
        return std::string_view{texts.data() + house_numbers[house]};
    }
};

}  // namespace posthaste::road
