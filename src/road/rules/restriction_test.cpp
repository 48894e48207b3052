// Each row: a relation's tags and members, and by hand what becomes of it.
#include "road/rules/restriction.hpp"

#include <doctest/doctest.h>

#include <charconv>
#include <string>

#include "road/rules/tags_of_text.hpp"

namespace posthaste::road {

namespace {

/// "from=w1 via=n7 to=w2": ways, nodes and relations by their first letter.
std::vector<OsmMember> members_of_text(std::string_view text) {
    std::vector<OsmMember> members;
    for (auto const& [role, value] : tags_of_text(text)) {
        OsmMember member{.role = role};
        if (value.front() == 'w') member.kind = OsmKind::way;
        if (value.front() == 'r') member.kind = OsmKind::relation;
        std::from_chars(value.data() + 1, value.data() + value.size(), member.id);
        members.push_back(member);
    }
    return members;
}

std::string list(std::vector<std::int64_t> const& ids) {
    std::string text;
    for (auto const id : ids)
        text += (text.empty() ? "" : ",") + std::to_string(id);
    return text;
}

std::string text_of(Restriction const& restriction) {
    std::string text = restriction.is_only ? "only " : "no ";
    text += list(restriction.from_ways) + ">";
    text += restriction.via_node != 0 ? "n" + std::to_string(restriction.via_node)
                                      : list(restriction.via_ways);
    text += ">" + list(restriction.to_ways) + " ";
    for (std::size_t i = 0; i < profile_count; ++i) {
        if ((restriction.profiles >> i & 1U) != 0) text += "cvtbfe"[i];
    }
    return text;
}

std::string result_of(std::string_view tag_text, std::string_view member_text) {
    auto const tags = tags_of_text(tag_text);
    auto const members = members_of_text(member_text);
    auto const result = restriction_of({.id = 9, .members = members, .tags = Tags{tags}});
    if (!result.ok()) {
        CHECK(result.error().code == Errc::malformed);
        return result.error().detail;
    }
    if (std::holds_alternative<Unsupported>(result.value())) return "unsupported";
    auto const* const restriction = std::get_if<Restriction>(&result.value());
    if (restriction == nullptr) return "none";
    CHECK(restriction->relation == 9);
    return text_of(*restriction);
}

constexpr std::string_view by_node = "from=w1 via=n7 to=w2";

struct Row {
    std::string_view tags;
    std::string_view expected;
};

}  // namespace

TEST_CASE("what a restriction forbids, and to whom") {
    for (Row const& row : {
             Row{"type=restriction restriction=no_left_turn", "no 1>n7>2 cvt"},
             Row{"type=restriction restriction=no_right_turn", "no 1>n7>2 cvt"},
             Row{"type=restriction restriction=no_straight_on", "no 1>n7>2 cvt"},
             Row{"type=restriction restriction=no_u_turn", "no 1>n7>2 cvt"},
             Row{"type=restriction restriction=no_entry", "no 1>n7>2 cvt"},
             Row{"type=restriction restriction=no_exit", "no 1>n7>2 cvt"},
             Row{"type=restriction restriction=only_left_turn", "only 1>n7>2 cvt"},
             Row{"type=restriction restriction=only_right_turn", "only 1>n7>2 cvt"},
             Row{"type=restriction restriction=only_straight_on", "only 1>n7>2 cvt"},
             Row{"type=restriction restriction=only_u_turn", "only 1>n7>2 cvt"},
             Row{"type=restriction restriction=no_left_turn except=psv", "no 1>n7>2 cvt"},
             Row{"type=restriction restriction=no_left_turn except=psv;hgv", "no 1>n7>2 cv"},
             Row{"type=restriction restriction=no_left_turn except=bicycle;motorcar",
                 "no 1>n7>2 t"},
             Row{"type=restriction restriction=no_left_turn except=motor_vehicle", "none"},
             Row{"type=restriction restriction:hgv=no_left_turn", "no 1>n7>2 t"},
             Row{"type=restriction:hgv restriction=no_left_turn", "no 1>n7>2 t"},
             Row{"type=restriction:hgv restriction:hgv=no_left_turn", "no 1>n7>2 t"},
             Row{"type=restriction restriction:motorcar=no_left_turn", "no 1>n7>2 cv"},
             Row{"type=restriction restriction:goods=no_left_turn", "no 1>n7>2 v"},
             Row{"type=restriction restriction:bicycle=no_left_turn", "no 1>n7>2 b"},
             Row{"type=restriction restriction:vehicle=no_left_turn", "no 1>n7>2 cvtb"},
             Row{"type=restriction restriction:vehicle=no_left_turn except=bicycle",
                 "no 1>n7>2 cvt"},
             Row{"type=restriction restriction:hgv=no_u_turn restriction:bicycle=no_u_turn",
                 "no 1>n7>2 tb"},
             Row{"type=restriction restriction=no_u_turn restriction:bicycle=give_way",
                 "no 1>n7>2 cvt"},
             // Base rule always; what holds at times beside it is not read.
             Row{"type=restriction restriction=no_u_turn restriction:conditional=none",
                 "no 1>n7>2 cvt"},
             Row{"type=restriction restriction:bus=no_left_turn", "none"},
             Row{"type=restriction restriction:foot=no_left_turn", "none"},
             Row{"type=route restriction=no_left_turn", "none"},
             Row{"type=multipolygon", "none"},
             Row{"", "none"},
             Row{"type=restriction restriction:conditional=no_left_turn", "unsupported"},
             Row{"type=restriction restriction:hgv:conditional=no_left_turn", "unsupported"},
             Row{"type=restriction restriction=no_left_turn hour_on=07:00", "unsupported"},
             Row{"type=restriction restriction=no_right_turn_on_red", "unsupported"},
             Row{"type=restriction restriction=no_u_turn restriction:hgv=no_left_turn",
                 "unsupported"},
             Row{"type=restriction", "relation 9: no kind of restriction"},
             Row{"type=restriction restriction:bicycle=give_way",
                 "relation 9: no kind of restriction"},
             Row{"type=restriction restriction=no_dancing",
                 "relation 9: an unknown kind of restriction"},
         }) {
        CAPTURE(row.tags);
        CHECK(result_of(row.tags, by_node) == row.expected);
    }
}

TEST_CASE("by which ways") {
    struct MemberRow {
        std::string_view kind;
        std::string_view members;
        std::string_view expected;
    };
    for (MemberRow const& row : {
             MemberRow{"no_u_turn", "from=w1 via=w5 via=w6 to=w2", "no 1>5,6>2 cvt"},
             MemberRow{"only_left_turn", "to=w2 via=w5 from=w1", "only 1>5>2 cvt"},
             MemberRow{"no_u_turn", "from=w1 via=n7 to=w1", "no 1>n7>1 cvt"},
             MemberRow{"no_entry", "from=w1 from=w3 via=n7 to=w2", "no 1,3>n7>2 cvt"},
             MemberRow{"no_exit", "from=w1 via=n7 to=w2 to=w4", "no 1>n7>2,4 cvt"},
             MemberRow{"no_left_turn", "from=w1 via=n7 to=w2 location_hint=n8", "no 1>n7>2 cvt"},
             MemberRow{"no_left_turn", "via=n7 to=w2", "relation 9: no from"},
             MemberRow{"no_left_turn", "from=w1 via=n7", "relation 9: no to"},
             MemberRow{"no_left_turn", "from=w1 to=w2", "relation 9: no via"},
             MemberRow{
                 "no_left_turn",
                 "from=w1 via=n7 via=w5 to=w2",
                 "relation 9: via is both a node and ways"},
             MemberRow{
                 "no_left_turn",
                 "from=w1 via=n7 via=n8 to=w2",
                 "relation 9: more than one via node"},
             MemberRow{
                 "no_left_turn",
                 "from=w1 via=r7 to=w2",
                 "relation 9: via is neither a node nor a way"},
             MemberRow{"no_left_turn", "from=n1 via=n7 to=w2", "relation 9: from or to is no way"},
             MemberRow{
                 "no_left_turn", "from=w1 from=w3 via=n7 to=w2", "relation 9: more than one from"},
             MemberRow{
                 "only_left_turn", "from=w1 via=n7 to=w2 to=w3", "relation 9: more than one to"},
         }) {
        CAPTURE(row.members);
        std::string const tags = "type=restriction restriction=" + std::string{row.kind};
        CHECK(result_of(tags, row.members) == row.expected);
    }
}

TEST_CASE("no more via ways than there may be") {
    std::string members = "from=w1 to=w2";
    for (std::size_t i = 0; i < via_ways_max; ++i)
        members += " via=w" + std::to_string(100 + i);
    std::string_view const tags = "type=restriction restriction=no_u_turn";
    CHECK(result_of(tags, members).starts_with("no 1>100,101,"));
    CHECK(result_of(tags, members + " via=w99") == "relation 9: more via ways than there may be");
}

}  // namespace posthaste::road
