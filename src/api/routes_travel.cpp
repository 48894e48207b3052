// What is known of the roads: reports of closed and slow ones, and where travel times come from.
#include "api/routes_parts.hpp"

namespace posthaste::api {

/// A report whose id the region gives.
struct RoadReportDraft {
    model::RoadReportKind kind = model::RoadReportKind::closed;
    std::vector<model::Position> line;
    model::RoadReportWays ways = model::RoadReportWays::both;
    std::int32_t slower_per_mille = model::RoadReport{}.slower_per_mille;
    Instant from;
    Instant until;
    std::string reason;

    static void fields(auto& self, auto&& field) {
        field(1, "kind", self.kind);
        field(2, "line", self.line);
        field(3, "ways", self.ways);
        field(4, "slower_per_mille", self.slower_per_mille);
        field(5, "from", self.from);
        field(6, "until", self.until);
        field(7, "reason", self.reason);
    }
};
template <>
inline constexpr auto required_fields<RoadReportDraft> = std::to_array<std::string_view>({"line"});

namespace {

Response list_reports(Service const& service, RegionId region) {
    auto const settings = service.board.settings(region);
    if (!settings) return not_found("region");
    JsonText out;
    out.open('{');
    out.key("road_reports");
    out.open('[');
    for (auto const& [id, report] : settings->road_reports)
        write_json(out, report);
    out.close(']');
    out.close('}');
    return json_response(std::move(out).text());
}

Response show_travel(Service const& service, RegionId region) {
    auto const settings = service.board.settings(region);
    if (!settings) return not_found("region");
    JsonText out;
    out.open('{');
    write_member(out, "source", settings->travel_source);
    auto const conditions = service.conditions ? service.conditions() : nullptr;
    write_member(out, "confidence", conditions ? std::int32_t{conditions->confidence()} : 0);
    if (conditions) {
        if (conditions->at() != Instant{}) write_member(out, "as_of", conditions->at());
        write_member(out, "hash", conditions->hash());
    }
    out.close('}');
    return json_response(std::move(out).text());
}

void post_report(Service& service, Call const& call, RoadReportDraft draft, Responder responder) {
    model::PostRoadReport command{
        {.kind = draft.kind,
         .line = std::move(draft.line),
         .ways = draft.ways,
         .slower_per_mille = draft.slower_per_mille,
         .from = draft.from,
         .until = draft.until,
         .reason = std::move(draft.reason)}};
    answer(
        service,
        call,
        {.command = std::move(command), .subject = "report", .success = 201},
        std::move(responder)
    );
}

}  // namespace

void add_travel_routes(Router& router, Service& service) {
    auto const reading = door(service, Permission::read_board, Claim::tenant);
    router.add(read_route(
        service,
        {"/v1/road-reports",
         reading,
         {.summary = "Roads that somebody said are closed or slow, until their time is over."},
         answers::road_reports()},
        [&service](Call const&, RegionId region) { return list_reports(service, region); }
    ));
    router.add<RoadReportDraft>(
        {.method = Method::post,
         .path = "/v1/road-reports",
         .door = door(service, Permission::report_roads, Claim::tenant),
         .text =
             {.summary = "Says that a road is closed, or takes longer than usual: the piece "
                         "nearest to one "
                         "point, or the way along several. It ends by itself; without `until`, in "
                         "an hour.",
              .query = {region_query()},
              .success = 201},
         .response = answers::made("report")},
        [&service](Call call, RoadReportDraft draft, Responder responder) {
            post_report(service, call, std::move(draft), std::move(responder));
        }
    );
    add_command<model::LiftRoadReport>(
        router,
        service,
        {.method = Method::erase,
         .path = "/v1/road-reports/{report}",
         .permission = Permission::report_roads,
         .subject = "report",
         .summary = "The road is as it was."}
    );
    router.add(read_route(
        service,
        {"/v1/travel",
         reading,
         {.summary = "Where travel times come from now, the worst first: great_circle, outside, "
                     "free_flow, historical, live; how much of them drives that were seen say, in "
                     "percent."},
         answers::travel()},
        [&service](Call const&, RegionId region) { return show_travel(service, region); }
    ));
}

}  // namespace posthaste::api
