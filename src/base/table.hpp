// Table<Id, T>: things by id, with a small dense slot number each, for indexes that want arrays.
//
// Shapes   slot < slot_count(); a slot is reused after an erase, an id never.
// Order    ids() and the codec go by id. Slots depend on the order of inserts and erases, so
//          nothing that is decided may depend on them.
// Cost     find: one hash probe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <boost/container/deque.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "base/assert.hpp"
#include "base/codec.hpp"
#include "base/ids.hpp"

namespace posthaste {

using Slot = std::uint32_t;

template <Id I, class T>
// NOLINTNEXTLINE(bugprone-exception-escape): moving the map allocates nothing
class Table {
public:
    std::size_t size() const { return slots_.size(); }
    bool empty() const { return slots_.empty(); }
    std::size_t slot_count() const { return items_.size(); }

    T* find(I id) {
        auto const found = slots_.find(raw(id));
        return found == slots_.end() ? nullptr : &items_[found->second];
    }
    T const* find(I id) const {
        auto const found = slots_.find(raw(id));
        return found == slots_.end() ? nullptr : &items_[found->second];
    }
    /// Requires: the id is in the table.
    T& at(I id) {
        T* const item = find(id);
        ASSERT(item != nullptr);
        return *item;
    }
    T const& at(I id) const {
        T const* const item = find(id);
        ASSERT(item != nullptr);
        return *item;
    }
    bool contains(I id) const { return slots_.contains(raw(id)); }

    /// Requires: the id is in the table.
    Slot slot_of(I id) const {
        auto const found = slots_.find(raw(id));
        ASSERT(found != slots_.end());
        return found->second;
    }
    /// Requires: the slot is in use.
    T const& at_slot(Slot slot) const {
        ASSERT(slot < items_.size());
        return items_[slot];
    }

    /// Requires: the id is not in the table.
    T& insert(T item) {
        Slot slot = static_cast<Slot>(items_.size());
        if (free_.empty()) {
            items_.emplace_back();
        } else {
            slot = free_.back();
            free_.pop_back();
        }
        bool const inserted = slots_.emplace(raw(item.id), slot).second;
        ASSERT(inserted);
        items_[slot] = std::move(item);
        return items_[slot];
    }

    /// Requires: the id is in the table.
    void erase(I id) {
        Slot const slot = slot_of(id);
        items_[slot] = T{};
        free_.push_back(slot);
        slots_.erase(raw(id));
    }

    std::vector<I> ids() const {
        std::vector<I> all;
        all.reserve(slots_.size());
        for (auto const& [id, slot] : slots_)
            all.push_back(I{id});
        std::sort(all.begin(), all.end());
        return all;
    }

    bool operator==(Table const& other) const {
        if (size() != other.size()) return false;
        for (auto const id : ids()) {
            T const* const there = other.find(id);
            if (there == nullptr || !(*there == at(id))) return false;
        }
        return true;
    }

private:
    // Blocks of many: std::deque's hold one item of this size, and looking it up costs a miss more.
    using Blocks = boost::container::deque_options_t<boost::container::block_size<64U>>;

    boost::container::deque<T, void, Blocks> items_;
    std::vector<Slot> free_;
    boost::unordered_flat_map<std::uint64_t, Slot> slots_;
};

namespace detail {

template <class I, class T>
struct Coder<Table<I, T>> {
    static void write(Writer& out, Table<I, T> const& table) {
        out.sized([&] {
            out.varint(table.size());
            for (auto const id : table.ids())
                Coder<T>::write(out, table.at(id));
        });
    }
    static void read(Reader& in, Table<I, T>& table) {
        table = {};
        ListCoder<std::vector<T>, T>::read_each(in, [&](T&& item) {
            if (table.contains(item.id)) return in.fail();
            table.insert(std::move(item));
        });
    }
};

}  // namespace detail

}  // namespace posthaste
