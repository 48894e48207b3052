// An agent's calendar: their stops as a feed, and when they are busy.
#include <algorithm>

#include "api/calendar.hpp"
#include "api/routes_parts.hpp"

namespace posthaste::api {

/// Replaces all busy times.
struct BusyDraft {
    std::vector<model::BusyTime> busy;
    static void fields(auto& self, auto&& field) { field(1, "busy", self.busy); }
};
template <>
inline constexpr auto required_fields<BusyDraft> = std::to_array<std::string_view>({"busy"});

namespace {

constexpr std::string_view calendar_type = "text/calendar";
constexpr std::uint64_t days_usual = 90;
constexpr std::uint64_t days_max = 400;
constexpr Millis entry_min{60'000};  ///< a stop without service is shown as this long

// --- the feed ---

std::string id_text(auto id) {
    return std::to_string(raw(id));
}

std::string summary_of(views::JobView const& job, std::size_t stop) {
    auto text = job.job.reference.empty() ? "Job " + id_text(job.job.id) : job.job.reference;
    if (job.job.stops.size() > 1) {
        text += " (" + std::to_string(stop + 1) + "/" + std::to_string(job.job.stops.size()) + ")";
    }
    return text + ": " + job.state().title;
}

std::string window_text(model::Window const& window) {
    if (window.earliest == Instant{} && window.latest == instant_max) return {};
    auto const from = window.earliest == Instant{} ? "any time" : to_text(window.earliest);
    return "Window: " + from + " to " + to_text(window.latest);
}

CalendarEntry entry_of(
    views::JobView const& job, model::Assignment const& assignment, std::size_t index
) {
    auto const& stop = job.job.stops[index];
    auto const& progress = assignment.stops[index];
    auto const start = progress.arrived.value_or(std::max(progress.planned, stop.window.earliest));
    return {
        .uid = "assignment-" + id_text(assignment.id) + "-" + std::to_string(index) + "@posthaste",
        .stamp = std::max(assignment.made, assignment.stepped),
        .start = start,
        .end = std::max(progress.done.value_or(start + stop.service), start + entry_min),
        .summary = summary_of(job, index),
        .description = window_text(stop.window),
        .place = stop.place,
        .is_sure = job.state_of(assignment).phase >= model::Phase::accepted};
}

Response get_calendar(Service const& service, Call const& call) {
    auto const agent = agent_in(service, call);
    if (!agent) return not_found("agent");
    std::vector<CalendarEntry> entries;
    for (auto const id : agent->view->jobs) {
        auto const job = service.board.job(id);
        if (!job) continue;
        for (auto const& assignment : job->assignments) {
            if (assignment.agent != agent->view->id) continue;
            for (std::size_t stop = 0; stop < assignment.stops.size(); ++stop)
                entries.push_back(entry_of(*job, assignment, stop));
        }
    }
    std::ranges::sort(entries, {}, [](auto const& entry) {
        return std::pair{entry.start, entry.uid};
    });
    auto const last = std::unique(entries.begin(), entries.end(), [](auto const& a, auto const& b) {
        return a.uid == b.uid;  // of a job that the agent has twice
    });
    entries.erase(last, entries.end());
    return {
        .status = 200,
        .headers =
            {{"Content-Type", "text/calendar; charset=utf-8"},
             {"Cache-Control", "private, max-age=60"}},
        .body = write_calendar(agent->view->profile->reference, entries)};
}

// --- busy times ---

bool is_calendar(Request const& request) {
    auto const type = request.header("content-type");
    return type.substr(0, type.find_first_of("; ")) == calendar_type;
}

std::variant<BusyDraft, Problem> read_calendar(Call const& call) {
    auto const days = query_number(call.request, "days", days_usual, days_max);
    if (auto const* const problem = std::get_if<Problem>(&days)) return *problem;
    auto const span = static_cast<std::int64_t>(std::get<std::uint64_t>(days)) * 86'400'000;
    auto busy = read_busy(call.request.body, {call.now, call.now + Millis{span}});
    if (!busy.ok())
        return Problem{.status = 422, .code = "malformed", .detail = busy.error().detail};
    return BusyDraft{std::move(busy).value()};
}

void put_busy(Service& service, Call const& call, Responder responder) {
    auto const known = agent_in(service, call);
    if (!known) return responder.send(not_found("agent"));
    auto read =
        is_calendar(call.request) ? read_calendar(call) : detail::read_call<BusyDraft>(call, {});
    if (auto const* const problem = std::get_if<Problem>(&read))
        return responder.send(to_response(*problem));
    answer(
        service,
        call,
        {.command = model::SetBusy{known->view->id, std::get<BusyDraft>(std::move(read)).busy},
         .subject = "agent",
         .finish = with_agent_version(service)},
        std::move(responder)
    );
}

}  // namespace

void add_calendar_routes(Router& router, Service& service) {
    auto const text = R"({"type":"string"})";
    auto feed = door(service, Permission::read_calendar, Claim::self);
    feed.key_in_query = true;  // calendars send no headers
    router.add(
        {.path = "/v1/agents/{agent}/calendar.ics",
         .door = std::move(feed),
         .text =
             {.summary = "The agent's stops as an iCalendar feed, for a key of the role calendar.",
              .query = {region_query(), {"key", text, "The key, where no header can be sent."}}},
         .response = raw_body(std::string{calendar_type}),
         .handler = [&service](
                        Call const& call, Responder responder
                    ) { responder.send(get_calendar(service, call)); }}
    );
    router.add(
        {.method = Method::put,
         .path = "/v1/agents/{agent}/busy",
         .door = door(service, Permission::set_availability, Claim::self),
         .text =
             {.summary = "When the agent does something else: replaces all that was said of it. "
                         "Also takes an iCalendar file, as text/calendar.",
              .query =
                  {region_query(),
                   {"days",
                    R"({"type":"integer"})",
                    "Of a file, how far ahead its events count: at most 400 days, usually 90."}}},
         .request = json_body<BusyDraft>(),
         .response = answers::made("agent"),
         .handler = [&service](
                        Call const& call, Responder responder
                    ) { put_busy(service, call, std::move(responder)); }}
    );
}

}  // namespace posthaste::api
