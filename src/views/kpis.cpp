#include "views/kpis.hpp"

#include <algorithm>

namespace posthaste::views {

using model::Phase;

namespace {

constexpr std::int64_t minute_ms = 60'000;

std::size_t place(auto named) {
    return static_cast<std::size_t>(named);
}

std::optional<std::uint64_t> share(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return std::nullopt;
    return part * 1000 / whole;
}

}  // namespace

void Kpis::count_assignment(Instant at) {
    ++assignments_made;
    auto const number = std::max<std::int64_t>(0, at.millis() / minute_ms);
    auto& minute = minutes_.at(static_cast<std::size_t>(number) % minutes_kept);
    if (minute.number != number) minute = {.number = number, .count = 0};
    ++minute.count;
}

void Kpis::count_wait(Millis wait) {
    newest_waits.at(waits % waits_kept) = wait;
    ++waits;
}

std::uint64_t Kpis::assigned_last_hour(Instant now) const {
    auto const newest = now.millis() / minute_ms;
    std::uint64_t sum = 0;
    for (auto const& minute : minutes_) {
        auto const age = newest - minute.number;
        if (age >= 0 && age < static_cast<std::int64_t>(minutes_kept)) sum += minute.count;
    }
    return sum;
}

std::optional<Millis> Kpis::median_wait() const {
    auto kept = newest_waits;
    auto const count = std::min<std::size_t>(waits, waits_kept);
    if (count == 0) return std::nullopt;
    auto const middle = kept.begin() + static_cast<std::ptrdiff_t>((count - 1) / 2);
    std::nth_element(kept.begin(), middle, kept.begin() + static_cast<std::ptrdiff_t>(count));
    return *middle;
}

std::optional<std::uint64_t> Kpis::service_rate() const {
    auto const done = jobs_by_phase[place(Phase::done)] + jobs_by_phase[place(Phase::closed)];
    auto const not_done =
        jobs_by_phase[place(Phase::failed)] + jobs_by_phase[place(Phase::cancelled)];
    return share(done, done + not_done);
}

std::uint64_t Kpis::on_duty() const {
    std::uint64_t sum = 0;
    for (auto const status :
         {AgentStatus::idle,
          AgentStatus::offered,
          AgentStatus::assigned,
          AgentStatus::en_route,
          AgentStatus::on_site,
          AgentStatus::working})
        sum += agents_by_status[place(status)];
    return sum;
}

std::optional<std::uint64_t> Kpis::idle_share() const {
    return share(agents_by_status[place(AgentStatus::idle)], on_duty());
}

void show(JsonText& out, Kpis const& kpis, Instant now) {
    auto const maybe = [&](std::string_view name, auto const& figure) {
        if (figure) write_member(out, name, static_cast<std::int64_t>(*figure));
    };
    auto const count = [&](std::string_view name, std::uint64_t figure) {
        write_member(out, name, static_cast<std::int64_t>(figure));
    };
    std::uint64_t live = 0;
    for (std::size_t phase = 0; phase < kpis.jobs_by_phase.size(); ++phase) {
        if (!model::is_over(static_cast<Phase>(phase))) live += kpis.jobs_by_phase.at(phase);
    }
    out.open('{');
    count("jobs_live", live);
    count("jobs_waiting", kpis.jobs_waiting);
    count("assigned_last_hour", kpis.assigned_last_hour(now));
    if (auto const wait = kpis.median_wait()) write_member(out, "median_wait_ms", *wait);
    maybe("service_rate_per_mille", kpis.service_rate());
    count("agents_on_duty", kpis.on_duty());
    maybe("idle_per_mille", kpis.idle_share());
    count("jobs_created", kpis.jobs_created);
    count("assignments_made", kpis.assignments_made);
    count("offers_made", kpis.offers_made);
    count("deadlines_missed", kpis.deadlines_missed);
    out.close('}');
}

}  // namespace posthaste::views
