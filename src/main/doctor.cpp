#include "main/doctor.hpp"

#include <fmt/format.h>

#include <map>

#include "core/apply.hpp"
#include "core/draft.hpp"
#include "core/integrity.hpp"
#include "log/check.hpp"
#include "match/check.hpp"
#include "node/recover.hpp"

namespace posthaste::main {

namespace {

using model::EventNumber;

constexpr std::size_t read_bytes = std::size_t{4} * 1024 * 1024;
constexpr std::string_view report_it =
    "The bytes are as they were written, so this is a fault of Posthaste or a forged log: keep a "
    "copy of the folder, restore the newest backup from before it, and report it.";
constexpr std::string_view delete_snapshot =
    "Stop the server and delete this snapshot file; the records are the truth, and a new one is "
    "made from them.";

class Replayer {
public:
    Replayer(log::Log const& log, RegionId region, log::Archive const* archive, From from)
        : log_{log}, archive_{archive}, from_{from} {
        out_.region = region;
        at_.state.region = region;
    }

    Result<Replay> run() {
        TRY(collect_snapshots());
        TRY(begin());
        auto const tail = TRY(log_.tail(out_.region));
        auto const end = tail ? tail->last_event : 0;  // a server may go on
        for (;;) {
            auto const records = TRY(records_from(at_.state.last_event + 1));
            if (records.empty()) break;
            for (auto const& stored : records)
                TRY(follow(stored));
            if (at_.state.last_event >= end) break;
        }
        if (auto const fault = core::fault_in(at_.state)) {
            found(at_.state.last_event, "the state does not hold together: " + *fault, report_it);
        }
        out_.hash = core::hash_of(at_.state);
        out_.jobs = at_.state.jobs.size();
        out_.agents = at_.state.agents.size();
        return std::move(out_);
    }

private:
    void found(EventNumber event, std::string_view what, std::string_view way_out) {
        if (out_.findings.size() >= log::findings_max) return;
        auto const place =
            fmt::format("region {}, event {}: {}", static_cast<unsigned>(out_.region), event, what);
        out_.findings.push_back({Errc::corrupt, place, std::string{way_out}});
    }

    Status collect_snapshots() {
        auto below = std::numeric_limits<EventNumber>::max();
        for (std::size_t i = 0; i < log::snapshots_kept; ++i) {
            auto const loaded = TRY(log_.load_snapshot(out_.region, below));
            if (!loaded.snapshot || loaded.snapshot->event == 0) break;
            snapshots_[loaded.snapshot->event] = loaded.snapshot->state;
            below = loaded.snapshot->event - 1;
        }
        return Unit{};
    }

    /// What was trimmed away is in the archive, where there is one.
    Result<std::vector<log::Stored>> records_from(EventNumber event) const {
        auto records = log_.read(out_.region, event, read_bytes);
        bool const trimmed = !records.ok() && records.error().code == Errc::not_found;
        if (!trimmed || archive_ == nullptr) return records;
        auto archived = TRY(archive_->read(out_.region, event));
        if (archived.empty()) return records;
        return archived;
    }

    /// At the base if so wanted, at the first record that is to be had, or at the oldest snapshot.
    Status begin() {
        if (archive_ != nullptr && from_ == From::base) {
            auto const base = TRY(archive_->base(out_.region));
            if (base) return begin_at(*base);
        }
        auto const first = records_from(1);
        if (first.ok() || first.error().code != Errc::not_found || snapshots_.empty())
            return Unit{};
        auto const oldest = TRY(log_.load_snapshot(out_.region, snapshots_.begin()->first));
        if (!oldest.snapshot) return Error{first.error()};
        return begin_at(*oldest.snapshot);
    }

    Status begin_at(log::Snapshot const& snapshot) {
        auto const oldest = snapshots_.begin();
        if (oldest != snapshots_.end() && snapshot.event > oldest->first) {
            return Error{
                Errc::corrupt,
                fmt::format(
                    "region {}: its archive goes on from event {}, past its oldest snapshot at {}: "
                    "the archive is not of this log",
                    static_cast<unsigned>(out_.region),
                    snapshot.event,
                    oldest->first
                )};
        }
        at_.state = TRY(core::restore(snapshot.bytes));
        at_.checksum = snapshot.record;
        out_.first_event = snapshot.event + 1;
        look_at_snapshot();
        return Unit{};
    }

    Status follow(log::Stored const& stored) {
        TRY(log::check_chain({at_.state.last_event, at_.checksum, {}, 0}, stored));
        auto const record = TRY(model::unseal(stored.bytes));
        for (auto const& entry : record.entries) {
            for (auto const& event : entry.events) {
                look_at(entry.envelope, event);
                core::apply(at_.state, entry.envelope, event);
                ++out_.events;
            }
            for (auto const& decision : entry.decisions)
                look_at(decision);
        }
        at_.checksum = stored.checksum;
        look_at_snapshot();
        return Unit{};
    }

    void look_at(model::Envelope const& envelope, model::Event const& event) {
        auto const* const step = std::get_if<model::JobTransitioned>(&event);
        if (step == nullptr) return;
        ++out_.transitions;
        auto const* const job = at_.state.jobs.find(step->job);
        auto const number = at_.state.last_event + 1;
        if (job == nullptr)
            return found(number, "a transition of a job that is not there", report_it);
        if (core::chain_of(job->chain, envelope, *step) == step->chain) return;
        found(
            number,
            fmt::format("job {}: its chain of transitions is broken here", raw(job->id)),
            report_it
        );
    }

    void look_at(model::Decision const& decision) {
        ++out_.decisions;
        auto const complaint = match::complaint_of(decision);
        if (!complaint) return;
        found(
            at_.state.last_event,
            fmt::format(
                "the decision on job {} does not follow: {}", raw(decision.job), *complaint
            ),
            report_it
        );
    }

    void look_at_snapshot() {
        auto const snapshot = snapshots_.find(at_.state.last_event);
        if (snapshot == snapshots_.end()) return;
        ++out_.snapshots;
        if (digest(core::snapshot(at_.state)) == snapshot->second) return;
        found(
            snapshot->first,
            "the snapshot at this event is not the state that the records give",
            delete_snapshot
        );
    }

    log::Log const& log_;
    log::Archive const* archive_;
    From from_;
    Replay out_;
    node::Recovered at_;
    std::map<EventNumber, Digest> snapshots_;  ///< the state's digest, by event
};

}  // namespace

Result<Replay> replay(
    log::Log const& log, RegionId region, log::Archive const* archive, From from
) {
    return Replayer{log, region, archive, from}.run();
}

}  // namespace posthaste::main
