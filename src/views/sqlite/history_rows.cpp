#include "views/sqlite/history_rows.hpp"

namespace posthaste::views {

using model::EventNumber;

Status History::Rows::prepare() {
    put_entry = TRY(database.prepare("INSERT INTO entries VALUES(?, ?, ?, ?, ?, ?, ?, ?)"));
    put_event = TRY(database.prepare("INSERT INTO events VALUES(?, ?, ?, ?, ?, ?, ?)"));
    put_decision = TRY(database.prepare("INSERT INTO decisions VALUES(?, ?, ?, ?, ?, ?)"));
    put_claim = TRY(database.prepare("INSERT OR REPLACE INTO claims VALUES(?, ?, ?)"));
    get_claim = TRY(database.prepare("SELECT job, agent FROM claims WHERE id = ?"));
    put_region = TRY(database.prepare("INSERT OR REPLACE INTO regions VALUES(?, ?)"));
    put_place = TRY(database.prepare("INSERT OR REPLACE INTO place VALUES(0, ?)"));
    put_fix =
        TRY(database.prepare("INSERT OR IGNORE INTO fixes VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
    return Unit{};
}

Status History::Insert::record(model::Record const& record) {
    auto number = record.header.first_event;
    for (auto const& each : record.entries) {
        TRY(entry(number, each));
        number += each.events.size();
    }
    return rows_.run(rows_.put_region, static_cast<std::uint64_t>(region_), number - 1);
}

Status History::Insert::entry(EventNumber first, model::Entry const& entry) {
    auto const& who = entry.envelope;
    auto const envelope = encode(who);
    auto const region = static_cast<std::uint64_t>(region_);
    TRY(rows_.run(
        rows_.put_entry,
        region,
        first,
        static_cast<std::uint64_t>(who.at.millis()),
        static_cast<std::uint64_t>(who.device_time.millis()),
        static_cast<std::uint64_t>(who.role),
        raw(who.key),
        raw(who.agent),
        std::string_view{envelope}
    ));
    auto number = first;
    for (auto const& each : entry.events)
        TRY(event(number++, first, each));
    std::uint64_t place = 0;
    for (auto const& decision : entry.decisions) {
        auto const body = encode(decision);
        auto const at = static_cast<std::uint64_t>(decision.at.millis());
        TRY(rows_.run(
            rows_.put_decision,
            raw(decision.job),
            at,
            first,
            place++,
            region,
            std::string_view{body}
        ));
    }
    return Unit{};
}

Status History::Insert::event(EventNumber number, EventNumber entry, model::Event const& event) {
    auto const [job, agent] = TRY(std::visit([this](auto const& it) { return about(it); }, event));
    auto const body = encode(event);
    return rows_.run(
        rows_.put_event,
        static_cast<std::uint64_t>(region_),
        number,
        entry,
        std::uint64_t{event.index()},
        raw(job),
        raw(agent),
        std::string_view{body}
    );
}

Result<History::Insert::About> History::Insert::claim(std::uint64_t id) {
    log::Use const use{rows_.get_claim};
    rows_.get_claim.bind(id);
    if (!TRY(rows_.get_claim.step())) return About{};  // made before the log's first record
    return About{
        model::JobId{static_cast<std::uint64_t>(rows_.get_claim.integer(0))},
        model::AgentId{static_cast<std::uint64_t>(rows_.get_claim.integer(1))}};
}

Status History::Insert::put_claim(std::uint64_t id, About what) {
    return rows_.run(rows_.put_claim, id, raw(what.job), raw(what.agent));
}

// Most events name their job or agent; offers, assignments and bookings are looked up.
template <class E>
Result<History::Insert::About> History::Insert::about(E const& it) {
    if constexpr (std::same_as<E, model::OfferMade>) {
        About const what{it.offer.job, it.offer.agent};
        TRY(put_claim(raw(it.offer.id), what));
        return what;
    } else if constexpr (std::same_as<E, model::AssignmentMade>) {
        About const what{it.assignment.job, it.assignment.agent};
        TRY(put_claim(raw(it.assignment.id), what));
        return what;
    } else if constexpr (std::same_as<E, model::AssignmentMoved>) {
        About const what{TRY(claim(raw(it.assignment))).job, it.to};
        TRY(put_claim(raw(it.assignment), what));
        return what;
    } else if constexpr (std::same_as<E, model::BookingHeld>) {
        About const what{{}, it.booking.agent};
        TRY(put_claim(raw(it.booking.id), what));
        return what;
    } else if constexpr (std::same_as<E, model::BookingBound>) {
        About const what{it.job, TRY(claim(raw(it.booking))).agent};
        TRY(put_claim(raw(it.booking), what));
        return what;
    } else if constexpr (std::same_as<E, model::JobCreated>) {
        return About{it.job.id, {}};
    } else if constexpr (std::same_as<E, model::AgentPut>) {
        return About{{}, it.id};
    } else if constexpr (requires {
                             it.job;
                             it.assignment;
                         }) {
        if (raw(it.assignment) == 0) return About{it.job, {}};
        return About{it.job, TRY(claim(raw(it.assignment))).agent};
    } else if constexpr (requires { it.offer; }) {
        return claim(raw(it.offer));
    } else if constexpr (requires { it.booking; }) {
        return claim(raw(it.booking));
    } else if constexpr (requires { it.assignment; }) {
        return claim(raw(it.assignment));
    } else if constexpr (requires {
                             it.job;
                             it.agent;
                         }) {
        return About{it.job, it.agent};
    } else if constexpr (requires { it.job; }) {
        return About{it.job, {}};
    } else if constexpr (requires { it.agent; }) {
        return About{{}, it.agent};
    } else {
        return About{};
    }
}

}  // namespace posthaste::views
