#include "world/world.hpp"

#include <fstream>
#include <sstream>

#include "base/codec.hpp"
#include "core/draft.hpp"
#include "node/recover.hpp"
#include "world/office.hpp"
#include "world/phone.hpp"

namespace posthaste::sim {

namespace {

constexpr Millis tick{1000};
constexpr Millis calm_tick{5000};
constexpr int tries_max = 1000;

std::string read_file(std::string const& path) {
    std::ifstream file{path};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

World::World(Options options)
    : options_{options},
      prng_{options.seed},
      log_{[this](std::uint64_t) { return next_fault(); }} {}

World::~World() = default;

log::Fault World::next_fault() {
    if (calm_ || !prng_.chance(options_.bad_append)) return log::Fault::none;
    constexpr std::array kinds{log::Fault::lost, log::Fault::stored, log::Fault::stored_part};
    return kinds[prng_.below(kinds.size())];
}

void World::after(Millis span, std::function<void()> what) {
    events_.push({now() + span, ++event_count_, std::move(what)});
}

void World::send(std::function<void()> what) {
    if (calm_) return after(Millis{prng_.between(1, 20)}, std::move(what));
    if (prng_.chance(options_.lost)) return;
    auto const delay = [&] {
        bool const late = prng_.chance(options_.late);
        return Millis{prng_.between(1, late ? 40'000 : 200)};
    };
    if (prng_.chance(options_.doubled)) after(delay(), what);
    after(delay(), std::move(what));
}

model::CommandId World::new_command_id() {
    auto const millis = static_cast<std::uint64_t>(now().millis());
    return {(millis << 16U) | 0x7000U | prng_.below(4096), prng_.next() | (1ULL << 63U)};
}

void World::call(RegionId region, Call call) {
    if (auto const* const plan = std::get_if<model::AdoptPlan>(&call.command)) {
        checker_.planned(call.envelope, *plan);
    }
    if (call.envelope.operation != 0) checker_.tapped(call.envelope, call.command);
    calls_.push_back({region, std::move(call), {}});
    attempt(calls_.size() - 1, 0);
    // Somebody's retry that was long on its way.
    if (!calm_ && prng_.chance(options_.doubled)) {
        after(Millis{prng_.between(0, 1'500'000)}, [this, index = calls_.size() - 1] {
            calls_[index].answer ? attempt(index, tries_max - 1) : void();
        });
    }
}

void World::attempt(std::size_t index, int tries) {
    if (tries >= tries_max) return;
    send([this, index] {
        if (!shard_) return;
        auto const& pending = calls_[index];
        auto const submitted = shard_->submit(
            pending.region,
            {pending.call.envelope,
             pending.call.command,
             [this, index](node::Reply const& reply) {
                 checker_.acknowledged(calls_[index].region, calls_[index].call.envelope, reply);
                 send([this, index, reply] { answered(index, reply); });
             }}
        );
        MAYBE(submitted.ok());  // full, or stopped: the retry below
    });
    after(Millis{prng_.between(2000, 9000)}, [this, index, tries] {
        if (!calls_[index].answer) attempt(index, tries + 1);
    });
}

void World::answered(std::size_t index, node::Reply const& reply) {
    auto& pending = calls_[index];
    if (!reply.answer.ok() || pending.answer) return;
    pending.answer = reply.answer.value();
    if (pending.call.then) {
        auto const then = pending.call.then;  // it may call, and move calls_
        then(reply.answer.value());
    }
}

void World::send_fix(model::Fix const& fix) {
    send([this, fix] {
        if (shard_) shard_->add_fixes(city, {fix});
    });
}

core::State const* World::read() const {
    if (!shard_) return nullptr;
    for (auto const id : shard_->regions()) {
        if (id == city) return &shard_->region(city).state;
    }
    return nullptr;
}

void World::start() {
    if (auto const reopened = log_.reopen(); !reopened.ok()) {
        return complain("the log does not open: " + reopened.error().detail);
    }
    for (auto const region : log_.regions().value())
        checker_.check_log(log_, region);
    auto opened = node::Shard::open(log_, clock_, {}, {&board_, &checker_});
    if (!opened.ok()) return complain("the node does not start: " + opened.error().detail);
    shard_ = std::move(opened).value();
}

void World::crash() {
    shard_.reset();
    ++crashes_;
    after(Millis{prng_.between(100, 90'000)}, [this] {
        if (!shard_) start();
    });
}

// As the second state does beside the writer: it follows the log, and saves what it has.
void World::snapshot() {
    auto recovered = node::recover(log_, city);
    if (!recovered.ok()) return complain("snapshot: " + recovered.error().detail);
    if (recovered.value().state.last_event == 0) return;
    auto const saved = log_.save_snapshot(city, node::snapshot_of(recovered.value()));
    MAYBE(saved.ok());
}

void World::jump_clock() {
    clock_.skew = Millis{prng_.between(-120'000, 120'000)};
}

void World::run_turns() {
    for (int i = 0; shard_ && i < 100; ++i) {
        auto const done = shard_->turn();
        ++turns_;
        if (!done.ok()) return complain("the node stopped: " + done.error().detail);
        if (!calm_ && prng_.chance(options_.crash)) return crash();
        if (!done.value()) return;
    }
}

void World::act(Event& event) {
    clock_.real = event.at;
    event.what();
    if (calm_) {
        if (shard_) run_turns();
        return;
    }
    if (prng_.chance(options_.clock_jump)) jump_clock();
    if (shard_ && prng_.chance(options_.snapshot)) snapshot();
    // Now and then several messages meet in one turn.
    if (shard_ && prng_.chance(600)) run_turns();
}

std::optional<std::string> World::first_wrong() const {
    return checker_.wrong() ? checker_.wrong() : wrong_;
}

void World::run_until(Instant end) {
    while (!events_.empty() && events_.top().at <= end && !first_wrong()) {
        auto event = events_.top();
        events_.pop();
        act(event);
    }
    clock_.real = std::max(clock_.real, end);
}

void World::set_up() {
    start();
    auto const tell = [&](RegionId region, model::Command command) {
        auto const submitted = shard_->submit(
            region,
            {{.role = model::Role::admin, .command = new_command_id()}, std::move(command), {}}
        );
        ASSERT(submitted.ok());
        while (shard_->turn().value()) {
        }
    };
    calm_ = true;  // the log does not fail before there is a city
    tell(core::control_region, model::CreateTenant{"acme"});
    tell(
        core::control_region, model::CreateRegion{city, "acme", "city", {577'000'000, 119'700'000}}
    );
    model::Policy policy;
    policy.radius = Metres{20'000};
    policy.stack_max = 3;
    policy.keep_over = Millis{1'800'000};
    tell(city, model::SetPolicy{policy});
    for (auto const* const name : {"ride", "field_service", "parcel"}) {
        std::string file{name};
        std::replace(file.begin(), file.end(), '_', '-');
        auto const path = std::string{POSTHASTE_WORKFLOWS} + "/" + file + ".toml";
        tell(city, model::SetWorkflow{name, read_file(path)});
    }
    calm_ = false;
}

// Whether a waiting slot still has its reason: matched again, it would wait again.
bool World::would_wait(model::Job const& job, std::size_t slot) const {
    auto const& region = shard_->region(city);
    core::Scratch scratch;
    model::Envelope const envelope{.role = model::Role::engine, .at = region.state.last_at};
    core::Draft draft{region, scratch, envelope};
    core::match_slot(draft, job, static_cast<std::uint8_t>(slot));
    return std::any_of(draft.out.events.begin(), draft.out.events.end(), [](auto const& event) {
        return std::holds_alternative<model::SlotWaited>(event);
    });
}

std::optional<std::string> World::unsettled(model::Job const& job) const {
    auto const phase = shard_->region(city).state.phase_of(job);
    if (phase == model::Phase::draft || model::is_over(phase)) return {};
    auto const name = "job " + std::to_string(raw(job.id) & id_counter_max) + " ";
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        auto const status = job.slots[i].status;
        if (status == model::SlotStatus::finished) continue;
        if (status != model::SlotStatus::waiting) {
            return name + "is " + std::string{posthaste::name_of(status)};
        }
        if (!would_wait(job, i)) return name + "waits though somebody could take it";
    }
    return {};
}

// What is not done yet: everything that can be must be, and what waits must have its reason.
std::optional<std::string> World::unsettled() const {
    if (!shard_) return "the node is down";
    auto const& state = shard_->region(city).state;
    if (!state.agenda.empty()) return "the agenda is not empty";
    if (!state.offers.empty()) return "an offer is still open";
    for (auto const& pending : calls_) {
        if (pending.answer) continue;
        auto const& envelope = pending.call.envelope;
        return std::string{model::command_names[pending.call.command.index()]} +
               " was never answered, operation " + std::to_string(envelope.operation) + " of " +
               envelope.device;
    }
    for (auto const id : state.jobs.ids()) {
        if (auto open = unsettled(state.jobs.at(id))) return open;
    }
    return {};
}

// Faults have stopped. However much is left, it must come to an end.
void World::settle() {
    constexpr Millis slice{900'000};
    auto const end = now() + options_.settle;
    std::optional<std::string> left = "nothing ran";
    while (left && now() < end && !first_wrong()) {
        run_until(now() + slice);
        left = unsettled();
    }
    if (left) complain("never settled: " + *left);
}

Digest World::hash_of_logs() const {
    std::string sums;
    for (auto const region : log_.regions().value()) {
        auto const tail = log_.tail(region).value();
        sums += tail->checksum.hex();
    }
    return digest(sums);
}

Outcome World::run() {
    set_up();
    Office office{*this};
    std::vector<std::unique_ptr<Phone>> phones;
    for (std::int64_t i = 0; i < options_.agents; ++i) {
        phones.push_back(std::make_unique<Phone>(*this, static_cast<std::uint64_t>(i)));
    }
    std::function<void()> const beat = [&] {
        after(calm_ ? calm_tick : tick, beat);
        if (shard_) run_turns();
    };
    beat();
    run_until(now() + options_.span);

    calm_ = true;
    if (!shard_ && !first_wrong()) start();
    clock_.skew = {};
    office.calm_down();
    settle();
    if (!first_wrong()) {
        shard_.reset();
        start();  // and once more from the log
    }
    return {first_wrong(), hash_of_logs(), checker_.event_count(), turns_, crashes_};
}

}  // namespace posthaste::sim
