#include "views/stream.hpp"

#include <algorithm>
#include <chrono>

namespace posthaste::views {

using model::AgentId;
using model::JobId;

namespace {

template <class T>
void insert_once(std::vector<T>& list, T value) {
    if (std::ranges::find(list, value) == list.end()) list.push_back(value);
}

Text text_of(auto const& write) {
    JsonText out;
    write(out);
    return std::make_shared<std::string const>(std::move(out).text());
}

/// {"id": "..."}.
template <Id I>
Text id_text(I id) {
    return text_of([&](JsonText& out) {
        out.open('{');
        write_member(out, "id", id);
        out.close('}');
    });
}

}  // namespace

/// Makes one change's messages.
struct Publisher::Telling {
    Region& region;
    Change const& change;
    std::vector<MessagePtr>& out;
    std::map<JobId, std::string> traces;
    std::uint32_t part = 0;

    std::shared_ptr<Message> message(std::string_view name) {
        auto made = std::make_shared<Message>();
        made->cursor = {change.region, change.number, part++};
        made->name = name;
        return made;
    }
    void add(std::shared_ptr<Message> made) { out.push_back(std::move(made)); }

    void to_all(std::string_view name, Text const& text) {
        auto made = message(name);
        made->for_all = true;
        made->texts.fill(text);
        add(std::move(made));
    }
    /// To dispatchers and viewers, and to the agents it names when `agents_too`.
    void notice(std::shared_ptr<Message> made, Text const& text, bool agents_too) {
        made->texts[0] = text;
        made->texts[1] = text;
        if (agents_too) made->texts[2] = text;
        add(std::move(made));
    }

    void topics_of(Message& made, JobView const& view) const {
        made.jobs.push_back(view.job.id);
        for (auto const& assignment : view.assignments)
            insert_once(made.agents, assignment.agent);
        for (auto const& offer : view.offers)
            insert_once(made.agents, offer.agent);
        for (auto const& stop : view.job.stops) {
            made.places.push_back(stop.place);
            for (auto const zone : region.fences.containing(stop.place))
                insert_once(made.zones, zone);
        }
        auto const trace = traces.find(view.job.id);
        if (trace != traces.end()) made.traceparent = trace->second;
    }
    void topics_of(Message& made, AgentId agent) const {
        made.agents.push_back(agent);
        auto const place = region.places.find(raw(agent));
        if (place != region.places.end()) made.places.push_back(place->second);
    }
    JobView const* job_view(JobId id) const {
        for (auto const& view : change.jobs) {
            if (view->job.id == id) return view.get();
        }
        return nullptr;
    }

    void agents();
    void jobs();
    void offers();
    void closed();
    void read(model::Record const& record);
    void settings(model::Event const& event);
    void tell(model::Event const& event);
    void tell(model::Decision const& decision);
    void job_notice(std::string_view name, JobId job, auto const& event, bool agents_too);
};

void Publisher::Telling::agents() {
    for (auto const& view : change.agents) {
        auto made = message("agent");
        topics_of(*made, view->id);
        made->zones = view->inside;
        for (std::size_t i = 0; i < audience_count; ++i) {
            made->texts[i] =
                text_of([&](JsonText& json) { show(json, *view, static_cast<Audience>(i)); });
        }
        add(std::move(made));
    }
    for (auto const id : change.agents_gone) {
        auto made = message("agent_gone");
        topics_of(*made, id);
        notice(std::move(made), id_text(id), true);
    }
}

void Publisher::Telling::jobs() {
    for (auto const& view : change.jobs) {
        auto made = message("job");
        topics_of(*made, *view);
        for (std::size_t i = 0; i < audience_count; ++i) {
            made->texts[i] =
                text_of([&](JsonText& json) { show(json, *view, static_cast<Audience>(i)); });
        }
        add(std::move(made));
    }
    for (auto const& view : change.jobs_gone) {
        auto made = message("job_gone");
        topics_of(*made, *view);
        notice(std::move(made), id_text(view->job.id), true);
    }
}

void Publisher::Telling::offers() {
    for (auto const& view : change.jobs) {
        for (auto const& offer : view->offers) {
            auto made = message("offer");
            topics_of(*made, *view);
            made->agents = {offer.agent};
            auto const text = text_of([&](JsonText& json) {
                show(json, OfferView{offer, view}, change.at);
            });
            made->texts[static_cast<std::size_t>(Audience::full)] = text;
            made->texts[static_cast<std::size_t>(Audience::agent)] = text;
            add(std::move(made));
        }
    }
}

void Publisher::Telling::closed() {
    for (auto const& offer : change.offers_closed) {
        auto made = message("offer_closed");
        made->jobs = {offer.job};
        made->agents = {offer.agent};
        auto const text = text_of([&](JsonText& json) {
            json.open('{');
            write_member(json, "id", offer.id);
            write_member(json, "job", offer.job);
            write_member(json, "agent", offer.agent);
            json.close('}');
        });
        made->texts[static_cast<std::size_t>(Audience::full)] = text;
        made->texts[static_cast<std::size_t>(Audience::agent)] = text;
        add(std::move(made));
    }
}

// Zones, policy and workflows come before what may name them.
void Publisher::Telling::settings(model::Event const& event) {
    if (auto const* const set = std::get_if<model::ZoneSet>(&event)) {
        to_all("zone", text_of([&](JsonText& json) { write_json(json, set->zone); }));
    } else if (auto const* const gone = std::get_if<model::ZoneRemoved>(&event)) {
        to_all("zone_gone", id_text(gone->zone));
    } else if (auto const* const posted = std::get_if<model::RoadReportPosted>(&event)) {
        to_all("road_report", text_of([&](JsonText& json) { write_json(json, posted->report); }));
    } else if (auto const* const lifted = std::get_if<model::RoadReportLifted>(&event)) {
        to_all("road_report_gone", id_text(lifted->report));
    } else if (auto const* const travel = std::get_if<model::TravelSourceChanged>(&event)) {
        to_all("travel", text_of([&](JsonText& json) { write_json(json, *travel); }));
    } else if (auto const* const policy = std::get_if<model::PolicyAdopted>(&event)) {
        auto made = message("policy");
        made->for_all = true;
        made->texts[0] = text_of([&](JsonText& json) { write_json(json, policy->policy); });
        add(std::move(made));
    } else if (auto const* const workflow = std::get_if<model::WorkflowAdopted>(&event)) {
        to_all("workflow", text_of([&](JsonText& json) {
                   json.open('{');
                   write_member(json, "id", workflow->id);
                   write_member(json, "name", workflow->name);
                   json.close('}');
               }));
    }
}

void Publisher::Telling::job_notice(
    std::string_view name, JobId job, auto const& event, bool agents_too
) {
    auto made = message(name);
    if (auto const* const view = job_view(job)) {
        topics_of(*made, *view);
    } else {
        made->jobs.push_back(job);
    }
    notice(std::move(made), text_of([&](JsonText& json) { write_json(json, event); }), agents_too);
}

void Publisher::Telling::tell(model::Event const& event) {
    if (auto const* const effect = std::get_if<model::EffectRequested>(&event)) {
        job_notice("effect", effect->job, *effect, false);
    } else if (auto const* const missed = std::get_if<model::DeadlineMissed>(&event)) {
        job_notice("deadline_missed", missed->job, *missed, false);
    } else if (auto const* const slip = std::get_if<model::SlipPredicted>(&event)) {
        for (auto const& view : change.jobs) {
            for (auto const& assignment : view->assignments) {
                if (assignment.id == slip->assignment)
                    job_notice("slip", view->job.id, *slip, true);
            }
        }
    } else if (auto const* const crossed = std::get_if<model::FenceCrossed>(&event)) {
        auto made = message("fence");
        topics_of(*made, crossed->agent);
        made->zones = {crossed->zone};
        notice(std::move(made), text_of([&](JsonText& json) { write_json(json, *crossed); }), true);
    } else if (auto const* const late = std::get_if<model::ConflictRecorded>(&event)) {
        auto made = message("conflict");
        made->jobs = {late->job};
        made->agents = {late->conflict.agent};
        auto const text = text_of([&](JsonText& json) { write_json(json, *late); });
        made->texts[static_cast<std::size_t>(Audience::full)] = text;
        made->texts[static_cast<std::size_t>(Audience::agent)] = text;
        add(std::move(made));
    }
}

void Publisher::Telling::tell(model::Decision const& decision) {
    auto made = message("decision");
    if (auto const* const view = job_view(decision.job)) {
        topics_of(*made, *view);
    } else {
        made->jobs.push_back(decision.job);
    }
    auto const text = text_of([&](JsonText& json) {
        json.open('{');
        write_member(json, "job", decision.job);
        write_member(json, "slot", decision.slot);
        write_member(json, "attempt", decision.attempt);
        write_member(json, "verdict", decision.verdict);
        if (raw(decision.winner) != 0) write_member(json, "winner", decision.winner);
        write_member(json, "considered", decision.candidates.size());
        write_member(json, "at", decision.at);
        json.close('}');
    });
    notice(std::move(made), text, false);
}

void Publisher::Telling::read(model::Record const& record) {
    for (auto const& entry : record.entries) {
        if (entry.envelope.traceparent.empty()) continue;
        for (auto const& event : entry.events) {
            std::visit(
                [&]<class E>(E const& it) {
                    if constexpr (std::same_as<E, model::JobCreated>) {
                        traces.insert_or_assign(it.job.id, entry.envelope.traceparent);
                    } else if constexpr (requires { JobId{it.job}; }) {
                        traces.insert_or_assign(it.job, entry.envelope.traceparent);
                    }
                },
                event
            );
        }
    }
    for (auto const& entry : record.entries) {
        for (auto const& event : entry.events)
            settings(event);
    }
}

Publisher::Publisher(Ring& ring, OnMessages on_messages, std::size_t queue_max)
    : ring_{ring}, on_messages_{std::move(on_messages)}, queue_max_{queue_max} {}

Publisher::~Publisher() {
    stop();
}

void Publisher::give(std::shared_ptr<Change const> change) {
    {
        std::lock_guard const lock{mutex_};
        if (queue_.size() >= queue_max_) {
            for (auto const& gone : queue_) {
                auto& lost = lost_[gone->region];
                lost.number = gone->number;
                if (gone->settings) lost.settings = gone->settings;
            }
            queue_.clear();
            ++gaps_;
        }
        queue_.push_back(std::move(change));
    }
    wake_.notify_one();
}

void Publisher::set_zones(Region& region, Settings const& settings) {
    for (auto const& [id, zone] : region.zones) {
        if (!settings.zones.contains(id)) region.fences.remove(id);
    }
    for (auto const& [id, zone] : settings.zones) {
        auto const known = region.zones.find(id);
        bool const same = known != region.zones.end() && *known->second == *zone;
        if (!same) region.fences.set(*zone);
    }
    region.zones = settings.zones;
}

void Publisher::tell_gap(RegionId region, model::EventNumber number, std::vector<MessagePtr>& out) {
    auto const cursor = cursor_after(region, number);
    ring_.begin(cursor);
    auto made = std::make_shared<Message>();
    made->cursor = cursor;
    made->name = "gap";
    made->for_all = true;
    made->texts.fill(text_of([&](JsonText& json) {
        json.open('{');
        write_member(json, "number", number);
        json.close('}');
    }));
    out.push_back(std::move(made));
}

void Publisher::publish(Change const& change, std::vector<MessagePtr>& out) {
    bool const is_new = !regions_.contains(change.region);
    auto& region = regions_[change.region];
    if (change.settings) set_zones(region, *change.settings);
    if (change.reset) {
        if (!is_new) return tell_gap(change.region, change.number, out);
        return ring_.begin(cursor_after(change.region, change.number));
    }
    for (auto const& fix : change.fixes) {
        region.places.insert_or_assign(raw(fix.agent), fix.place);
        region.moved.insert_or_assign(fix.agent, fix);
    }
    if (!change.record) return;
    auto const record = model::unseal(*change.record);
    ASSERT(record.ok());  // sealed in this process
    auto const begin = out.size();
    Telling telling{region, change, out, {}};
    telling.read(record.value());
    telling.agents();
    telling.jobs();
    telling.closed();
    telling.offers();
    for (auto const& entry : record.value().entries) {
        for (auto const& event : entry.events)
            telling.tell(event);
        for (auto const& decision : entry.decisions)
            telling.tell(decision);
    }
    for (auto const id : change.agents_gone)
        region.places.erase(raw(id));
    for (auto i = begin; i < out.size(); ++i)
        ring_.add(out[i]);
}

void Publisher::publish_positions(std::vector<MessagePtr>& out) {
    for (auto& [id, region] : regions_) {
        if (region.moved.empty()) continue;
        auto made = std::make_shared<Message>();
        made->cursor.region = id;
        made->name = "positions";
        std::string all;
        for (auto const& [agent, fix] : region.moved) {
            JsonText json;
            json.open('[');
            write_json(json, agent);
            json.degrees(fix.place.lat);
            json.degrees(fix.place.lon);
            json.integer(fix.time.millis());
            json.integer(fix.speed_mm_s);
            json.integer(fix.heading_deg);
            json.close(']');
            all += all.empty() ? R"({"positions":[)" : ",";
            all += json.text();
            made->positions.push_back(
                {agent, fix.place, region.fences.containing(fix.place), std::move(json).text()}
            );
        }
        auto const text = std::make_shared<std::string const>(all + "]}");
        made->texts[static_cast<std::size_t>(Audience::full)] = text;
        made->texts[static_cast<std::size_t>(Audience::open)] = text;
        region.moved.clear();
        out.push_back(std::move(made));
    }
}

void Publisher::pump(Instant now) {
    std::deque<std::shared_ptr<Change const>> changes;
    std::map<RegionId, Lost> lost;
    {
        std::lock_guard const lock{mutex_};
        std::swap(changes, queue_);
        std::swap(lost, lost_);
    }
    std::vector<MessagePtr> messages;
    for (auto const& [region, what] : lost) {
        if (what.settings) set_zones(regions_[region], *what.settings);
        tell_gap(region, what.number, messages);
    }
    for (auto const& change : changes)
        publish(*change, messages);
    if (now >= positions_due_) {
        positions_due_ = now + positions_every;
        publish_positions(messages);
    }
    if (!messages.empty() && on_messages_) on_messages_(messages);
}

void Publisher::start() {
    thread_ = std::thread{[this] {
        auto const begun = std::chrono::steady_clock::now();
        while (true) {
            {
                std::unique_lock lock{mutex_};
                wake_.wait_for(lock, std::chrono::milliseconds{positions_every.count()}, [&] {
                    return stopping_ || !queue_.empty();
                });
                if (stopping_) return;
            }
            auto const span = std::chrono::steady_clock::now() - begun;
            pump(Instant{1 + std::chrono::duration_cast<std::chrono::milliseconds>(span).count()});
        }
    }};
}

void Publisher::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

std::uint64_t Publisher::gaps() const {
    std::lock_guard const lock{mutex_};
    return gaps_;
}

}  // namespace posthaste::views
