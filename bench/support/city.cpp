#include "bench/support/city.hpp"

#include <array>
#include <fstream>
#include <sstream>
#include <string>

namespace posthaste::bench {

namespace {

constexpr model::Position south_west{575'000'000, 116'000'000};
constexpr std::int64_t side_e7 = 3'600'000;  // 40 km of latitude
constexpr std::array skills{"heavy", "cold"};
constexpr std::array kinds{"van", "bike"};
constexpr std::size_t put_at_once = 512;

std::string read_file(std::string const& path) {
    std::ifstream file{path};
    ASSERT(file.good());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void expect_yes(node::Reply const& reply) {
    ASSERT(reply.answer.ok());
    ASSERT(reply.answer.value().rejection == model::Rejection::none);
}

}  // namespace

City::City(log::Log& log, std::vector<node::Follower*> followers, CityGround ground)
    : ground_{std::move(ground)} {
    node::ShardOptions const options{.travel = ground_.travel};
    auto opened = node::Shard::open(log, clock_, options, std::move(followers));
    ASSERT(opened.ok());
    shard_ = std::move(opened).value();
    set_up();
}

void City::set_up() {
    auto const tell = [&](RegionId region, model::Command command) {
        auto const submitted =
            shard_->submit(region, as_dispatcher(std::move(command), expect_yes));
        ASSERT(submitted.ok());
        turn();
    };
    tell(core::control_region, model::CreateTenant{"acme"});
    tell(core::control_region, model::CreateRegion{city_region, "acme", "city", south_west});
    tell(city_region, model::SetPolicy{});
    tell(city_region, model::SetWorkflow{"parcel", read_file(POSTHASTE_WORKFLOWS "/parcel.toml")});
}

model::Position City::place(Prng& prng) const {
    if (ground_.place) return ground_.place(prng);
    return {
        south_west.lat + static_cast<std::int32_t>(prng.between(0, side_e7)),
        south_west.lon + static_cast<std::int32_t>(prng.between(0, side_e7 * 19 / 10))};
}

model::CommandId City::command_id() {
    if (!names_commands_) return {};
    auto const millis = static_cast<std::uint64_t>(clock_.now().millis());
    return {(millis << 16U) | 0x7000U, (1ULL << 63U) | ++command_count_};
}

node::Submission City::as_dispatcher(model::Command command, node::ReplyTo reply_to) {
    return {
        {.role = model::Role::dispatcher, .key = model::KeyId{7}, .command = command_id()},
        std::move(command),
        std::move(reply_to)};
}

void City::submit(node::Submission submission) {
    auto const submitted = shard_->submit(city_region, std::move(submission));
    ASSERT(submitted.ok());
}

std::int64_t City::turn() {
    clock_.advance(Millis{1});
    for (std::int64_t commit_us = 0;;) {
        auto const turned = shard_->turn();
        ASSERT(turned.ok());
        if (!turned.value()) return commit_us;
        commit_us += shard_->last_times().commit_us;
    }
}

std::int64_t City::run(std::vector<node::Submission> submissions) {
    for (auto& submission : submissions)
        submit(std::move(submission));
    return turn();
}

void City::add_agents(std::size_t count) {
    std::size_t const begin = agents_.size();
    for (std::size_t i = begin; i < begin + count; ++i) {
        Fit const fit{prng_.below(skills.size()), prng_.below(kinds.size()), !prng_.chance(125)};
        auto& agent = agents_.emplace_back(AgentDraft{{}, place(prng_), fit});
        model::PutAgent put{.reference = "agent-" + std::to_string(i), .home = agent.place};
        put.skills = {skills[fit.skill]};
        put.vehicle_kind = kinds[fit.kind];
        put.capacity.amount[0] = 30;
        submit(as_dispatcher(put, [this, i](node::Reply const& reply) {
            expect_yes(reply);
            agents_[i].id = model::AgentId{reply.answer.value().subject};
        }));
        if ((i + 1) % put_at_once == 0 || i + 1 == begin + count) turn();
    }
    std::vector<model::Fix> fixes;
    for (std::size_t i = begin; i < agents_.size(); ++i) {
        auto const& agent = agents_[i];
        auto const now = clock_.now();
        auto const availability =
            agent.fit.on_duty ? model::Availability::on_duty : model::Availability::paused;
        submit(as_dispatcher(model::SetAvailability{agent.id, availability}, expect_yes));
        fixes.push_back({.agent = agent.id, .place = agent.place, .time = now, .received = now});
        if ((i + 1) % put_at_once == 0 || i + 1 == agents_.size()) {
            auto const taken = shard_->add_fixes(city_region, fixes);
            ASSERT(taken == fixes.size());
            fixes.clear();
            turn();
        }
    }
}

City::JobDraft City::draw_job(Prng& prng) const {
    return {place(prng), {prng.below(skills.size()), prng.below(kinds.size()), true}};
}

geo::Wanted City::wanted_of(JobDraft const& draft) const {
    auto const& catalogue = region().state.catalogue;
    auto const bit = [&](model::NameKind kind, char const* name) {
        auto const known = catalogue.bit(kind, name);
        ASSERT(known);
        return 1U << *known;
    };
    return {
        .skills = bit(model::NameKind::skill, skills[draft.fit.skill]),
        .kinds =
            static_cast<std::uint16_t>(bit(model::NameKind::vehicle_kind, kinds[draft.fit.kind])),
        .flags = core::flags_dispatchable};
}

node::Submission City::submission_of(JobDraft const& draft) {
    model::CreateJob job{.workflow = "parcel"};
    job.stops.resize(2);
    job.stops[0].place = draft.place;
    job.stops[0].pickup.amount[0] = 1;
    job.stops[1].place = place(prng_);
    job.stops[1].dropoff.amount[0] = 1;
    job.slots.push_back({{skills[draft.fit.skill]}, {kinds[draft.fit.kind]}, {}});
    return as_dispatcher(std::move(job), [this](node::Reply const& reply) {
        expect_yes(reply);
        live_.push_back({model::JobId{reply.answer.value().subject}});
    });
}

node::Submission City::new_job() {
    return submission_of(draw_job(prng_));
}

node::Submission City::end_oldest() {
    ASSERT(!live_.empty());
    auto const job = live_.front().job;
    live_.pop_front();
    return as_dispatcher(model::TransitionJob{.job = job, .to = "cancelled"}, expect_yes);
}

node::Submission City::step_of(Live& live) {
    auto const& state = region().state;
    auto const& slot = state.jobs.at(live.job).slots.front();
    auto const agent = state.assignments.at(slot.assignment).agent;
    model::Command command;
    if (live.step == 3) {
        model::AttachToJob attach{.job = live.job};
        attach.attachment.content = digest("photo");
        attach.attachment.kind = model::AttachmentKind::photo_after;
        command = attach;
    } else {
        constexpr std::array to{"to_pickup", "at_pickup", "on_vehicle", "", "delivered"};
        command = model::TransitionJob{.job = live.job, .to = to[live.step]};
    }
    ++live.step;
    auto submission = as_dispatcher(std::move(command), expect_yes);
    submission.envelope.role = model::Role::agent;
    submission.envelope.key = model::KeyId{raw(agent)};
    submission.envelope.agent = agent;
    return submission;
}

node::Submission City::next_of_lives() {
    if (mixed_++ % life_inputs == 0) return new_job();
    auto live = live_.front();
    live_.pop_front();
    auto submission = step_of(live);
    if (live.step + 1 < life_inputs) live_.push_back(live);
    return submission;
}

}  // namespace posthaste::bench
