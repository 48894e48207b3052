// Which bit a skill, a vehicle kind or a feature has in this region. Names are given bits in the
// order they are first used and keep them.
//
// Limits   64 skills, 16 vehicle kinds, 32 features a region; beyond: Rejection::limit_reached.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/event.hpp"
#include "model/policy.hpp"

namespace posthaste::core {

constexpr std::array<std::size_t, 3> catalogue_max{64, model::vehicle_kinds_max, 32};

struct Catalogue {
    std::array<std::vector<std::string>, 3> names;  ///< by NameKind; the index is the bit

    bool operator==(Catalogue const&) const = default;
    static void fields(auto& self, auto&& field) { field(1, "names", self.names); }

    std::vector<std::string> const& of(model::NameKind kind) const {
        return names[static_cast<std::size_t>(kind)];
    }
    std::optional<std::uint8_t> bit(model::NameKind kind, std::string_view name) const {
        auto const& known = of(kind);
        for (std::size_t i = 0; i < known.size(); ++i) {
            if (known[i] == name) return static_cast<std::uint8_t>(i);
        }
        return std::nullopt;
    }
};

}  // namespace posthaste::core
