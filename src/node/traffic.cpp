#include "node/traffic.hpp"

#include <algorithm>
#include <chrono>

#include "base/assert.hpp"
#include "log/sealed_file.hpp"
#include "road/traffic/reports.hpp"

namespace posthaste::node {

using model::TravelSource;
using road::Conditions;
using road::Profile;

namespace {

constexpr Millis drive_max{4 * 3'600'000};  ///< a longer one was not one drive
constexpr Millis drive_min{30'000};         ///< and a shorter one was there already

bool is_motor(Profile profile) {
    return profile != Profile::bicycle && profile != Profile::foot;
}

Profile profile_in(core::State const& state, model::Agent const& agent) {
    auto const& kinds = state.catalogue.of(model::NameKind::vehicle_kind);
    auto const kind = agent.profile.vehicle.kind;
    return kind < kinds.size() ? road::profile_of(kinds[kind]) : Profile::car;
}

constexpr std::size_t book_bytes_max = std::size_t{512} << 20U;

struct BookHeader {
    std::uint32_t file_format = 1;
    static void fields(auto& self, auto&& field) { field(1, "file_format", self.file_format); }
};

Result<std::string> read_book(std::filesystem::path const& file) {
    auto bytes = TRY(log::read_sealed(file, book_bytes_max));
    TRY(log::unpack<BookHeader>(file, bytes));
    return bytes;
}

}  // namespace

Traffic::Traffic(std::shared_ptr<road::Roads const> roads, TrafficOptions options)
    : roads_{std::move(roads)},
      options_{options},
      empty_roads_{Conditions::free_flow(roads_)},
      times_{std::make_shared<RoadTimes>(empty_roads_)},
      conditions_{empty_roads_},
      query_{roads_->network(), roads_->lower()},
      speeds_{roads_->network(), roads_->info().digest} {
    for (std::size_t i = 0; i < road::profile_count; ++i) {
        auto const profile = static_cast<Profile>(i);
        if (!roads_->is_for(profile) || !is_motor(profile)) continue;
        matchers_.try_emplace(
            profile, roads_->network(), roads_->index(), *roads_->metric(profile)
        );
    }
}

Traffic::~Traffic() = default;

// --- in the writer's turn ---

void Traffic::follow(views::Turned const& turned) {
    std::vector<Taken> taken;
    for (auto const& fix : turned.fixes) {
        auto const* const agent = turned.state.agents.find(fix.agent);
        if (agent != nullptr) taken.emplace_back(Seen{fix, profile_in(turned.state, *agent)});
    }
    note_drives(turned, taken);
    give(std::move(taken));
    for (auto const& entry : turned.record.entries) {
        for (auto const& event : entry.events) {
            bool const posted = std::holds_alternative<model::RoadReportPosted>(event);
            bool const lifted = std::holds_alternative<model::RoadReportLifted>(event);
            if (posted || lifted) return note_reports(turned.state);
        }
    }
}

void Traffic::reset(core::State const& state, core::Field const& /*field*/) {
    note_reports(state);
}

// A drive begins when who is on the way heads for another stop, and ends at that stop.
void Traffic::note_drives(views::Turned const& turned, std::vector<Taken>& taken) {
    auto const& state = turned.state;
    auto const end = [&](model::AssignmentId id, Instant at, bool arrived) {
        if (driving_.erase(id) > 0) taken.emplace_back(Ended{id, at, arrived});
    };
    for (auto const& entry : turned.record.entries) {
        for (auto const& event : entry.events) {
            if (auto const* const reached = std::get_if<model::StopReached>(&event)) {
                auto const driven = driving_.find(reached->assignment);
                bool const is_it = driven != driving_.end() && driven->second == reached->stop;
                end(reached->assignment, reached->at, is_it);
            } else if (auto const* const ended = std::get_if<model::AssignmentEnded>(&event)) {
                end(ended->assignment, entry.envelope.at, false);
            } else if (auto const* const moved = std::get_if<model::AssignmentMoved>(&event)) {
                end(moved->assignment, entry.envelope.at, false);
            }
        }
    }
    for (auto const id : turned.touched.agents) {
        auto const* const agent = state.agents.find(id);
        if (agent == nullptr || agent->route.empty()) continue;
        auto const& next = agent->route.front();
        auto const& assignment = state.assignments.at(next.assignment);
        bool const drives = state.phase_of(assignment) == model::Phase::en_route &&
                            !assignment.stops[next.stop].arrived;
        auto const seen = turned.field.seen(id);
        if (!drives || !seen || driving_.size() >= underway_max) continue;
        auto const [driven, is_new] = driving_.try_emplace(next.assignment, next.stop);
        if (!is_new && driven->second == next.stop) continue;
        driven->second = next.stop;
        taken.emplace_back(Begun{
            next.assignment,
            profile_in(state, *agent),
            {.foreseen = {},
             .begun = state.last_at,
             .from = seen->place,
             .to = state.jobs.at(next.job).stops[next.stop].place,
             .agent = id}});
    }
}

void Traffic::note_reports(core::State const& state) {
    std::vector<model::RoadReport> reports;
    for (auto const id : state.road_reports.ids())
        reports.push_back(state.road_reports.at(id));
    std::lock_guard const lock{mutex_};
    reports_[state.region] = std::move(reports);
}

void Traffic::give(std::vector<Taken> taken) {
    if (taken.empty()) return;
    std::lock_guard const lock{mutex_};
    auto const room = taken_max - std::min(taken_max, taken_.size());
    if (taken.size() > room) {
        counts_.dropped += taken.size() - room;
        taken.resize(room);
    }
    std::ranges::move(taken, std::back_inserter(taken_));
}

std::optional<NewTravel> Traffic::watch(Instant now) {
    {
        std::lock_guard const lock{mutex_};
        bool const is_empty_roads = conditions_->source() == TravelSource::free_flow;
        if (is_empty_roads || now <= conditions_->at() + options_.stale_after) return std::nullopt;
        conditions_ = empty_roads_;
    }
    return adopting(empty_roads_);
}

// --- beside it ---

std::optional<NewTravel> Traffic::work(Instant now) {
    std::vector<Taken> taken;
    {
        std::lock_guard const lock{mutex_};
        taken.swap(taken_);
    }
    for (auto const& one : taken)
        std::visit([&](auto const& it) { learn(it); }, one);
    if (!is_due(now)) return std::nullopt;
    auto const begun = std::chrono::steady_clock::now();
    auto conditions = make_conditions(now);
    auto const span = std::chrono::steady_clock::now() - begun;
    std::lock_guard const lock{mutex_};
    counts_.renewed_ms = std::chrono::duration_cast<std::chrono::milliseconds>(span).count();
    ++counts_.renewals;
    bool const is_same = conditions->hash() == conditions_->hash();
    conditions_ = conditions;
    if (is_same) return std::nullopt;
    return adopting(std::move(conditions));
}

void Traffic::learn(Seen const& seen) {
    auto const matcher = matchers_.find(seen.profile);
    if (matcher == matchers_.end()) return;
    for (auto const& passage : matcher->second.take(seen.fix)) {
        speeds_.learn(passage, seen.profile);
        ++learned_;
    }
}

void Traffic::learn(Begun const& begun) {
    if (!roads_->is_for(begun.profile)) return;
    auto const here = roads_->index().snap(begun.drive.from, begun.profile, {.reach = road_reach});
    auto const there = roads_->index().snap(begun.drive.to, begun.profile, {.reach = road_reach});
    if (!here || !there) return;
    auto const time = query_.time(conditions()->metric(begun.profile), here->place, there->place);
    if (time >= road::never) return;
    auto drive = begun.drive;
    drive.foreseen = Millis{time};
    underway_.insert_or_assign(begun.assignment, drive);
    if (underway_.size() > underway_max) underway_.erase(underway_.begin());  // its end was dropped
}

void Traffic::learn(Ended const& ended) {
    auto const found = underway_.find(ended.assignment);
    if (found == underway_.end()) return;
    auto const drive = found->second;
    underway_.erase(found);
    auto const took = ended.at - drive.begun;
    if (!ended.arrived || took < drive_min || took > drive_max) return;
    drives_.learn(drive, took);
    ++learned_;
    std::lock_guard const lock{mutex_};
    ++counts_.drives;
}

std::vector<model::RoadReport> Traffic::reports_at(Instant now) const {
    std::lock_guard const lock{mutex_};
    std::vector<model::RoadReport> holding;
    for (auto const& [region, reports] : reports_)
        std::ranges::copy_if(reports, std::back_inserter(holding), [&](auto const& report) {
            return report.from <= now && now < report.until;
        });
    return holding;
}

// What was learned, an hour that is another, or live speeds that grow old: with each renewal. What
// people say of roads: at once.
bool Traffic::is_due(Instant now) const {
    std::set<model::RoadReportId> holding;
    for (auto const& report : reports_at(now))
        holding.insert(report.id);
    if (holding != applied_) return true;
    bool const is_known = learned_ > 0 || conditions()->source() != TravelSource::free_flow;
    return is_known && now >= renewed_ + options_.renew_every;
}

std::shared_ptr<Conditions const> Traffic::make_conditions(Instant now) {
    auto traffic = speeds_.factors(now);
    auto const reports = reports_at(now);
    auto const nowhere = road::apply_reports(*roads_, query_, reports, traffic.factors);
    applied_.clear();
    for (auto const& report : reports)
        applied_.insert(report.id);
    renewed_ = now;
    learned_ = 0;
    {
        std::lock_guard const lock{mutex_};
        counts_.reports = reports.size();
        counts_.reports_nowhere = nowhere;
        counts_.edges_live = traffic.edge_count.back();
        counts_.matched = {};
        for (auto const& [profile, matcher] : matchers_)
            counts_.matched += matcher.counts();
    }
    return Conditions::make(
        roads_,
        {.factors = std::move(traffic.factors),
         .drives = drives_.model(),
         .source = traffic.source,
         .confidence = static_cast<std::uint8_t>(traffic.confidence / 10),
         .at = now},
        options_.threads
    );
}

Status Traffic::load(std::filesystem::path const& folder) {
    if (std::filesystem::exists(folder / "speeds")) {
        auto const bytes = TRY(read_book(folder / "speeds"));
        speeds_ = TRY(road::SpeedBook::decode(bytes, roads_->network(), roads_->info().digest));
        ++learned_;
    }
    if (std::filesystem::exists(folder / "drives")) {
        auto const bytes = TRY(read_book(folder / "drives"));
        drives_ = TRY(road::EtaBook::decode(bytes));
        ++learned_;
    }
    return Unit{};
}

Status Traffic::save(std::filesystem::path const& folder) const {
    TRY(log::make_folder(folder));
    TRY(log::replace_file(folder / "speeds", log::pack(BookHeader{}, speeds_.encode())));
    return log::replace_file(folder / "drives", log::pack(BookHeader{}, drives_.encode()));
}

NewTravel Traffic::adopting(std::shared_ptr<Conditions const> conditions) {
    auto const hash = conditions->hash();
    auto const source = conditions->source();
    return {hash, source, [times = times_, conditions = std::move(conditions)] {
                times->adopt(conditions);
            }};
}

std::shared_ptr<Conditions const> Traffic::conditions() const {
    std::lock_guard const lock{mutex_};
    return conditions_;
}

TrafficCounts Traffic::counts() const {
    std::lock_guard const lock{mutex_};
    return counts_;
}

}  // namespace posthaste::node
