// ReferenceIndex<Id>: who goes by which outside reference, without keeping the references again.
//
// Takes    references and ids; name_of(id), which gives the reference the id's owner keeps.
// Gives    the id that goes by a reference.
// Cost     find: one probe and one comparison. 16 bytes an entry: a hash and an id. References
// whose
//          hashes are equal are kept in full beside it.
// Order    it cannot be iterated, so nothing decided can depend on its order.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <boost/container_hash/hash.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "base/ids.hpp"

namespace posthaste {

template <Id I, class Hash = boost::hash<std::string_view>>
class ReferenceIndex {
public:
    std::optional<I> find(std::string_view reference, auto&& name_of) const {
        auto const first = first_.find(Hash{}(reference));
        if (first == first_.end() && others_.empty()) return std::nullopt;
        if (first != first_.end() && name_of(first->second) == reference) return first->second;
        auto const other = others_.find(reference);
        if (other == others_.end()) return std::nullopt;
        return other->second;
    }

    void put(std::string_view reference, I id) {
        auto const [first, fresh] = first_.try_emplace(Hash{}(reference), id);
        if (!fresh && first->second != id) others_.insert_or_assign(std::string{reference}, id);
    }

    /// Nothing when another id goes by the reference.
    void erase(std::string_view reference, I id) {
        auto const first = first_.find(Hash{}(reference));
        if (first != first_.end() && first->second == id) first_.erase(first);
        auto const other = others_.find(reference);
        if (other != others_.end() && other->second == id) others_.erase(other);
    }

    void clear() {
        first_.clear();
        others_.clear();
    }

private:
    boost::unordered_flat_map<std::uint64_t, I> first_;  ///< by the reference's hash
    std::map<std::string, I, std::less<>> others_;       ///< the hash was taken when they came
};

}  // namespace posthaste
