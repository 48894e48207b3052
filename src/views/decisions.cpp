#include "views/decisions.hpp"

namespace posthaste::views {

void Decisions::keep(model::Record const& record, std::shared_ptr<std::string const> const& bytes) {
    Kept kept{bytes, {}};
    std::lock_guard const lock{mutex_};
    auto const number = first_ + records_.size();
    for (std::uint32_t e = 0; e < record.entries.size(); ++e) {
        auto const& decisions = record.entries[e].decisions;
        for (std::uint32_t i = 0; i < decisions.size(); ++i) {
            auto& places = places_[raw(decisions[i].job)];
            if (places.size() == decisions_per_job_max) places.erase(places.begin());
            places.push_back({number, e, i});
            kept.jobs.push_back(decisions[i].job);
        }
    }
    if (kept.jobs.empty()) return;
    bytes_ += bytes->size();
    records_.push_back(std::move(kept));
    while (bytes_ > bytes_max_ && records_.size() > 1)
        drop_oldest();
}

void Decisions::drop_oldest() {
    auto const& oldest = records_.front();
    for (auto const job : oldest.jobs) {
        auto const found = places_.find(raw(job));
        if (found == places_.end()) continue;
        auto& places = found->second;
        while (!places.empty() && places.front().record == first_)
            places.erase(places.begin());
        if (places.empty()) places_.erase(found);
    }
    bytes_ -= oldest.bytes->size();
    records_.pop_front();
    ++first_;
}

Result<std::vector<model::Decision>> Decisions::of(model::JobId job) const {
    std::vector<std::pair<Place, std::shared_ptr<std::string const>>> wanted;
    {
        std::lock_guard const lock{mutex_};
        auto const found = places_.find(raw(job));
        if (found == places_.end()) return std::vector<model::Decision>{};
        for (auto const& place : found->second)
            wanted.emplace_back(place, records_[place.record - first_].bytes);
    }
    std::vector<model::Decision> decisions;
    model::Record record;
    std::string const* open = nullptr;
    for (auto const& [place, bytes] : wanted) {
        if (bytes.get() != open) record = TRY(model::unseal(*bytes));
        open = bytes.get();
        decisions.push_back(record.entries[place.entry].decisions[place.index]);
    }
    return decisions;
}

std::size_t Decisions::bytes() const {
    std::lock_guard const lock{mutex_};
    return bytes_;
}

}  // namespace posthaste::views
