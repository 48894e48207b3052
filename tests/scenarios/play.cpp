#include "play.hpp"

#include <algorithm>
#include <cmath>

#include "events_text.hpp"
#include "map.hpp"
#include "node/testing.hpp"
#include "node/traffic.hpp"

namespace posthaste::scenarios {

using node::testing::eight_o_clock;
using node::testing::town;

namespace {

Instant instant_of(std::string const& text) {
    std::int64_t second = 0;
    auto const parts = split(text, ':');
    REQUIRE(parts.size() >= 2);
    for (std::size_t i = 0; i < 3; ++i)
        second = second * 60 + (i < parts.size() ? std::stoll(parts[i]) : 0);
    return eight_o_clock + Millis{(second - 8 * 3600) * 1000};
}

// 33.1972 as 1e-7 degrees.
std::int32_t degrees_of(std::string const& text) {
    return static_cast<std::int32_t>(std::llround(std::stod(text) * 1e7));
}

std::pair<Instant, Instant> span_of(std::string const& text) {
    auto const ends = split(text, '-');
    REQUIRE(ends.size() == 2);
    return {instant_of(ends[0]), instant_of(ends[1])};
}

// The words after `key`, up to `count` of them; none when it is not there.
std::optional<std::string> after(Words const& words, std::string const& key) {
    auto const found = std::find(words.begin(), words.end(), key);
    if (found == words.end() || found + 1 == words.end()) return std::nullopt;
    return *(found + 1);
}

Words list_after(Words const& words, std::string const& key) {
    auto const text = after(words, key);
    return text ? split(*text, ',') : Words{};
}

model::Load load_of(Words const& words, std::string const& key, std::int32_t otherwise) {
    auto const text = after(words, key);
    return {{text ? std::stoi(*text) : otherwise, 0, 0, 0}};
}

void set_field(model::Policy& policy, std::string const& name, std::int64_t value) {
    bool known = false;
    model::Policy::fields(policy, [&]<class F>(unsigned, char const* field_name, F& field) {
        if (name != field_name) return;
        if constexpr (std::is_integral_v<F>) {
            field = static_cast<F>(value);
            known = true;
        } else if constexpr (requires { F{value}.count(); }) {
            field = F{value};
            known = true;
        }
    });
    REQUIRE_MESSAGE(known, "policy " << name);
}

/// What the day says of roads, without what its fixes would teach: those numbers nobody can work
/// out by hand.
class SaidOfRoads final : public node::Follower {
public:
    explicit SaidOfRoads(std::shared_ptr<road::Roads const> roads) : traffic{std::move(roads)} {}

    void follow(node::Turned const& turned) override {
        core::Touched const nobody;  // so no drives either
        traffic.follow(
            {turned.region, turned.state, turned.field, turned.record, turned.bytes, nobody, {}}
        );
    }
    void reset(core::State const& state, core::Field const& field) override {
        traffic.reset(state, field);
    }

    node::Traffic traffic;
};

class Play {
public:
    explicit Play(Map map)
        : said_{map.roads ? std::make_unique<SaidOfRoads>(map.roads) : nullptr},
          station_{options(), nullptr, said_.get()},
          places_{std::move(map.places)} {
        station_.set_up();
        for (auto const* const name : {"parcel", "field_service"})
            station_.tell(town, model::SetWorkflow{name, node::testing::workflow_text(name)});
        policy_.detour_per_mille = 1000;
        policy_.stale_after = Millis{86'400'000};  // nobody has to report here
        policy_.lost_after = Millis{2 * 86'400'000};
        station_.tell(town, model::SetPolicy{policy_});
        station_.listener.records.clear();
    }

    std::string run(std::string const& script) {
        Map::Lines lines;
        for (auto const& line : split(script, '\n')) {
            CAPTURE(line);
            if (!lines.is_of_map(line)) say(split(line, ' '));
        }
        return out_;
    }

private:
    node::ShardOptions options() const {
        node::ShardOptions options;
        if (said_) options.travel = said_->traffic.travel();
        return options;
    }

    void say(Words const& words) {
        auto const& verb = words[0];
        if (verb == "at") {
            pass_until(instant_of(words[1]));
        } else if (verb == "policy") {
            set_field(policy_, words[1], std::stoll(words[2]));
            tell(words, model::SetPolicy{policy_}, node::testing::office());
        } else if (verb == "speed") {
            policy_.speed_mm_s.fill(std::stoi(words[1]) * 10'000 / 36);  // km/h
            tell(words, model::SetPolicy{policy_}, node::testing::office());
        } else if (verb == "place") {
            places_[words[1]] = {degrees_of(words[2]), degrees_of(words[3])};
        } else if (verb == "hub") {
            add_hub(words);
        } else if (verb == "agent") {
            add_agent(words);
        } else if (verb == "duty") {
            auto const to = from_name<model::Availability>(words[2]);
            REQUIRE(to.has_value());
            tell(words, model::SetAvailability{agent(words[1]), *to}, phone(words[1]));
        } else if (verb == "ride" || verb == "parcel" || verb == "visit") {
            add_job(words);
        } else if (verb == "office") {
            tell(words, office_command(words), dispatcher());
        } else if (words[1] == "at") {
            see(words[0], place(words[2]));
        } else {
            auto who = phone(words[0]);
            if (auto const tapped = after(words, "tapped")) who.device_time = instant_of(*tapped);
            tell(words, agent_command(words), who);
        }
    }

    void add_hub(Words const& words) {
        auto const at = place(words[3]);
        model::Zone const zone{
            .name = words[1], .kind = model::ZoneKind::hub, .centre = at, .radius = Metres{100}};
        auto const reply = station_.tell(town, model::SetZone{zone});
        places_[words[1]] = at;
        hubs_[words[1]] = model::ZoneId{reply.answer.value().subject};
        write_down();
    }

    void add_agent(Words const& words) {
        auto const at = place(*after(words, "at"));
        auto const shift = span_of(after(words, "shift").value_or("00:00-23:59"));
        model::PutAgent const put{
            .reference = words[1],
            .home = at,
            .shift = {shift.first, shift.second},
            .skills = list_after(words, "skills"),
            .vehicle_kind = after(words, "kind").value_or(""),
            .features = list_after(words, "features"),
            .capacity = load_of(words, "capacity", 4)};
        tell(words, put, node::testing::office());
        if (words.back() == "off") return;
        auto const id = agent(words[1]);
        tell(words, model::SetAvailability{id, model::Availability::on_duty}, phone(words[1]));
        see(words[1], at);
    }

    model::Stop stop(Words const& words, std::string const& key) const {
        auto const name = *after(words, key);
        model::Stop stop{.place = place(name)};
        auto const hub = hubs_.find(name);
        if (hub != hubs_.end()) stop.hub = hub->second;
        return stop;
    }

    void add_job(Words const& words) {
        bool const is_visit = words[0] == "visit";
        model::CreateJob create{
            .reference = words[1], .workflow = is_visit ? "field_service" : words[0]};
        create.stops.push_back(stop(words, is_visit ? "at" : "from"));
        if (!is_visit) {
            create.stops.push_back(stop(words, "to"));
            create.stops[0].pickup = create.stops[1].dropoff = load_of(words, "load", 1);
        }
        auto& first = create.stops[0];
        first.service = Millis{std::stoll(after(words, "service").value_or("0")) * 1000};
        if (auto const window = after(words, "window")) {
            auto const [earliest, latest] = span_of(*window);
            first.window = {earliest, latest};
        }
        create.priority = std::stoi(after(words, "priority").value_or("0"));
        if (auto const release = after(words, "release")) create.release = instant_of(*release);
        if (auto const due = after(words, "deadline")) create.deadline = instant_of(*due);
        model::NeedDraft const need{
            list_after(words, "skills"), list_after(words, "kinds"), list_after(words, "features")};
        create.slots.assign(std::stoul(after(words, "slots").value_or("1")), need);
        tell(words, create, dispatcher());
    }

    model::Command office_command(Words const& words) {
        auto const& verb = words[1];
        if (verb == "closes" || verb == "slows") return road_report(words);
        if (verb == "removes") return model::RemoveAgent{agent(words[2])};
        if (words.size() == 3 && names_.job(verb) != model::JobId{})
            return model::TransitionJob{.job = names_.job(verb), .to = words[2]};
        auto const job = names_.job(words[2]);
        if (verb == "assigns") return model::AssignJob{job, 0, agent(words[3])};
        if (verb == "forces") return model::AssignJob{job, 0, agent(words[3]), true, words[4]};
        if (verb == "takes")
            return model::ReleaseAssignment{names_.assignment(job, agent(words[3])), "taken back"};
        if (verb == "quotes") return model::ProposeQuote{job, Cents{std::stoll(words[3])}, "EUR"};
        if (verb == "approves") return model::DecideQuote{job, true};
        if (verb == "rejects") return model::DecideQuote{job, false};
        REQUIRE_MESSAGE(verb == "edits", "not understood");
        if (words[3] == "priority")
            return model::UpdateJob{.job = job, .priority = std::stoi(words[4])};
        REQUIRE_MESSAGE(words[3] == "needs", "not understood");
        return model::UpdateJob{
            .job = job, .slots = std::vector<model::NeedDraft>{{split(words[4], ','), {}, {}}}};
    }

    /// Of the piece of road between two letters, by the point in its middle.
    model::Command road_report(Words const& words) const {
        auto const from = place(words[2].substr(0, 1));
        auto const to = place(words[2].substr(1));
        model::RoadReport report{
            .line = {{(from.lat + to.lat) / 2, (from.lon + to.lon) / 2}}, .reason = "flood"};
        report.until = instant_of(*after(words, "until"));
        if (words[1] == "slows") {
            report.kind = model::RoadReportKind::slow;
            report.slower_per_mille = std::stoi(*after(words, "to")) * 10;
        }
        return model::PostRoadReport{report};
    }

    model::Command agent_command(Words const& words) {
        auto const who = agent(words[0]);
        auto const& verb = words[1];
        if (verb == "attaches") {
            auto const kind = from_name<model::AttachmentKind>(words[2]);
            REQUIRE(kind.has_value());
            return model::AttachToJob{
                names_.job(words[3]), {.content = digest(words[2] + words[3]), .kind = *kind}};
        }
        if (names_.job(verb) != model::JobId{}) {
            auto const job = names_.job(verb);
            return model::TransitionJob{
                .job = job, .assignment = names_.assignment(job, who), .to = words[2]};
        }
        auto const job = names_.job(words[2]);
        auto const held = names_.assignment(job, who);
        if (verb == "drops") return model::ReleaseAssignment{held, "dropped"};
        if (verb == "finishes")
            return model::FinishStop{held, static_cast<std::uint8_t>(std::stoul(words[3]))};
        auto const offer = names_.offer(job, who);
        if (verb == "receives") return model::ReceiveOffer{offer};
        if (verb == "declines") return model::DeclineOffer{offer, 0, "no"};
        REQUIRE_MESSAGE(verb == "accepts", "not understood");
        return model::AcceptOffer{offer, 0};
    }

    void tell(Words const& words, model::Command const& command, model::Envelope const& who) {
        auto const reply = station_.tell(town, command, who);
        renew_travel();
        REQUIRE(reply.answer.ok());
        auto const& answer = reply.answer.value();
        if (answer.rejection != model::Rejection::none) {
            std::string said;
            for (auto const& word : words)
                said += " " + word;
            auto const detail = answer.detail.empty() ? "" : " (" + answer.detail + ")";
            out_ += "    " + clock_text(station_.clock.time) + " refused:" + said + ": " +
                    std::string{name_of(answer.rejection)} + detail + "\n";
        }
        write_down();
    }

    void see(std::string const& who, model::Position where) {
        station_.see(town, agent(who), where);
        renew_travel();
        write_down();
    }

    void pass_until(Instant end) {
        for (;;) {
            auto const& region = station_.shard->region(town);
            auto const& timers = region.state.timers;
            auto const due = std::min(
                timers.empty() ? instant_max : timers.begin()->due, region.field.overdue_due()
            );
            if (due > end) break;
            station_.clock.time = std::max(station_.clock.time, due);
            station_.run();
            renew_travel();
            write_down();
        }
        REQUIRE(end >= station_.clock.time);
        station_.clock.time = end;
    }

    /// As the server does beside its turns, but at once.
    void renew_travel() {
        if (!said_) return;
        auto newer = said_->traffic.work(station_.clock.time);
        if (!newer) return;
        station_.shard->observe(std::move(*newer));
        station_.run();
    }

    void write_down() {
        for (auto const& record : station_.listener.records) {
            if (record.header.region != town) continue;
            for (auto const& entry : record.entries) {
                for (auto const& event : entry.events) {
                    names_.learn(event);
                    auto const line = names_.line_of(station_.state(), event);
                    if (line) out_ += "    " + clock_text(record.header.at) + " " + *line + "\n";
                }
            }
        }
        station_.listener.records.clear();
    }

    model::Position place(std::string const& name) const {
        auto const found = places_.find(name);
        REQUIRE_MESSAGE(found != places_.end(), "no place " << name);
        return found->second;
    }
    model::AgentId agent(std::string const& name) const {
        auto const id = names_.agent(name);
        REQUIRE_MESSAGE(id != model::AgentId{}, "no agent " << name);
        return id;
    }
    static model::Envelope dispatcher() {
        return {.role = model::Role::dispatcher, .key = model::KeyId{7}};
    }
    model::Envelope phone(std::string const& name) {
        auto who = node::testing::phone(agent(name), ++operations_[name]);
        who.device = "phone of " + name;
        who.device_time = station_.clock.time;
        return who;
    }

    std::unique_ptr<SaidOfRoads> said_;  ///< null: there are no roads
    node::testing::Station station_;
    model::Policy policy_;
    Names names_;
    std::map<std::string, model::Position> places_;
    std::map<std::string, model::ZoneId> hubs_;
    std::map<std::string, std::uint64_t> operations_;
    std::string out_;
};

}  // namespace

std::string play(std::string const& script) {
    return Play{Map::read(script)}.run(script);
}

}  // namespace posthaste::scenarios
