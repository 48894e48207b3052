#include "load/fleet.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/assert.hpp"
#include "geo/distance.hpp"

namespace posthaste::load {

namespace {

constexpr std::size_t signing_on_max = 64;  // at once
constexpr std::size_t fixes_pending_max = 64;
constexpr std::size_t offers_remembered_max = 100'000;
constexpr std::uint64_t stroll_per_mille = 100;

bool is_over_for_good(Answer const& answer) {
    return answer.status == 404 || answer.status == 403 || answer.code == "job_over" ||
           answer.code == "assignment_unknown";
}

}  // namespace

Instant wall_now() {
    auto const since = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

Fleet::Fleet(
    FleetOptions options,
    std::vector<demand::Member> members,
    demand::Places const& places,
    Requests& requests,
    FleetLanes lanes
)
    : options_{options},
      places_{&places},
      requests_{&requests},
      lanes_{std::move(lanes)},
      prng_{options.seed ^ 0x666c656574ULL} {
    if (auto const& roads = options_.roads)
        query_ = std::make_unique<road::Query>(roads->network(), roads->lower());
    agents_.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
        Agent agent;
        agent.who = draw_personality(options.seed, i);
        agent.place = members[i].home;
        agent.idle_target = members[i].home;
        agent.member = std::move(members[i]);
        agents_.push_back(std::move(agent));
    }
}

void Fleet::sign_on(std::string tenant) {
    tenant_ = std::move(tenant);
    auto const first = std::min(signing_on_max, agents_.size());
    for (std::size_t i = 0; i < first; ++i)
        sign_on(next_sign_on_++);
}

bool Fleet::is_signed_on() const {
    return counts_.registered + counts_.registrations_failed == agents_.size();
}

// The whole fleet works now: a load is not about shifts.
void Fleet::sign_on(std::size_t index) {
    auto const& member = agents_[index].member;
    lanes_.actions.send(requests_->put_agent(member, {}), [this, index](Answer const& answer) {
        signed_on(index, answer);
    });
}

void Fleet::signed_on(std::size_t index, Answer const& answer) {
    auto& agent = agents_[index];
    std::uint64_t id = 0;
    if (answer.ok()) {
        auto const text = reader_.text(answer.body, "agent");
        std::from_chars(text.data(), text.data() + text.size(), id);
    }
    agent.id = model::AgentId{id};
    by_id_[agent.id] = index;
    lanes_.actions.send(
        requests_->set_availability(agent.member.reference, model::Availability::on_duty),
        [this, index, id](Answer const& second) {
            bool const is_done = second.ok() && id != 0;
            if (is_done && has_phone(index)) return want_key(index);
            on_duty(is_done);
        }
    );
}

void Fleet::on_duty(bool is_done) {
    ++(is_done ? counts_.registered : counts_.registrations_failed);
    if (next_sign_on_ < agents_.size()) sign_on(next_sign_on_++);
}

Fleet::Agent* Fleet::find(model::AgentId id) {
    auto const found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : &agents_[found->second];
}

void Fleet::later(Instant at, std::function<void()> what) {
    due_.push({at, next_due_++, std::move(what)});
}

// What agents say, only their own key may.
void Fleet::want_key(std::size_t index) {
    auto& agent = agents_[index];
    if (agent.key_asked) return;
    agent.key_asked = true;
    lanes_.actions.send(requests_->create_key(tenant_, agent.id), [this, index](Answer const& got) {
        auto& whose = agents_[index];
        if (got.ok()) whose.key = reader_.text(got.body, "secret");
        whose.key_asked = !whose.key.empty();
        if (whose.key.empty()) ++counts_.keys_failed;
        if (!has_phone(index)) return;
        if (whose.key.empty()) return on_duty(false);
        open_phone(index);
    });
}

void Fleet::open_phone(std::size_t index) {
    auto& agent = agents_[index];
    auto target = lanes_.target;
    target.key = agent.key;
    agent.phone = std::make_unique<Phone>(
        lanes_.io,
        std::move(target),
        "load",
        phone_counts_,
        [this, index](MessageSeen const& message, std::int64_t seen_micros) {
            hear(index, message, seen_micros);
        }
    );
    agent.phone->start();
}

std::size_t Fleet::unanswered() const {
    std::size_t count = 0;
    for (auto const& agent : agents_)
        if (agent.phone) count += agent.phone->unanswered();
    return count;
}

// --- what they are told ---

void Fleet::hear(std::size_t index, MessageSeen const& message, std::int64_t seen_micros) {
    auto& agent = agents_[index];
    if (message.type == "ready" && !agent.phone_ready) {
        agent.phone_ready = true;
        on_duty(true);
    }
    if (message.job) hear_job(agent, *message.job, seen_micros);
    if (!message.offer) return;
    listener_.was_told(message.offer->reference, seen_micros);
    take_offer(index, *message.offer);
}

void Fleet::hear_job(Agent& agent, JobSeen const& job, std::int64_t seen_micros) {
    auto const is_live = [&](model::AssignmentId id) {
        return std::ranges::find(job.assignments, id, &AssignmentSeen::id) != job.assignments.end();
    };
    std::erase_if(agent.tasks, [&](Task const& task) {
        return task.job == job.id && !is_live(task.assignment);
    });
    for (auto const& live : job.assignments) {
        auto const known = std::ranges::find(agent.tasks, live.id, &Task::assignment);
        if (live.agent != agent.id || known != agent.tasks.end()) continue;
        listener_.was_told(job.reference, seen_micros);
        take_up(agent, job, live.id);
    }
}

void Fleet::on_offer(OfferSeen const& offer) {
    auto const found = by_id_.find(offer.agent);
    if (found == by_id_.end() || has_phone(found->second)) return;
    want_key(found->second);
    take_offer(found->second, offer);
}

// At least once: the attempt tells whether it is new.
void Fleet::take_offer(std::size_t index, OfferSeen const& offer) {
    auto& agent = agents_[index];
    if (resting_) return;
    if (answered_.size() >= offers_remembered_max) answered_.erase(answered_.begin());
    auto const [known, is_new] = answered_.try_emplace(offer.id, offer.attempt);
    if (!is_new) return;
    ++counts_.offers;
    if (agent.phone) {
        agent.phone->send(say_receipt(offer.id), {});
    } else {
        lanes_.actions.send(requests_->receive(offer.id), {});
    }
    auto const response = draw_response(agent.who, prng_);
    auto const at = wall_now() + draw_thinking(agent.who, prng_);
    if (response == Response::decline) listener_.declines(offer);
    later(at, [this, index, offer, response] { answer_offer(index, offer, response); });
}

void Fleet::answer_offer(std::size_t index, OfferSeen const& offer, Response response) {
    if (response == Response::ignore) {
        ++counts_.ignored;
        return;
    }
    auto& agent = agents_[index];
    if (resting_) return;
    if (agent.key.empty())
        return later(wall_now() + tick_every, [=, this] { answer_offer(index, offer, response); });
    bool const accepts = response == Response::accept;
    act(agent,
        accepts ? requests_->accept(offer) : requests_->decline(offer),
        accepts ? say_accept(offer) : say_decline(offer),
        [this, accepts](Answer const& answer) {
            if (!answer.ok()) {
                ++counts_.steps_refused;
            } else {
                ++(accepts ? counts_.accepted : counts_.declined);
            }
        });
}

bool Fleet::act(Agent& agent, Ask ask, Say say, Then then) {
    auto& latencies = agent.phone ? phone_latencies_ : action_latencies_;
    auto const counted = [&latencies, then = std::move(then)](Answer const& answer) {
        latencies.add(answer.micros);
        then(answer);
    };
    if (agent.phone) return agent.phone->send(std::move(say), counted);
    ask.key = agent.key;
    return lanes_.actions.send(std::move(ask), counted);
}

void Fleet::on_news(JobSeen const& job, Ledger::News const& news) {
    for (auto const& ended : news.ended) {
        auto* const agent = find(ended.agent);
        if (agent == nullptr || agent->phone) continue;
        std::erase_if(agent->tasks, [&](Task const& task) { return task.assignment == ended.id; });
    }
    for (auto const& made : news.made) {
        auto const found = by_id_.find(made.agent);
        if (found == by_id_.end() || has_phone(found->second)) continue;
        want_key(found->second);
        take_up(agents_[found->second], job, made.id);
    }
}

void Fleet::take_up(Agent& agent, JobSeen const& job, model::AssignmentId assignment) {
    agent.tasks.push_back(
        {.assignment = assignment,
         .job = job.id,
         .stops = job.stops,
         .steps = steps_of(job.workflow)}
    );
}

// --- what they do ---

void Fleet::tick(Instant now) {
    while (!due_.empty() && due_.top().at <= now) {
        auto const what = due_.top().what;
        due_.pop();
        what();
    }
    if (agents_.empty()) return;
    auto const ticks = std::max<std::int64_t>(1, options_.fix_every.count() / tick_every.count());
    auto const whole = static_cast<std::size_t>(ticks);
    // The slices differ by one at most and come to the whole fleet in a round.
    auto const from = agents_.size() * (next_agent_ % whole) / whole;
    auto const to = agents_.size() * (next_agent_ % whole + 1) / whole;
    ++next_agent_;
    std::vector<FixLine> lines;
    for (auto index = from; index < to; ++index) {
        advance(index, now);
        auto const& agent = agents_[index];
        if (agent.id == model::AgentId{}) continue;
        FixLine const line{
            .agent = agent.member.reference,
            .place = agent.place,
            .time = now,
            .speed_mm_s = agent.has_moved ? agent.who.speed_mm_s : 0};
        if (agent.phone) {
            send_fix(*agent.phone, line);
        } else {
            lines.push_back(line);
        }
    }
    send_fixes(lines);
}

void Fleet::send_fix(Phone& phone, FixLine const& line) {
    bool const is_sent =
        phone.send(say_fix(line), [this](Answer const& answer) { count_fixes(answer, 1); });
    if (!is_sent) ++counts_.fixes_failed;
}

void Fleet::count_fixes(Answer const& answer, std::size_t count) {
    (answer.ok() ? counts_.fixes_sent : counts_.fixes_failed) += count;
}

void Fleet::send_fixes(std::span<FixLine const> lines) {
    if (lines.empty()) return;
    if (lanes_.fixes.pending() >= fixes_pending_max) {
        counts_.fixes_failed += lines.size();
        return;
    }
    auto const count = lines.size();
    lanes_.fixes.send(requests_->fixes(lines), [this, count](Answer const& answer) {
        count_fixes(answer, count);
        fix_latencies_.add(answer.micros);
    });
}

void Fleet::advance(std::size_t index, Instant now) {
    auto& agent = agents_[index];
    agent.has_moved = false;
    ++counts_.ticks;
    if (resting_) return;
    if (agent.tasks.empty()) {
        ++counts_.ticks_idle;
        return idle(agent);
    }
    // What needs no time is done at once, up to the end of the assignment.
    while (!agent.tasks.empty() && work_on(index, agent.tasks.front(), now)) {
        auto& task = agent.tasks.front();
        if (++task.step < task.steps.size()) continue;
        agent.tasks.pop_front();
    }
}

void Fleet::idle(Agent& agent) {
    if (agent.place == agent.idle_target) {
        if (!prng_.chance(stroll_per_mille)) return;
        agent.idle_target = places_->nodes[prng_.below(places_->nodes.size())];
    }
    move(agent, agent.idle_target, counts_.driven_idle_mm);
}

// Where they are after another span; nothing: no road leads there.
std::optional<model::Position> Fleet::along_roads(Agent& agent, model::Position target) {
    if (!agent.journey || agent.journey_target != target) {
        auto const profile = road::profile_of(agent.member.vehicle);
        if (!options_.roads->is_for(profile)) return std::nullopt;
        agent.journey = road::Journey::plan(*options_.roads, *query_, profile, agent.place, target);
        agent.journey_target = target;
        agent.driven = {};
        if (!agent.journey) return std::nullopt;
    }
    auto const pace = agent.who.speed_mm_s;
    agent.driven = agent.driven + Millis{options_.fix_every.count() * pace / usual_speed_mm_s};
    auto const place = agent.journey->at(agent.driven);
    if (place == target) agent.journey.reset();
    return place;
}

void Fleet::move(Agent& agent, model::Position target, std::int64_t& driven_mm) {
    auto const before = agent.place;
    auto const on_road = query_ ? along_roads(agent, target) : std::nullopt;
    agent.place = on_road.value_or(drive(before, target, agent.who.speed_mm_s, options_.fix_every));
    agent.has_moved = agent.place != before;
    driven_mm += geo::distance_mm(before, agent.place);
}

// True: the step is done.
bool Fleet::work_on(std::size_t index, Task& task, Instant now) {
    auto& agent = agents_[index];
    if (task.step >= task.steps.size()) return true;
    if (task.under_way || agent.has_moved || agent.key.empty()) return false;
    auto const& step = task.steps[task.step];
    if (step.stop >= task.stops.size()) return true;
    auto const& stop = task.stops[step.stop];
    switch (step.act) {
        case Act::say:
            task.under_way =
                act(agent,
                    requests_->step(task.job, task.assignment, step.text),
                    say_step(task.job, task.assignment, step.text),
                    step_of(index, task));
            return false;
        case Act::attach:
            attach(index, task, step.text);
            return false;
        case Act::drive: {
            auto& driven = step.stop == 0 ? counts_.driven_to_pickup_mm : counts_.driven_loaded_mm;
            move(agent, stop.place, driven);
            return agent.place == stop.place;
        }
        case Act::serve:
            if (task.serving_until == Instant{})
                task.serving_until = now + Millis{stop.service.count() * 1000 / options_.speed};
            if (now < task.serving_until) return false;
            task.serving_until = Instant{};
            return true;
    }
    return true;
}

// Bytes go by REST: first their name, then they.
void Fleet::attach(std::size_t index, Task& task, std::string_view kind) {
    // Different bytes each time: a store by content would keep one for all.
    auto content = std::string{kind} + std::to_string(raw(task.assignment));
    auto ask = requests_->attach(task.job, kind, content);
    ask.key = agents_[index].key;
    auto const then = [=, this, job = task.job, said = step_of(index, task)](Answer const& answer) {
        action_latencies_.add(answer.micros);
        if (answer.ok()) {
            auto put = requests_->put_content(job, content);
            put.key = agents_[index].key;
            lanes_.actions.send(std::move(put), {});
        }
        said(answer);
    };
    task.under_way = lanes_.actions.send(std::move(ask), then);
}

Then Fleet::step_of(std::size_t index, Task const& task) {
    return [this, index, assignment = task.assignment](Answer const& answer) {
        step_answered(index, assignment, answer);
    };
}

void Fleet::step_answered(std::size_t index, model::AssignmentId assignment, Answer const& answer) {
    auto& tasks = agents_[index].tasks;
    auto const task = std::ranges::find(tasks, assignment, &Task::assignment);
    ++counts_.steps;
    if (task == tasks.end()) return;
    task->under_way = false;
    if (answer.status == 0) return;  // the same again at the next tick
    if (!answer.ok()) ++counts_.steps_refused;
    // What is refused has mostly been done already, by the engine's fence; the next step tells.
    if (is_over_for_good(answer)) {
        tasks.erase(task);
    } else if (++task->step >= task->steps.size()) {
        if (answer.ok()) ++counts_.completed;
        tasks.erase(task);
    }
}

// --- as the checker wants them ---

std::vector<Worker> Fleet::workers(model::Policy const& policy, Instant now) const {
    std::vector<Worker> workers;
    workers.reserve(agents_.size());
    for (auto const& agent : agents_) {
        Worker worker{
            .id = agent.id,
            .place = agent.place,
            .free_at = agent.place,
            .free_from = now,
            .on_duty = agent.id != model::AgentId{},
            .stack = static_cast<std::int32_t>(agent.tasks.size()),
            .capacity = agent.member.capacity,
            .skills = &agent.member.skills,
            .features = &agent.member.features,
            .vehicle = &agent.member.vehicle};
        for (auto const& task : agent.tasks) {
            for (auto const& stop : task.stops) {
                auto const drive_mm = geo::distance_mm(worker.free_at, stop.place);
                auto const drive_ms =
                    drive_mm * policy.detour_per_mille / policy.speed_mm_s.front();
                worker.free_from = worker.free_from + Millis{drive_ms} + stop.service;
                worker.free_at = stop.place;
                worker.load += stop.pickup;
            }
        }
        workers.push_back(worker);
    }
    return workers;
}

}  // namespace posthaste::load
