#include "road/rules/restriction.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "road/rules/road_kind.hpp"
#include "road/rules/values.hpp"

namespace posthaste::road {

namespace {

constexpr ProfileMask bicycle_bit = bit_of(Profile::bicycle);
constexpr ProfileMask car_bits = bit_of(Profile::car) | bit_of(Profile::van);

/// Who obeys a restriction that names nobody: bicycles may be walked round a corner, those on foot
/// are not meant, and a blue light obeys none.
constexpr ProfileMask obey_by_default = lorries_and_cars;

struct Mode {
    std::string_view name;
    ProfileMask profiles = 0;
};

/// What else there is (psv, bus, motorcycle, tram) is none of our profiles.
constexpr auto modes = std::to_array<Mode>({
    {"vehicle", lorries_and_cars | bicycle_bit},
    {"motor_vehicle", lorries_and_cars},
    {"motorcar", car_bits},
    {"goods", bit_of(Profile::van)},
    {"hgv", bit_of(Profile::truck)},
    {"bicycle", bicycle_bit},
});

enum class Kind : std::uint8_t { no_turn, no_entry, no_exit, only, not_on_red };

struct KindName {
    std::string_view name;
    Kind kind{};
};

constexpr auto kinds = std::to_array<KindName>({
    {"no_left_turn", Kind::no_turn},
    {"no_right_turn", Kind::no_turn},
    {"no_straight_on", Kind::no_turn},
    {"no_u_turn", Kind::no_turn},
    {"no_entry", Kind::no_entry},
    {"no_exit", Kind::no_exit},
    {"only_left_turn", Kind::only},
    {"only_right_turn", Kind::only},
    {"only_straight_on", Kind::only},
    {"only_u_turn", Kind::only},
    {"no_left_turn_on_red", Kind::not_on_red},
    {"no_right_turn_on_red", Kind::not_on_red},
});

ProfileMask mode_of(std::string_view name) {
    for (auto const& mode : modes) {
        if (mode.name == name) return mode.profiles;
    }
    return 0;
}

std::optional<Kind> kind_named(std::string_view name) {
    for (auto const& row : kinds) {
        if (row.name == name) return row.kind;
    }
    return std::nullopt;
}

/// What the tags say, before anybody looks at the members.
struct Rule {
    std::string_view kind;  ///< the first that is said
    ProfileMask profiles = 0;
    bool is_said = false;
    bool is_mixed = false;     ///< another kind for another mode: more than we can say
    bool is_at_times = false;  ///< restriction:conditional, day_on, hour_on
};

void add(Rule& rule, std::string_view kind, ProfileMask profiles) {
    rule.is_said = true;
    if (profiles == 0) return;
    if (rule.kind.empty()) rule.kind = kind;
    if (rule.kind == kind) {
        rule.profiles |= profiles;
    } else {
        rule.is_mixed = true;
    }
}

ProfileMask excepted(std::string_view text) {
    ProfileMask mask = 0;
    while (!text.empty())
        mask |= mode_of(take_part(text, ';'));
    return mask;
}

/// `type`: what follows restriction: in the relation's type; empty: nobody by name.
Rule rule_of(Tags const& tags, std::string_view type) {
    Rule rule;
    bool const by_type = !type.empty();
    for (auto const& tag : tags.all()) {
        std::string_view suffix = tag.key;
        auto const name = take_part(suffix, ':');
        if (name == "day_on" || name == "hour_on") rule.is_at_times = true;
        if (name != "restriction") continue;
        if (suffix.ends_with("conditional")) {
            rule.is_at_times = true;
        } else if (suffix.empty()) {
            add(rule, tag.value, by_type ? mode_of(type) : obey_by_default);
        } else if (kind_named(tag.value)) {  // not restriction:bicycle=give_way, =none
            add(rule, tag.value, mode_of(suffix));
        }
    }
    rule.profiles &= static_cast<ProfileMask>(~excepted(tags["except"]));
    return rule;
}

std::string at(OsmRelation const& relation, std::string_view why) {
    return "relation " + std::to_string(relation.id) + ": " + std::string{why};
}

/// Nothing: a member that has no part in it.
std::optional<std::string_view> misfit_of(OsmMember const& member, Restriction& result) {
    bool const is_way = member.kind == OsmKind::way;
    if (member.role == "from" || member.role == "to") {
        if (!is_way) return "from or to is no way";
        (member.role == "from" ? result.from_ways : result.to_ways).push_back(member.id);
    } else if (member.role == "via" && is_way) {
        if (result.via_ways.size() == via_ways_max) return "more via ways than there may be";
        result.via_ways.push_back(member.id);
    } else if (member.role == "via") {
        if (member.kind != OsmKind::node) return "via is neither a node nor a way";
        if (result.via_node != 0) return "more than one via node";
        result.via_node = member.id;
    }
    return std::nullopt;
}

/// What does not fit together in the members as a whole.
std::optional<std::string_view> gap_of(Restriction const& result, Kind kind) {
    if (result.from_ways.empty()) return "no from";
    if (result.to_ways.empty()) return "no to";
    if (result.via_node == 0 && result.via_ways.empty()) return "no via";
    if (result.via_node != 0 && !result.via_ways.empty()) return "via is both a node and ways";
    if (result.from_ways.size() > 1 && kind != Kind::no_entry) return "more than one from";
    if (result.to_ways.size() > 1 && kind != Kind::no_exit) return "more than one to";
    return std::nullopt;
}

Result<AnyRestriction> with_members(OsmRelation const& relation, Restriction result, Kind kind) {
    for (auto const& member : relation.members) {
        if (auto const why = misfit_of(member, result))
            return Error{Errc::malformed, at(relation, *why)};
    }
    if (auto const why = gap_of(result, kind)) return Error{Errc::malformed, at(relation, *why)};
    return AnyRestriction{std::move(result)};
}

}  // namespace

Result<AnyRestriction> restriction_of(OsmRelation const& relation) {
    std::string_view type = relation.tags["type"];
    if (take_part(type, ':') != "restriction") return AnyRestriction{NoRestriction{}};

    auto const rule = rule_of(relation.tags, type);
    bool const holds_at_times = rule.is_at_times && (!rule.is_said || relation.tags.has("day_on") ||
                                                     relation.tags.has("hour_on"));
    if (holds_at_times || rule.is_mixed) return AnyRestriction{Unsupported{}};
    if (!rule.is_said) return Error{Errc::malformed, at(relation, "no kind of restriction")};
    if (rule.profiles == 0) return AnyRestriction{NoRestriction{}};
    auto const kind = kind_named(rule.kind);
    if (!kind) return Error{Errc::malformed, at(relation, "an unknown kind of restriction")};
    if (*kind == Kind::not_on_red) return AnyRestriction{Unsupported{}};

    Restriction result;
    result.relation = relation.id;
    result.is_only = *kind == Kind::only;
    result.profiles = rule.profiles;
    return with_members(relation, std::move(result), *kind);
}

}  // namespace posthaste::road
