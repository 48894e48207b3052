#include "api/snapshots.hpp"

#include "views/stream.hpp"

namespace posthaste::api {
namespace {

std::string text_of(views::RegionSnapshot const& snapshot, views::Audience audience) {
    views::JsonText out;
    out.open('{');
    out.key("region");
    out.integer(static_cast<std::int64_t>(snapshot.region));
    out.key("number");
    out.big(snapshot.number);
    out.key("cursor");
    out.string(views::to_text(views::cursor_after(snapshot.region, snapshot.number)));
    out.key("at");
    out.instant(snapshot.at);
    out.key("zones");
    out.open('[');
    for (auto const& [id, zone] : snapshot.settings->zones)
        views::write_json(out, *zone);
    out.close(']');
    views::write_member(out, "travel_source", snapshot.settings->travel_source);
    out.key("road_reports");
    out.open('[');
    for (auto const& [id, report] : snapshot.settings->road_reports)
        views::write_json(out, report);
    out.close(']');
    out.key("jobs");
    out.open('[');
    for (auto const& job : snapshot.jobs)
        views::show(out, *job, audience);
    out.close(']');
    out.key("agents");
    out.open('[');
    for (auto const& agent : snapshot.agents)
        views::show(out, agent, audience);
    out.close(']');
    out.close('}');
    return std::move(out).text();
}

}  // namespace

Frame Snapshots::text(RegionId region, views::Audience audience) {
    auto const number = board_.number(region);
    {
        std::lock_guard const lock{mutex_};
        auto const known = made_.find({region, audience});
        if (known != made_.end() && known->second.number == number && known->second.is_young())
            return known->second.text;
    }
    auto const at_micros = steady_micros();
    auto const snapshot = board_.snapshot(region);
    if (!snapshot.settings) return nullptr;
    auto text = make_frame(text_of(snapshot, audience));
    std::lock_guard const lock{mutex_};
    std::erase_if(made_, [](auto const& each) { return !each.second.is_young(); });
    made_.insert_or_assign({region, audience}, Made{snapshot.number, at_micros, text});
    return text;
}

}  // namespace posthaste::api
