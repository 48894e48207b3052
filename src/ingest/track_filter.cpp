#include "ingest/track_filter.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::ingest {

namespace {

constexpr std::int32_t null_island_e7 = 10'000;  // 0.001 degree: 110 m around 0, 0

bool is_null_island(model::Position place) {
    return std::abs(place.lat) < null_island_e7 && std::abs(place.lon) < null_island_e7;
}

model::Fix fix_of(model::AgentId agent, RawFix const& raw, Instant now) {
    return {
        .agent = agent,
        .place = {},
        .time = raw.time,
        .received = now,
        .accuracy_m = raw.accuracy_m,
        .speed_mm_s = raw.speed_mm_s,
        .heading_deg = raw.heading_deg,
        .source = raw.source};
}

Outcome outcome_of(Reason reason) {
    if (reason == Reason::none) return Outcome::accept_now;
    return reason == Reason::late ? Outcome::history_only : Outcome::reject;
}

}  // namespace

std::uint64_t ReasonCounts::sum() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

TrackFilter::Track* TrackFilter::track_of(model::AgentId agent) {
    if (Track* const track = tracks_.find(agent)) return track;
    if (tracks_.size() >= agents_max_) return nullptr;
    Track track;
    track.id = agent;
    return &tracks_.insert(track);
}

Verdict TrackFilter::check(model::AgentId agent, RawFix const& raw, Instant now) {
    Track* const track = track_of(agent);
    if (track == nullptr) {
        totals_.add(Reason::no_room);
        return {.outcome = Outcome::reject, .reason = Reason::no_room, .fix = {}};
    }
    Verdict verdict{.outcome = Outcome::reject, .reason = {}, .fix = fix_of(agent, raw, now)};
    verdict.reason = judge(*track, raw, verdict.fix);
    verdict.outcome = outcome_of(verdict.reason);
    totals_.add(verdict.reason);
    track->counts.add(verdict.reason);
    if (verdict.outcome == Outcome::reject) return verdict;
    remember(*track, verdict.fix.time);
    if (verdict.outcome == Outcome::accept_now) {
        ASSERT(!track->is_placed || verdict.fix.time > track->last.time);
        track->last = {verdict.fix.place, verdict.fix.accuracy_m, verdict.fix.time};
        track->is_placed = true;
        track->elsewhere_count = 0;
    }
    return verdict;
}

Reason TrackFilter::judge(Track& track, RawFix const& raw, model::Fix& fix) const {
    if (!raw.has_fix) return Reason::no_fix;
    auto const place = checked_place(raw.lat, raw.lon);
    if (!place) return Reason::out_of_range;
    if (is_null_island(*place)) return Reason::null_island;
    if (raw.is_mock && !rules_.accept_mock) return Reason::mock;
    fix.place = *place;
    Reason reason = judge_clock(track, fix);
    if (reason != Reason::none) return reason;
    if (fix.accuracy_m > rules_.accuracy_max.count()) return Reason::inaccurate;
    reason = judge_order(track, fix);
    if (reason != Reason::none) return reason;
    return judge_speed(track, fix);
}

Reason TrackFilter::judge_clock(Track& track, model::Fix& fix) const {
    Millis const lead = fix.time - fix.received;
    if (lead > rules_.future_tolerance) {
        bool const is_known = track.ahead_count >= rules_.skew_fixes;
        // With a known skew a smaller lead is a fix that was long on its way.
        bool const agrees = lead <= track.ahead + rules_.skew_agreement &&
                            (is_known || lead >= track.ahead - rules_.skew_agreement);
        if (track.ahead_count == 0 || !agrees) {
            track.ahead = lead;
            track.ahead_count = 1;
        } else if (!is_known) {
            track.ahead = std::max(track.ahead, lead);
            ++track.ahead_count;
        }
        if (track.ahead_count < rules_.skew_fixes) return Reason::future;
        fix.time = fix.time - track.ahead;
    } else {
        track.ahead_count = 0;
    }
    return fix.received - fix.time > rules_.ancient_after ? Reason::ancient : Reason::none;
}

Reason TrackFilter::judge_order(Track& track, model::Fix const& fix) const {
    if (!track.is_placed) return Reason::none;
    auto const& recent = track.recent;
    if (std::find(recent.begin(), recent.end(), fix.time) != recent.end()) return Reason::duplicate;
    if (fix.time == track.last.time) return Reason::duplicate;
    return fix.time < track.last.time ? Reason::late : Reason::none;
}

Reason TrackFilter::judge_speed(Track& track, model::Fix const& fix) const {
    Spot const here{fix.place, fix.accuracy_m, fix.time};
    if (!track.is_placed || is_reachable(track.last, here)) return Reason::none;
    bool const follows = track.elsewhere_count > 0 && fix.time > track.elsewhere.time;
    bool const agrees = follows && is_reachable(track.elsewhere, here);
    if (track.elsewhere_count == 0 || (follows && !agrees)) {
        track.elsewhere = here;
        track.elsewhere_count = 1;
    } else if (agrees) {
        track.elsewhere = here;
        ++track.elsewhere_count;
    }
    bool const is_there = track.elsewhere_count >= rules_.consistent_fixes;
    return is_there ? Reason::none : Reason::impossible_speed;
}

bool TrackFilter::is_reachable(Spot const& from, Spot const& to) const {
    constexpr std::int64_t elapsed_max = 7 * std::int64_t{86'400'000};
    std::int64_t const elapsed =
        std::clamp<std::int64_t>((to.time - from.time).count(), 0, elapsed_max);
    std::int64_t const driven = rules_.speed_mm_s_max * elapsed / 1'000'000;
    std::int64_t const blurred =
        std::int64_t{from.accuracy_m} + to.accuracy_m + rules_.jitter.count();
    return geo::square(from.place, to.place) < geo::square_limit(Metres{driven + blurred});
}

void TrackFilter::remember(Track& track, Instant time) {
    track.recent[track.recent_next] = time;
    track.recent_next = static_cast<std::uint8_t>((track.recent_next + 1) % recent_times);
}

void TrackFilter::restore(model::Fix const& fix) {
    Track* const track = track_of(fix.agent);
    if (track == nullptr) return;
    if (track->is_placed && track->last.time >= fix.time) return;
    track->last = {fix.place, fix.accuracy_m, fix.time};
    track->is_placed = true;
    remember(*track, fix.time);
}

void TrackFilter::forget(model::AgentId agent) {
    if (tracks_.contains(agent)) tracks_.erase(agent);
}

ReasonCounts TrackFilter::counts(model::AgentId agent) const {
    Track const* const track = tracks_.find(agent);
    return track == nullptr ? ReasonCounts{} : track->counts;
}

}  // namespace posthaste::ingest
