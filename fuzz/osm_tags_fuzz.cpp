// Bytes that claim to be tags and members: every door of the rules answers, never a crash, and no
// speed is beyond what any road lets.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/assert.hpp"
#include "road/rules/restriction.hpp"
#include "road/rules/way_rules.hpp"

namespace {

namespace road = posthaste::road;

constexpr unsigned kmh_max = 200;

std::string_view take(std::string_view& text, char separator) {
    auto const end = std::min(text.find(separator), text.size());
    auto const part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// A line each: "key=value".
std::vector<road::Tag> tags_of(std::string_view text) {
    std::vector<road::Tag> tags;
    while (!text.empty()) {
        auto line = take(text, '\n');
        auto const key = take(line, '=');
        tags.push_back({key, line});
    }
    return tags;
}

/// The same tags again as members: the key is the role, the value's first letter the kind.
std::vector<road::OsmMember> members_of(std::vector<road::Tag> const& tags) {
    std::vector<road::OsmMember> members;
    for (auto const& [key, value] : tags) {
        auto const kind = value.starts_with('w')   ? road::OsmKind::way
                          : value.starts_with('r') ? road::OsmKind::relation
                                                   : road::OsmKind::node;
        members.push_back({kind, static_cast<std::int64_t>(value.size()), key});
    }
    return members;
}

void check_way(road::WayUse const& use) {
    for (std::size_t i = 0; i < road::profile_count; ++i) {
        ASSERT(use.forward[i] <= kmh_max);
        ASSERT(use.backward[i] <= kmh_max);
        bool const may_go = use.forward[i] != 0 || use.backward[i] != 0;
        ASSERT(may_go || (use.destination_only >> i & 1U) == 0);
    }
    ASSERT(use.duration >= posthaste::Millis{});
}

void check_restriction(road::Restriction const& restriction) {
    ASSERT(!restriction.from_ways.empty());
    ASSERT(!restriction.to_ways.empty());
    ASSERT((restriction.via_node == 0) != restriction.via_ways.empty());
    ASSERT(restriction.profiles != 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const all = tags_of({reinterpret_cast<char const*>(data), size});
    road::Tags const tags{all};
    if (auto const use = road::use_of(tags)) check_way(*use);
    ASSERT(road::node_use_of(tags).barred <= road::all_profiles);
    auto const members = members_of(all);
    auto const restriction = road::restriction_of({.id = 1, .members = members, .tags = tags});
    if (!restriction.ok()) return 0;
    if (auto const* said = std::get_if<road::Restriction>(&restriction.value()))
        check_restriction(*said);
    return 0;
}
