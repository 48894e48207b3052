// Whose each region is, and which regions a tenant has: asked with every request.
//
// Takes    the board's control region.
// Gives    the region that a call means: `region=` of its query, else the agent's own, else the
//          tenant's first.
// Errors   nothing for a region that is not there or is another tenant's.
// Cost     a look-up in a map that is made again when the control region has moved.
// Threads  any
#pragma once

#include <charconv>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/router.hpp"
#include "views/board.hpp"

namespace posthaste::api {

class RegionNames {
public:
    explicit RegionNames(views::Board const& board) : board_{board} {}

    std::optional<std::string> tenant_of(RegionId region) const;
    std::vector<RegionId> of(std::string_view tenant) const;
    std::optional<RegionId> region_of(Call const& call) const;

private:
    struct Known {
        model::EventNumber number = 0;
        std::map<RegionId, std::string> tenants;
        std::map<std::string, std::vector<RegionId>, std::less<>> regions;
    };
    std::shared_ptr<Known const> known() const;

    views::Board const& board_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<Known const> known_;
};

/// Decimal digits and nothing else.
template <class T>
std::optional<T> number_from(std::string_view text) {
    T number{};
    auto const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

}  // namespace posthaste::api
