// What is known of the roads: reports by hand and newer travel times.
#include "core/draft.hpp"
#include "core/route.hpp"
#include "model/place.hpp"

namespace posthaste::core {

using model::Rejection;
using model::RoadReport;

namespace {

// The first field that is out of its range, or empty.
std::string bad_field(RoadReport const& report, Instant now) {
    if (report.line.empty() || report.line.size() > model::road_report_points_max)
        return "line: 1 to 100 points";
    if (!std::all_of(report.line.begin(), report.line.end(), model::is_on_earth))
        return "line: not on earth";
    bool const is_slower =
        report.slower_per_mille > 1000 && report.slower_per_mille <= model::slower_per_mille_max;
    if (report.kind == model::RoadReportKind::slow && !is_slower)
        return "slower_per_mille: 1001 to 50000";
    if (report.until <= std::max(now, report.from)) return "until: must come after now and from";
    if (report.until > now + model::road_report_span_max) return "until: within a year";
    if (report.reason.size() > model::road_report_reason_bytes_max)
        return "reason: at most 200 bytes";
    return {};
}

}  // namespace

void decide(Draft& draft, model::PostRoadReport const& command) {
    auto report = command.report;
    report.from = std::max(report.from, draft.now);
    if (report.until == Instant{}) report.until = report.from + model::road_report_usual;
    auto const field = bad_field(report, draft.now);
    if (!field.empty()) return draft.reject(Rejection::malformed, field);
    if (draft.state.road_reports.size() >= model::road_reports_max)
        return draft.reject(Rejection::limit_reached, "road reports");
    report.id = draft.new_id<model::RoadReportId>();
    draft.emit(model::RoadReportPosted{report});
    draft.answer(report.id);
}

void decide(Draft& draft, model::LiftRoadReport const& command) {
    if (!draft.state.road_reports.contains(command.report))
        return draft.reject(Rejection::road_report_unknown);
    draft.emit(model::RoadReportLifted{command.report});
    draft.answer(command.report);
}

void decide(Draft& draft, MetricInput const& input) {
    if (draft.state.region == control_region) return;  // nobody travels there
    if (input.source == draft.state.travel_source) return;
    draft.emit(model::TravelSourceChanged{input.source});
}

void decide(Draft& draft, RetimeInput const& input) {
    auto const* const agent = draft.state.agents.find(input.agent);
    if (agent == nullptr || agent->route.empty()) return;
    renew_eta(draft, *agent, place_of(draft.region, *agent));
}

}  // namespace posthaste::core
