#include "api/live_stream.hpp"

#include <algorithm>

#include "api/answering.hpp"

namespace posthaste::api {
namespace {

struct Wanted {
    views::Topics topics;
    std::optional<RegionId> region;  ///< of the ids among them
    bool mixed = false;              ///< ids of more than one region
};

Problem bad(std::string detail) {
    return {.status = 400, .code = "topic", .detail = std::move(detail)};
}

std::vector<std::string_view> parts_of(Request const& request) {
    std::vector<std::string_view> parts;
    for (auto const& [name, value] : request.query) {
        if (name != "topics") continue;
        std::string_view rest = value;
        while (!rest.empty() && parts.size() <= views::topics_max + 4) {
            auto const part = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(part.size() + 1, rest.size()));
            parts.push_back(part);
        }
    }
    return parts;
}

std::optional<std::int32_t> degrees_from(std::string_view text, std::int32_t limit) {
    auto const number = detail::parse_scaled(text, 7);
    if (!number || *number < -limit || *number > limit) return std::nullopt;
    return static_cast<std::int32_t>(*number);
}

std::optional<geo::Rectangle> box_from(std::span<std::string_view const> corners) {
    if (corners.size() < 4) return std::nullopt;
    auto const south = degrees_from(corners[0], model::lat_max);
    auto const west = degrees_from(corners[1], model::lon_max);
    auto const north = degrees_from(corners[2], model::lat_max);
    auto const east = degrees_from(corners[3], model::lon_max);
    if (!south || !west || !north || !east || *south > *north) return std::nullopt;
    return geo::Rectangle{{*south, *west}, {*north, *east}};
}

template <Id T>
bool add_id(std::string_view text, std::vector<T>& list, Wanted& wanted) {
    auto const number = number_from<std::uint64_t>(text);
    if (!number) return false;
    T const id{*number};
    wanted.mixed = wanted.mixed || (wanted.region && *wanted.region != region_of(id));
    wanted.region = region_of(id);
    list.push_back(id);
    return true;
}

bool add_topic(std::string_view part, Wanted& wanted) {
    auto const kind = part.substr(0, part.find(':'));
    auto const id = part.substr(std::min(kind.size() + 1, part.size()));
    if (part == "region") return wanted.topics.all = true;
    if (kind == "zone") return add_id(id, wanted.topics.zones, wanted);
    if (kind == "agent") return add_id(id, wanted.topics.agents, wanted);
    if (kind == "job") return add_id(id, wanted.topics.jobs, wanted);
    return false;
}

std::variant<Wanted, Problem> topics_of(Request const& request) {
    constexpr std::string_view box = "bbox:";
    auto parts = parts_of(request);
    if (parts.size() > views::topics_max) return bad("Too many topics.");
    Wanted wanted;
    wanted.topics.all = parts.empty();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].starts_with(box)) {
            parts[i].remove_prefix(box.size());
            auto const area = box_from(std::span{parts}.subspan(i));
            if (!area || wanted.topics.area)
                return bad("bbox wants south, west, north and east in degrees, once.");
            wanted.topics.area = area;
            i += 3;
        } else if (!add_topic(parts[i], wanted)) {
            return bad("No such topic: " + std::string{parts[i].substr(0, 64)});
        }
    }
    if (wanted.mixed) return bad("The topics are of more than one region.");
    return wanted;
}

/// A person of the tenant may hear all of a region; an agent only of their own doings.
bool may_hear(Principal const& who, std::string const& tenant, views::Topics const& topics) {
    if (authorise(who, Permission::read_board, {.tenant = tenant}) == Access::allow) return true;
    if (topics.all || topics.area || !topics.zones.empty() || !topics.jobs.empty()) return false;
    return std::ranges::all_of(topics.agents, [&](auto const agent) {
        Resource const whose{.tenant = tenant, .agent = agent};
        return authorise(who, Permission::read_agent, whose) == Access::allow;
    });
}

std::variant<std::optional<views::Cursor>, Problem> after_of(
    Request const& request, RegionId region
) {
    std::string_view text = request.header("last-event-id");
    if (text.empty()) text = request.query_value("after").value_or("");
    if (text.empty()) return std::optional<views::Cursor>{};
    if (auto const number = number_from<std::uint64_t>(text))
        return std::optional{views::cursor_after(region, *number)};
    auto const cursor = views::cursor_from(text);
    if (!cursor || cursor->region != region)
        return Problem{.status = 400, .code = "cursor", .detail = "Not a cursor of this region."};
    return std::optional{*cursor};
}

}  // namespace

std::variant<StreamRequest, Problem> stream_request(Call const& call, Service const& service) {
    auto topics = topics_of(call.request);
    if (auto const* const problem = std::get_if<Problem>(&topics)) return *problem;
    auto& wanted = std::get<Wanted>(topics);
    auto const region = wanted.region ? wanted.region : region_asked(service, call);
    auto const entry = region ? service.board.region_entry(*region) : std::nullopt;
    if (!entry || entry->tenant != call.principal.tenant)
        return Problem{.status = 404, .detail = "No such region."};
    if (!may_hear(call.principal, call.principal.tenant, wanted.topics))
        return Problem{.status = 403, .detail = "This key may not hear all of these topics."};
    auto after = after_of(call.request, *region);
    if (auto const* const problem = std::get_if<Problem>(&after)) return *problem;
    StreamRequest request;
    request.subscription = {
        .region = *region,
        .audience = views::audience_of(call.principal.role),
        .agent = call.principal.agent,
        .topics = std::move(wanted.topics)};
    request.after = std::get<std::optional<views::Cursor>>(after);
    return request;
}

}  // namespace posthaste::api
