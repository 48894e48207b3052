#include "events_text.hpp"

#include "node/testing.hpp"

namespace posthaste::scenarios {

namespace {

constexpr std::int64_t midnight = node::testing::eight_o_clock.millis() - 8 * 3'600'000;

std::string two(std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string seconds_text(Millis span) {
    return std::to_string(span.count() / 1000) + " s";
}

template <class Id>
std::string named(std::map<Id, std::string> const& names, Id id) {
    auto const found = names.find(id);
    return found == names.end() ? "?" : found->second;
}

template <class... Ts>
std::string words(Ts const&... parts) {
    std::string text;
    ((text += (text.empty() ? "" : " ") + std::string{parts}), ...);
    return text;
}

}  // namespace

std::string clock_text(Instant at) {
    auto const second = (at.millis() - midnight) / 1000;
    auto const day = second / 86'400;
    auto const text =
        two(second / 3600 % 24) + ":" + two(second / 60 % 60) + ":" + two(second % 60);
    return day == 0 ? text : "+" + std::to_string(day) + "d " + text;
}

void Names::learn(model::Event const& event) {
    if (auto const* const put = std::get_if<model::AgentPut>(&event)) {
        agents_[put->id] = put->profile.reference;
    } else if (auto const* const created = std::get_if<model::JobCreated>(&event)) {
        jobs_[created->job.id] = created->job.reference;
        workflows_[created->job.id] = created->job.workflow;
    } else if (auto const* const zone = std::get_if<model::ZoneSet>(&event)) {
        zones_[zone->zone.id] = zone->zone.name;
    } else if (auto const* const made = std::get_if<model::AssignmentMade>(&event)) {
        assignments_[made->assignment.id] = {made->assignment.job, made->assignment.agent};
    } else if (auto const* const moved = std::get_if<model::AssignmentMoved>(&event)) {
        assignments_[moved->assignment].agent = moved->to;
    } else if (auto const* const offer = std::get_if<model::OfferMade>(&event)) {
        offers_[offer->offer.id] = {offer->offer.job, offer->offer.agent};
    }
}

model::JobId Names::job(std::string const& name) const {
    for (auto const& [id, known] : jobs_) {
        if (known == name) return id;
    }
    return {};
}

model::AgentId Names::agent(std::string const& name) const {
    for (auto const& [id, known] : agents_) {
        if (known == name) return id;
    }
    return {};
}

model::AssignmentId Names::assignment(model::JobId job, model::AgentId agent) const {
    for (auto each = assignments_.rbegin(); each != assignments_.rend(); ++each) {
        if (each->second.job == job && each->second.agent == agent) return each->first;
    }
    return {};
}

model::OfferId Names::offer(model::JobId job, model::AgentId agent) const {
    for (auto each = offers_.rbegin(); each != offers_.rend(); ++each) {
        if (each->second.job == job && each->second.agent == agent) return each->first;
    }
    return {};
}

std::string Names::of(model::JobId id) const {
    return named(jobs_, id);
}
std::string Names::of(model::AgentId id) const {
    return named(agents_, id);
}
std::string Names::of(model::AssignmentId id) const {
    auto const& held = assignments_.at(id);
    return words(of(held.job), of(held.agent));
}
std::string Names::of(model::OfferId id) const {
    auto const& held = offers_.at(id);
    return words(of(held.job), of(held.agent));
}

std::string Names::step_text(core::State const& state, model::JobTransitioned const& step) const {
    auto const& machine = state.machines.at(workflows_.at(step.job));
    auto const whose =
        step.assignment == model::AssignmentId{} ? of(step.job) : of(step.assignment);
    auto text = words(whose, machine.state(step.from).name, "->", machine.state(step.to).name);
    if (!step.reason.empty()) text += " (" + step.reason + ")";
    return text;
}

std::string Names::route_text(model::RouteChanged const& changed) const {
    auto text = of(changed.agent) + ":";
    for (auto const& stop : changed.route) {
        text += " " + of(stop.job) + "." + std::to_string(stop.stop) + " at " +
                clock_text(stop.arrival);
        if (stop.hold == model::Hold::locked) text += " locked";
    }
    return text;
}

std::optional<std::string> Names::agent_line(model::Event const& event) const {
    if (auto const* const it = std::get_if<model::AgentPut>(&event)) return of(it->id);
    if (auto const* const it = std::get_if<model::AvailabilityChanged>(&event))
        return words(of(it->agent), name_of(it->availability));
    if (auto const* const it = std::get_if<model::ShiftTurned>(&event))
        return words(of(it->agent), it->in_shift ? "begins" : "ends");
    if (auto const* const it = std::get_if<model::FreshnessChanged>(&event))
        return words(of(it->agent), name_of(it->freshness));
    if (auto const* const it = std::get_if<model::FenceCrossed>(&event))
        return words(of(it->agent), name_of(it->crossing), named(zones_, it->zone));
    if (auto const* const it = std::get_if<model::RouteChanged>(&event)) return route_text(*it);
    if (auto const* const it = std::get_if<model::OfferMade>(&event))
        return words(of(it->offer.id), "arrive", clock_text(it->offer.arrival));
    if (auto const* const it = std::get_if<model::OfferReceived>(&event)) return of(it->offer);
    if (auto const* const it = std::get_if<model::OfferClosed>(&event))
        return words(of(it->offer), name_of(it->how));
    if (auto const* const it = std::get_if<model::AssignmentMade>(&event)) {
        auto text = of(it->assignment.id);
        for (auto const& stop : it->route) {
            if (stop.assignment == it->assignment.id) text += " " + clock_text(stop.arrival);
        }
        if (!it->forced.empty()) text += " " + it->forced;
        return text;
    }
    if (auto const* const it = std::get_if<model::AssignmentEnded>(&event))
        return words(of(it->assignment), name_of(it->how));
    if (auto const* const it = std::get_if<model::AssignmentMoved>(&event))
        return words("to", of(it->to));
    return std::nullopt;
}

std::optional<std::string> Names::job_line(core::State const& state, model::Event const& event)
    const {
    if (auto const* const it = std::get_if<model::JobCreated>(&event)) return of(it->job.id);
    if (auto const* const it = std::get_if<model::JobUpdated>(&event)) return of(it->job);
    if (auto const* const it = std::get_if<model::JobTransitioned>(&event))
        return step_text(state, *it);
    if (auto const* const it = std::get_if<model::SlotWaited>(&event))
        return words(of(it->job), "slot", std::to_string(it->slot));
    if (auto const* const it = std::get_if<model::StopReached>(&event))
        return words(of(it->assignment), "stop", std::to_string(it->stop), clock_text(it->at));
    if (auto const* const it = std::get_if<model::StopFinished>(&event))
        return words(of(it->assignment), "stop", std::to_string(it->stop), clock_text(it->at));
    if (auto const* const it = std::get_if<model::SlipPredicted>(&event))
        return words(of(it->assignment), "late by", seconds_text(it->late));
    if (auto const* const it = std::get_if<model::QuoteSet>(&event))
        return words(of(it->job), name_of(it->quote.status));
    if (auto const* const it = std::get_if<model::AttachmentAdded>(&event))
        return words(of(it->job), name_of(it->attachment.kind));
    if (auto const* const it = std::get_if<model::ConflictRecorded>(&event)) {
        auto const& conflict = it->conflict;
        return words(
            of(it->job),
            of(conflict.agent),
            conflict.operation,
            "wanted",
            conflict.wanted,
            "found",
            conflict.found
        );
    }
    if (auto const* const it = std::get_if<model::ConflictResolved>(&event)) return of(it->job);
    if (auto const* const it = std::get_if<model::DeadlineMissed>(&event)) return of(it->job);
    if (auto const* const it = std::get_if<model::JobArchived>(&event)) return of(it->job);
    if (auto const* const it = std::get_if<model::RoadReportPosted>(&event))
        return words(name_of(it->report.kind), "until", clock_text(it->report.until));
    if (std::get_if<model::RoadReportLifted>(&event) != nullptr) return "";
    return std::nullopt;
}

std::optional<std::string> Names::line_of(core::State const& state, model::Event const& event)
    const {
    auto said = agent_line(event);
    if (!said) said = job_line(state, event);
    if (!said) return std::nullopt;
    return said->empty() ? std::string{model::name_of(event)} : words(model::name_of(event), *said);
}

}  // namespace posthaste::scenarios
