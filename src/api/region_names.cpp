#include "api/region_names.hpp"

namespace posthaste::api {

std::shared_ptr<RegionNames::Known const> RegionNames::known() const {
    auto const number = board_.number(core::control_region);
    std::lock_guard const lock{mutex_};
    if (known_ && known_->number == number) return known_;
    auto made = std::make_shared<Known>();
    made->number = number;
    for (auto const& [region, entry] : board_.region_entries()) {
        made->tenants.emplace(region, entry.tenant);
        made->regions[entry.tenant].push_back(region);
    }
    known_ = std::move(made);
    return known_;
}

std::optional<std::string> RegionNames::tenant_of(RegionId region) const {
    auto const now = known();
    auto const found = now->tenants.find(region);
    if (found == now->tenants.end()) return std::nullopt;
    return found->second;
}

std::vector<RegionId> RegionNames::of(std::string_view tenant) const {
    auto const now = known();
    auto const found = now->regions.find(tenant);
    return found == now->regions.end() ? std::vector<RegionId>{} : found->second;
}

std::optional<RegionId> RegionNames::region_of(Call const& call) const {
    auto const& who = call.principal;
    std::optional<RegionId> region;
    if (auto const given = call.request.query_value("region")) {
        if (auto const number = number_from<std::uint16_t>(*given)) region = RegionId{*number};
    } else if (who.agent != model::AgentId{}) {
        region = posthaste::region_of(who.agent);
    } else if (auto const all = of(who.tenant); !all.empty()) {
        region = all.front();
    }
    if (!region || tenant_of(*region) != who.tenant) return std::nullopt;
    return region;
}

}  // namespace posthaste::api
