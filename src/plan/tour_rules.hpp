// The rules of a tour that need no clock: who may serve it, in which order, what is aboard.
//
// Takes    a tour, and the timetable being made of it.
// Gives    what is aboard on leaving the start and every stop; nothing where a rule is broken, and
//          then the table says which, where and by how much.
// Threads  pure
#pragma once

#include <optional>
#include <vector>

#include "plan/timetable.hpp"

namespace posthaste::plan {

std::optional<std::vector<Amounts>> check_rules(Tour const& tour, Timetable& table);

/// Notes what is broken; false, for the caller to hand on.
inline bool fail(Timetable& table, Fault fault, std::size_t at, Time excess = 0) {
    table.fault = fault;
    table.fault_at = static_cast<std::uint32_t>(at);
    table.excess = excess;
    return false;
}

}  // namespace posthaste::plan
