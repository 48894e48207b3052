// Is this slot drivable, which windows are free, and holding one: questions of a region as it is.
#include <algorithm>

#include "api/routes_parts.hpp"
#include "core/reach.hpp"

namespace posthaste::api {

using model::AgentId;
using model::JobId;
using model::Rejection;

/// A job that there is, or the stops of one that may be; whose, and when.
struct CheckDraft {
    JobId job{};
    std::uint8_t slot = 0;
    std::vector<model::Stop> stops;
    model::NeedDraft need;
    AgentId agent{};                      ///< zero: who has the job
    std::optional<Instant> start;         ///< of the first stop, to the minute
    std::optional<model::Window> window;  ///< of the first stop

    static void fields(auto& self, auto&& field) {
        field(1, "job", self.job);
        field(2, "slot", self.slot);
        field(3, "stops", self.stops);
        field(4, "need", self.need);
        field(5, "agent", self.agent);
        field(6, "start", self.start);
        field(7, "window", self.window);
    }
};

/// Windows to choose from: these, or what they are cut into.
struct WindowsDraft {
    std::vector<model::Stop> stops;
    model::NeedDraft need;
    std::vector<model::Window> windows;
    Millis length;                ///< each is cut into pieces of this length; zero: is not
    std::vector<AgentId> agents;  ///< empty: the nearest

    static void fields(auto& self, auto&& field) {
        field(1, "stops", self.stops);
        field(2, "need", self.need);
        field(3, "windows", self.windows);
        field(4, "length", self.length);
        field(5, "agents", self.agents);
    }
};
template <>
inline constexpr auto required_fields<WindowsDraft> =
    std::to_array<std::string_view>({"stops", "windows"});

namespace {

constexpr Millis length_min{60'000};

// --- what is asked about ---

template <class T>
using Or = std::variant<T, Problem>;

Problem malformed(std::string_view detail) {
    return problem_of(Rejection::malformed, detail);
}

/// Nothing: a name that nobody has.
std::optional<std::uint64_t> bits_of(
    core::Catalogue const& catalogue, model::NameKind kind, std::vector<std::string> const& names
) {
    std::uint64_t bits = 0;
    for (auto const& name : names) {
        auto const bit = catalogue.bit(kind, name);
        if (!bit) return std::nullopt;
        bits |= std::uint64_t{1} << *bit;
    }
    return bits;
}

Or<model::Requirement> need_of(core::Catalogue const& catalogue, model::NeedDraft const& draft) {
    auto const skills = bits_of(catalogue, model::NameKind::skill, draft.skills);
    if (!skills) return malformed("need.skills: nobody has one of them");
    auto const kinds = bits_of(catalogue, model::NameKind::vehicle_kind, draft.kinds);
    if (!kinds) return malformed("need.kinds: there is no such vehicle");
    auto const features = bits_of(catalogue, model::NameKind::feature, draft.features);
    if (!features) return malformed("need.features: no vehicle has one of them");
    return model::Requirement{
        *skills, static_cast<std::uint32_t>(*kinds), static_cast<std::uint32_t>(*features)};
}

Or<model::Job> draft_of(
    core::State const& state, std::vector<model::Stop> const& stops, model::NeedDraft const& need
) {
    auto const wrong = core::bad_stops(state, stops);
    if (!wrong.empty()) return malformed(wrong);
    auto const known = need_of(state.catalogue, need);
    if (auto const* const problem = std::get_if<Problem>(&known)) return *problem;
    return core::draft_of(stops, std::get<model::Requirement>(known));
}

Or<model::Job> job_of(core::State const& state, CheckDraft const& draft) {
    if (draft.job == JobId{}) {
        if (draft.slot != 0) return malformed("slot: a draft has one");
        return draft_of(state, draft.stops, draft.need);
    }
    if (!draft.stops.empty()) return malformed("stops: the job has them");
    auto const* const job = state.jobs.find(draft.job);
    if (job == nullptr) return problem_of(Rejection::job_unknown, "");
    if (draft.slot >= job->slots.size()) return problem_of(Rejection::slot_unknown, "");
    return *job;
}

/// Where it is asked for another time than it has.
std::optional<Problem> set_window(model::Job& job, CheckDraft const& draft) {
    auto& window = job.stops.front().window;
    if (draft.start && draft.window) return malformed("start, window: one of them");
    if (draft.start) window = {*draft.start, *draft.start};
    if (draft.window) window = *draft.window;
    bool const is_right = window.earliest >= Instant{} && window.earliest <= window.latest;
    if (!is_right) return malformed("window: must not end before it begins");
    return std::nullopt;
}

/// Of a job that has, or is kept for, somebody.
AgentId holder_of(core::State const& state, model::Job const& job, std::uint8_t slot) {
    if (auto const* const held = state.assignments.find(job.slots[slot].assignment))
        return held->agent;
    auto const* const booking = state.bookings.find(job.booking);
    return booking != nullptr && slot == 0 ? booking->agent : AgentId{};
}

// --- how it is said ---

void write_origin(JsonText& out, core::State const& state, core::StopOrigin const& origin) {
    if (origin.job != JobId{}) {
        out.key("job");
        out.big(raw(origin.job));
        auto const& reference = state.jobs.at(origin.job).reference;
        if (!reference.empty()) {
            out.key("reference");
            out.string(reference);
        }
    }
    if (origin.booking != model::BookingId{}) {
        out.key("booking");
        out.big(raw(origin.booking));
    }
    out.key("stop");
    out.integer(origin.stop);
}

void write_neighbour(
    JsonText& out,
    core::State const& state,
    std::string_view name,
    std::optional<core::Neighbour> const& neighbour
) {
    if (!neighbour) return;
    out.key(name);
    out.open('{');
    write_origin(out, state, neighbour->stop);
    views::write_member(out, "at", neighbour->at);
    views::write_member(out, "drive", neighbour->drive);
    views::write_member(out, "slack", neighbour->slack);
    out.close('}');
}

void write_stops(JsonText& out, core::State const& state, core::Reach const& reach) {
    out.key("stops");
    out.open('[');
    std::int64_t number = 0;
    for (auto const& stop : reach.stops) {
        out.open('{');
        out.key("stop");
        out.integer(number++);
        views::write_member(out, "arrival", stop.arrival);
        views::write_member(out, "window", stop.window);
        views::write_member(out, "drive", stop.drive);
        write_neighbour(out, state, "before", stop.before);
        write_neighbour(out, state, "after", stop.after);
        out.close('}');
    }
    out.close(']');
}

void write_conflicts(JsonText& out, core::State const& state, core::Reach const& reach) {
    out.key("conflicts");
    out.open('[');
    for (auto const& conflict : reach.conflicts) {
        out.open('{');
        views::write_member(out, "rule", conflict.what);
        if (core::is_of_time(conflict.what)) {
            write_origin(out, state, conflict.at);
            views::write_member(out, "arrival", conflict.arrival);
            views::write_member(out, "window", conflict.window);
            views::write_member(out, "late", conflict.late);
        }
        out.close('}');
    }
    out.close(']');
}

std::string reach_json(core::State const& state, core::Reach const& reach, JobId job, Instant now) {
    JsonText out;
    out.open('{');
    out.key("drivable");
    out.boolean(reach.is_drivable());
    views::write_member(out, "agent", reach.agent);
    if (job != JobId{}) views::write_member(out, "job", job);
    views::write_member(out, "at", now);
    views::write_member(out, "added", reach.insertion.added);
    views::write_member(out, "delay", reach.insertion.delay);
    views::write_member(out, "arrival", reach.insertion.arrival);
    views::write_member(out, "finish", reach.insertion.finish);
    write_stops(out, state, reach);
    write_conflicts(out, state, reach);
    if (reach.late() != nullptr) {
        out.key("text");
        out.string(core::late_text(state, reach));
    }
    out.close('}');
    return std::move(out).text();
}

std::string windows_json(
    core::State const& state, std::vector<core::WindowFound> const& windows, Instant now
) {
    JsonText out;
    out.open('{');
    views::write_member(out, "at", now);
    out.key("windows");
    out.open('[');
    for (auto const& found : windows) {
        out.open('{');
        views::write_member(out, "window", found.window);
        out.key("options");
        out.open('[');
        for (auto const& option : found.options) {
            out.open('{');
            views::write_member(out, "agent", option.agent);
            out.key("reference");
            out.string(state.agents.at(option.agent).profile.reference);
            views::write_member(out, "added", option.added);
            views::write_member(out, "arrival", option.arrival);
            out.close('}');
        }
        out.close(']');
        out.close('}');
    }
    out.close(']');
    out.close('}');
    return std::move(out).text();
}

// --- asking ---

/// On the writer's thread, of what is durable.
Response check(core::Region const& region, CheckDraft const& draft, Instant now) {
    auto const& state = region.state;
    auto found = job_of(state, draft);
    if (auto const* const problem = std::get_if<Problem>(&found)) return to_response(*problem);
    auto& job = std::get<model::Job>(found);
    if (auto const problem = set_window(job, draft)) return to_response(*problem);
    bool const is_named = draft.agent != AgentId{};
    auto const id = is_named ? draft.agent : holder_of(state, job, draft.slot);
    if (id == AgentId{}) return to_response(malformed("agent: nobody has the job: name one"));
    auto const* const agent = state.agents.find(id);
    if (agent == nullptr) return to_response(problem_of(Rejection::agent_unknown, ""));
    match::Inserter inserter;
    auto const reach = core::reach_of(region, inserter, {job, draft.slot, *agent, now});
    return json_response(reach_json(state, reach, draft.job, now));
}

/// Nothing: too many, or one that is none.
std::optional<std::vector<model::Window>> cut(WindowsDraft const& draft) {
    if (draft.length != Millis{} && draft.length < length_min) return std::nullopt;
    std::vector<model::Window> windows;
    for (auto const& window : draft.windows) {
        bool const is_right = window.earliest >= Instant{} && window.earliest <= window.latest &&
                              window.latest < instant_max;
        if (!is_right) return std::nullopt;
        auto const length =
            draft.length == Millis{} ? window.latest - window.earliest : draft.length;
        auto from = window.earliest;
        do {
            if (windows.size() == core::windows_asked_max) return std::nullopt;
            windows.push_back({from, std::min(from + length, window.latest)});
            from = from + length;
        } while (from < window.latest);
    }
    if (windows.empty()) return std::nullopt;
    return windows;
}

Response find_windows(core::Region const& region, WindowsDraft const& draft, Instant now) {
    auto const& state = region.state;
    auto const job = draft_of(state, draft.stops, draft.need);
    if (auto const* const problem = std::get_if<Problem>(&job)) return to_response(*problem);
    auto const windows = cut(draft);
    if (!windows)
        return to_response(
            malformed("windows: 1 to 64 that end, when they are cut; length: a minute at least")
        );
    if (draft.agents.size() > core::agents_asked_max)
        return to_response(malformed("agents: at most 64"));
    for (auto const agent : draft.agents) {
        if (!state.agents.contains(agent))
            return to_response(problem_of(Rejection::agent_unknown, std::to_string(raw(agent))));
    }
    auto const found =
        core::windows_for(region, std::get<model::Job>(job), *windows, draft.agents, now);
    return json_response(windows_json(state, found, now));
}

/// Asks the region of the call, and answers with what it says.
template <class Draft>
void ask(
    Service& service,
    Call const& call,
    Draft draft,
    Response (*answer)(core::Region const&, Draft const&, Instant),
    Responder responder
) {
    auto const region = region_asked(service, call);
    if (!region) return responder.send(not_found("region"));
    auto const held = hold(std::move(responder));
    auto const asked = service.shard.ask(
        *region,
        [held, answer, draft = std::move(draft)](core::Region const* asked_of, Instant now) {
            if (asked_of == nullptr) {
                Error const stopped{Errc::io_failed, "the shard is stopped"};
                return held->send(to_response(problem_of(stopped)));
            }
            held->send(answer(*asked_of, draft, now));
        }
    );
    if (!asked.ok()) held->send(to_response(problem_of(asked.error())));
}

template <class Draft>
void add_question(
    Router& router,
    Service& service,
    std::string path,
    Permission permission,
    std::string summary,
    Body response,
    Response (*answer)(core::Region const&, Draft const&, Instant)
) {
    router.add<Draft>(
        {.method = Method::post,
         .path = std::move(path),
         .door = door(service, permission, Claim::tenant),
         .text = {.summary = std::move(summary), .query = {region_query()}},
         .response = std::move(response)},
        [&service, answer](Call call, Draft draft, Responder responder) {
            ask(service, call, std::move(draft), answer, std::move(responder));
        }
    );
}

}  // namespace

void add_booking_routes(Router& router, Service& service) {
    add_question<CheckDraft>(
        router,
        service,
        "/v1/plans/check",
        Permission::assign_job,
        "Is this slot drivable: a job, or the stops of one, with an agent. Changes nothing.",
        answers::reach(),
        check
    );
    add_question<WindowsDraft>(
        router,
        service,
        "/v1/bookings/windows",
        Permission::create_job,
        "Which of these windows can be promised, the cheapest in added travel first, and by whom.",
        answers::windows(),
        find_windows
    );
    add_command<model::HoldBooking>(
        router,
        service,
        {.path = "/v1/bookings/holds",
         .permission = Permission::create_job,
         .subject = "booking",
         .summary = "Keeps a slot on an agent's route for `span` milliseconds; a job created with "
                    "this `booking` has it."}
    );
    add_command<model::ReleaseBooking>(
        router,
        service,
        {.method = Method::erase,
         .path = "/v1/bookings/holds/{booking}",
         .permission = Permission::create_job,
         .subject = "booking",
         .summary = "Gives the slot back; of a job that was created with it the agent is open."}
    );
}

}  // namespace posthaste::api
