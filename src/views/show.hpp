// How views are shown to people and programs: one JSON text for one thing, by who may see it.
//
// Gives    show(): the thing as a JSON object. The open audience gets nothing personal: no contact,
//          notes, person, home, quote, attachment, key or reason. An agent gets what concerns the
//          work: the contact's and the notes' names too, but not who else was asked or refused.
// Shapes   views/json.hpp's; names stand for bits and states. Remaining times are milliseconds from
//          `now`, since clocks differ.
// Order    fields always in the same order: the same view has the same text.
// Threads  pure
#pragma once

#include "views/json.hpp"
#include "views/view.hpp"

namespace posthaste::views {

enum class Audience : std::uint8_t {
    full,   ///< dispatchers and admins
    open,   ///< viewers: nothing personal
    agent,  ///< an agent, of what concerns them
};
constexpr std::size_t audience_count = 3;
constexpr auto names_of(Audience) {
    return std::to_array<std::string_view>({"full", "open", "agent"});
}
Audience audience_of(model::Role role);

void show(JsonText& out, JobView const& view, Audience audience);
void show(JsonText& out, AgentView const& view, Audience audience);
/// With the newest position, when there is one.
void show(JsonText& out, AgentSeen const& agent, Audience audience);
/// With its job, as the agent who is asked sees it.
void show(JsonText& out, OfferView const& offer, Instant now);
/// Latitude, longitude, time, speed and heading as one list: [lat, lon, ms, mm/s, degrees].
void show(JsonText& out, core::Sighting const& seen);

template <class View>
std::string shown(View const& view, Audience audience) {
    JsonText out;
    show(out, view, audience);
    return std::move(out).text();
}

}  // namespace posthaste::views
