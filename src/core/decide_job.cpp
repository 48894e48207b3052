// Jobs: made, edited, quoted, documented.
#include "core/draft.hpp"
#include "core/reach.hpp"
#include "core/route.hpp"

namespace posthaste::core {

using model::Group;
using model::Job;
using model::JobSlot;
using model::Phase;
using model::Rejection;
using model::SlotStatus;
using model::Stop;

namespace {

bool is_load(model::Load const& load) {
    return std::all_of(load.amount.begin(), load.amount.end(), [](std::int32_t amount) {
        return amount >= 0 && amount <= model::load_max;
    });
}

// Nothing is left that was not picked up before, in any dimension.
bool loads_balance(std::vector<Stop> const& stops) {
    model::Load aboard;
    for (auto const& stop : stops) {
        aboard += stop.pickup;
        aboard -= stop.dropoff;
        if (!is_load(aboard)) return false;
    }
    return true;
}

}  // namespace

std::string bad_stops(State const& state, std::vector<Stop> const& stops) {
    if (stops.empty() || stops.size() > model::stops_max) return "stops: 1 to 16";
    for (std::size_t i = 0; i < stops.size(); ++i) {
        auto const& stop = stops[i];
        auto const name = "stops[" + std::to_string(i) + "].";
        if (!is_on_earth(stop.place)) return name + "place";
        if (stop.window.earliest > stop.window.latest) return name + "window";
        if (stop.window.earliest < Instant{} || stop.window.latest > instant_max) {
            return name + "window";
        }
        if (stop.service < Millis{} || stop.service > Millis{7 * 86'400'000LL}) {
            return name + "service";
        }
        if (!is_load(stop.pickup)) return name + "pickup";
        if (!is_load(stop.dropoff)) return name + "dropoff";
        if (!stop.hub) continue;
        auto const* const hub = state.zones.find(*stop.hub);
        if (hub == nullptr || hub->kind != model::ZoneKind::hub) return name + "hub";
    }
    if (!loads_balance(stops)) return "stops: drops what was not picked up";
    return {};
}

namespace {

std::string bad_field(State const& state, model::CreateJob const& command) {
    if (command.reference.size() > model::reference_bytes_max) return "reference";
    if (command.priority < 0 || command.priority > model::priority_max) return "priority";
    if (command.release < Instant{} || command.release > instant_max) return "release";
    if (command.deadline < Instant{} || command.deadline > instant_max) return "deadline";
    if (command.slots.size() > model::slots_max) return "slots: at most 16";
    auto const stops = bad_stops(state, command.stops);
    return stops;
}

// The same work asked for twice, as two systems do that both forward one order.
bool is_same(Job const& known, Job const& asked) {
    if (known.stops != asked.stops || known.slots.size() != asked.slots.size()) return false;
    for (std::size_t i = 0; i < known.slots.size(); ++i) {
        if (!(known.slots[i].need == asked.slots[i].need)) return false;
    }
    return known.workflow == asked.workflow && known.priority == asked.priority &&
           known.release == asked.release && known.deadline == asked.deadline;
}

// The job as asked for, or the draft rejected.
std::optional<Job> job_of(Draft& draft, model::CreateJob const& command) {
    auto const& state = draft.state;
    auto const named = state.workflow_names.find(command.workflow);
    if (named == state.workflow_names.end()) {
        draft.reject(Rejection::workflow_unknown, command.workflow);
        return std::nullopt;
    }
    auto const& machine = state.machines.at(named->second);
    auto const initial =
        command.state.empty() ? std::optional{machine.initial} : machine.state_named(command.state);
    if (!initial || model::is_assigned(machine.phase(*initial)) ||
        model::is_over(machine.phase(*initial))) {
        draft.reject(Rejection::malformed, "state: one before assignment");
        return std::nullopt;
    }
    // A job may begin beyond its initial state only by a step that has no guard.
    if (*initial != machine.initial) {
        auto const* const step = machine.find(machine.initial, *initial);
        if (step == nullptr || !step->guards.empty()) {
            draft.reject(Rejection::guard_failed, "state: must be reached by its own step");
            return std::nullopt;
        }
    }
    Job job{
        .reference = command.reference,
        .workflow = named->second,
        .state = *initial,
        .priority = command.priority,
        .release = command.release,
        .deadline = command.deadline,
        .contact = command.contact,
        .notes = command.notes,
        .stops = command.stops,
        .slots = {},
        .quote = {},
        .created = draft.now};
    for (auto const& need : command.slots) {
        auto const bits = need_of(draft, need);
        if (!bits) return std::nullopt;
        job.slots.push_back(JobSlot{.need = *bits});
    }
    if (job.slots.empty()) job.slots.emplace_back();
    if (command.booking == model::BookingId{}) return job;
    auto const* const booking = state.bookings.find(command.booking);
    if (booking == nullptr) {
        draft.reject(Rejection::booking_unknown);
        return std::nullopt;
    }
    auto const wrong = take_held(*booking, job);
    if (!wrong.empty()) {
        draft.reject(Rejection::malformed, wrong);
        return std::nullopt;
    }
    return job;
}

}  // namespace

void want_slots(Draft& draft, Job const& job, model::Want why) {
    if (job.release > draft.now) return;  // the release timer will
    for (std::size_t i = 0; i < job.slots.size(); ++i) {
        auto const status = job.slots[i].status;
        if (status == SlotStatus::idle || status == SlotStatus::waiting) {
            draft.want(job.id, i, why);
        }
    }
}

void decide(Draft& draft, model::CreateJob const& command) {
    auto const& state = draft.state;
    auto const wrong = bad_field(state, command);
    if (!wrong.empty()) return draft.reject(Rejection::malformed, wrong);
    if (state.jobs.size() >= jobs_max) return draft.reject(Rejection::limit_reached, "jobs");
    auto job = job_of(draft, command);
    if (!job) return;

    auto const known = state.job_named(command.reference);
    if (known) {
        if (!is_same(state.jobs.at(*known), *job)) {
            return draft.reject(Rejection::job_exists, command.reference);
        }
        draft.out.events.clear();
        return draft.answer(*known);
    }
    job->id = draft.new_id<model::JobId>();
    draft.answer(job->id);
    draft.emit(model::JobCreated{*job});
    if (command.booking != model::BookingId{}) {
        draft.emit(model::BookingBound{command.booking, job->id});
    }
    if (state.machine_of(*job).phase(job->state) == Phase::open) {
        want_slots(draft, *job, model::Want::created);
    }
}

namespace {

struct Edit {
    model::JobUpdated event;
    std::vector<Group> groups;
};

std::optional<Edit> edit_of(Draft& draft, Job const& job, model::UpdateJob const& command) {
    Edit edit;
    edit.event.job = job.id;
    edit.event.priority = command.priority;
    edit.event.contact = command.contact;
    edit.event.stops = command.stops;
    edit.event.release = command.release;
    edit.event.deadline = command.deadline;
    edit.event.notes = command.notes;
    if (command.priority || command.contact) edit.groups.push_back(Group::details);
    if (command.stops || command.release || command.deadline) {
        edit.groups.push_back(Group::window);
    }
    if (command.notes) edit.groups.push_back(Group::notes);
    if (!command.slots) return edit;
    edit.groups.push_back(Group::requirements);
    auto& needs = edit.event.needs.emplace();
    for (auto const& need : *command.slots) {
        auto const bits = need_of(draft, need);
        if (!bits) return std::nullopt;
        needs.push_back(*bits);
    }
    return edit;
}

std::string bad_edit(State const& state, Job const& job, model::UpdateJob const& command) {
    if (command.priority && (*command.priority < 0 || *command.priority > model::priority_max)) {
        return "priority";
    }
    if (command.release && (*command.release < Instant{} || *command.release > instant_max)) {
        return "release";
    }
    if (command.deadline && (*command.deadline < Instant{} || *command.deadline > instant_max)) {
        return "deadline";
    }
    bool const busy = std::any_of(job.slots.begin(), job.slots.end(), [](JobSlot const& slot) {
        return slot.status == SlotStatus::offered || slot.status == SlotStatus::assigned ||
               slot.status == SlotStatus::finished;
    });
    if (command.stops) {
        auto const wrong = bad_stops(state, *command.stops);
        if (!wrong.empty()) return wrong;
        if (busy && command.stops->size() != job.stops.size()) {
            return "stops: their number is settled while somebody has the job";
        }
    }
    if (command.slots) {
        if (command.slots->empty() || command.slots->size() > model::slots_max) {
            return "slots: 1 to 16";
        }
        if (busy && command.slots->size() != job.slots.size()) {
            return "slots: their number is settled while somebody has the job";
        }
    }
    return {};
}

// A group that the edit touches moved since the version it was made on.
std::string conflict_in(Job const& job, model::UpdateJob const& command, Edit const& edit) {
    for (auto const group : edit.groups) {
        auto const version = job.group_versions[static_cast<std::size_t>(group)];
        auto const moved = moved_since(name_of(group), version, command.if_version);
        if (!moved.empty()) return moved;
    }
    return {};
}

// Loads that grew must still fit with whoever has the job; what was picked up or left stays so.
bool loads_fit(Draft& draft, Job const& job, Job const& edited) {
    return std::all_of(job.slots.begin(), job.slots.end(), [&](JobSlot const& slot) {
        auto const* const assignment = draft.state.assignments.find(slot.assignment);
        if (assignment == nullptr) return true;
        for (std::size_t i = 0; i < job.stops.size(); ++i) {
            auto const& stop = edited.stops[i];
            bool const same =
                stop.pickup == job.stops[i].pickup && stop.dropoff == job.stops[i].dropoff;
            if (assignment->stops[i].done && !same) return false;
        }
        auto const& agent = draft.state.agents.at(assignment->agent);
        return route_fits(draft.state, agent, agent.route, &edited);
    });
}

}  // namespace

void decide(Draft& draft, model::UpdateJob const& command) {
    auto const* const job = draft.state.jobs.find(command.job);
    if (job == nullptr) return draft.reject(Rejection::job_unknown);
    bool const more_than_notes = command.priority || command.contact || command.stops ||
                                 command.release || command.deadline || command.slots;
    bool const over = model::is_over(draft.state.phase_of(*job));
    if (over && (more_than_notes || !command.notes)) return draft.reject(Rejection::job_over);
    auto const wrong = bad_edit(draft.state, *job, command);
    if (!wrong.empty()) return draft.reject(Rejection::malformed, wrong);
    auto const edit = edit_of(draft, *job, command);
    if (!edit) return;
    auto const conflict = conflict_in(*job, command, *edit);
    if (!conflict.empty()) return draft.reject(Rejection::version_conflict, conflict);
    auto edited = *job;
    edited.stops = command.stops.value_or(job->stops);
    edited.deadline = command.deadline.value_or(job->deadline);
    edited.release = command.release.value_or(job->release);
    if (command.stops && !loads_fit(draft, *job, edited)) {
        return draft.reject(Rejection::not_eligible, "capacity: of the agent who has the job");
    }
    draft.answer(job->id);
    if (edit->groups.empty()) return;

    // Who is asked now was asked for another job; who waits may be helped by the change.
    bool const other_work = command.stops || command.slots || command.release || command.deadline;
    if (other_work) {
        for (auto const& slot : job->slots) {
            if (auto const* const offer = draft.state.offers.find(slot.offer)) {
                close_offer(draft, *offer, model::OfferEnd::withdrawn, "the job was edited");
            }
        }
    }
    draft.emit(edit->event);
    if (command.stops || command.deadline) follow_edit(draft, edited);
    bool const open = draft.state.phase_of(*job) == Phase::open;
    if (!open || !(other_work || command.priority)) return;
    auto const slot_count = command.slots ? command.slots->size() : job->slots.size();
    for (std::size_t i = 0; i < slot_count; ++i) {
        auto const status = i < job->slots.size() ? job->slots[i].status : SlotStatus::idle;
        if (status == SlotStatus::assigned || status == SlotStatus::finished) continue;
        if (status == SlotStatus::offered && !other_work) continue;
        if (edited.release > draft.now) {
            draft.emit(model::SlotIdled{job->id, static_cast<std::uint8_t>(i)});
        } else {
            draft.want(job->id, i, model::Want::edited);
        }
    }
}

void decide(Draft& draft, model::ProposeQuote const& command) {
    auto const* const job = draft.state.jobs.find(command.job);
    if (job == nullptr) return draft.reject(Rejection::job_unknown);
    if (draft.state.phase_of(*job) != Phase::draft) {
        return draft.reject(Rejection::quote_not_open, "the job is past its quote");
    }
    bool const currency = command.currency.size() == 3 &&
                          std::all_of(command.currency.begin(), command.currency.end(), [](char c) {
                              return c >= 'A' && c <= 'Z';
                          });
    if (!currency) return draft.reject(Rejection::malformed, "currency: three letters, ISO 4217");
    if (command.amount < Cents{}) return draft.reject(Rejection::malformed, "amount");
    draft.answer(job->id);
    draft.emit(model::QuoteSet{
        job->id,
        {.status = model::QuoteStatus::proposed,
         .amount = command.amount,
         .currency = command.currency}});
}

void decide(Draft& draft, model::DecideQuote const& command) {
    auto const* const job = draft.state.jobs.find(command.job);
    if (job == nullptr) return draft.reject(Rejection::job_unknown);
    if (job->quote.status != model::QuoteStatus::proposed) {
        return draft.reject(Rejection::quote_not_open);
    }
    auto quote = job->quote;
    quote.status = command.approve ? model::QuoteStatus::approved : model::QuoteStatus::rejected;
    quote.decided_by = draft.envelope.key;
    quote.decided_at = draft.now;
    draft.answer(job->id);
    draft.emit(model::QuoteSet{job->id, quote});
}

void decide(Draft& draft, model::AttachToJob const& command) {
    auto const* const job = draft.state.jobs.find(command.job);
    if (job == nullptr) return draft.reject(Rejection::job_unknown);
    if (command.attachment.content.is_zero()) {
        return draft.reject(Rejection::malformed, "content");
    }
    if (command.attachment.place && !is_on_earth(*command.attachment.place)) {
        return draft.reject(Rejection::malformed, "place");
    }
    if (job->attachments.size() >= model::attachments_max) {
        return draft.reject(Rejection::limit_reached, "attachments: at most 64");
    }
    for (auto const& known : job->attachments) {
        if (known.content == command.attachment.content && known.kind == command.attachment.kind) {
            return draft.reject(Rejection::attachment_exists);
        }
    }
    draft.answer(job->id);
    draft.emit(model::AttachmentAdded{job->id, command.attachment});
}

void decide(Draft& draft, model::ResolveConflict const& command) {
    auto const* const job = draft.state.jobs.find(command.job);
    if (job == nullptr) return draft.reject(Rejection::job_unknown);
    bool const known =
        std::any_of(job->conflicts.begin(), job->conflicts.end(), [&](auto const& conflict) {
            return conflict.number == command.conflict;
        });
    if (!known) return draft.reject(Rejection::conflict_unknown);
    draft.answer(job->id);
    draft.emit(model::ConflictResolved{job->id, command.conflict});
}

}  // namespace posthaste::core
