#include "load/office.hpp"

#include <charconv>

#include "base/assert.hpp"

namespace posthaste::load {

namespace {

constexpr std::size_t due_max = 5000;

Want want_of(demand::Trip const& trip, model::Window window) {
    return {
        .pickup = trip.pickup,
        .latest = window.latest,
        .load = trip.dropoff ? trip.load : model::Load{},
        .skills = trip.skills,
        .vehicles = trip.vehicles,
        .features = trip.features};
}

std::int64_t wall_micros() {
    return wall_now().millis() * 1000;
}

}  // namespace

Office::Office(Ledger& ledger, Fleet& fleet, Requests& requests, Lane& lane)
    : ledger_{&ledger}, fleet_{&fleet}, requests_{&requests}, lane_{&lane} {
    fleet_->listen({
        .declines = [this](OfferSeen const& offer) { on_declined(offer); },
        .was_told = [this](std::string_view job, std::int64_t at) { on_phone(job, at); },
    });
}

void Office::begin(std::unique_ptr<demand::Source> trips, Pace pace, std::int64_t start_micros) {
    trips_ = std::move(trips);
    pace_ = pace;
    start_micros_ = start_micros;
    start_wall_ = wall_now();
    is_done_ = false;
}

Result<std::optional<std::int64_t>> Office::work(std::int64_t now) {
    for (std::size_t i = 0; i < due_max && !is_done_; ++i) {
        if (!next_) next_ = TRY(trips_->next());
        if (!next_) {
            is_done_ = true;
            break;
        }
        // The pace begins at zero: what it gives is milliseconds since the start.
        auto const due = start_micros_ + pace_->wall(next_->time).millis() * 1000;
        if (due > now) return std::optional{due};
        ask(*next_, due);
        next_.reset();
    }
    if (is_done_) return std::optional<std::int64_t>{};
    return std::optional{now};
}

void Office::ask(demand::Trip const& trip, std::int64_t due) {
    auto const asked_at = start_wall_ + Millis{(due - start_micros_) / 1000};
    auto const window = pace_->window(trip, asked_at);
    auto const number = ledger_->ask(want_of(trip, window), due);
    auto const workflow = workflow_of(trip.kind, trip.dropoff ? Stops::two : Stops::one);
    bool const must_schedule = workflow == "field_service";
    auto ask = requests_->create_job(trip, ledger_->reference_of(number), workflow, window);
    bool const is_sent =
        lane_->send(std::move(ask), [this, number, must_schedule](Answer const& answer) {
            asked(number, answer, must_schedule);
        });
    if (!is_sent) ledger_->unanswered(number);
}

void Office::asked(std::uint64_t number, Answer const& answer, bool must_schedule) {
    latencies_.post.add(answer.micros);
    if (answer.status == 0 || answer.status >= 500) return ledger_->unanswered(number);
    if (!answer.ok()) return refuse(number, answer);
    auto const text = reader_.text(answer.body, "job");
    std::uint64_t id = 0;
    std::from_chars(text.data(), text.data() + text.size(), id);
    if (id == 0) return refuse(number, answer);
    if (auto* const order = ledger_->find(number); order != nullptr && !must_schedule) {
        order->sent_micros = answer.sent_micros;
        order->sent_trace = answer.traceparent;
        count_sent_to_told(*order);
    }
    ledger_->created(number, model::JobId{id});
    if (must_schedule) schedule(number, model::JobId{id});
}

// Proposed, approved, scheduled: from then on it is due.
void Office::schedule(std::uint64_t number, model::JobId job) {
    lane_->send(requests_->propose_quote(job), [=, this](Answer const& proposed) {
        if (!proposed.ok()) return refuse(number, proposed);
        lane_->send(requests_->approve_quote(job), [=, this](Answer const& approved) {
            if (!approved.ok()) return refuse(number, approved);
            if (auto* const order = ledger_->find(number); order != nullptr)
                order->due_micros = now_micros();
            lane_->send(requests_->step(job, {}, "scheduled"), [=, this](Answer const& answer) {
                scheduled(number, answer);
            });
        });
    });
}

void Office::scheduled(std::uint64_t number, Answer const& answer) {
    if (!answer.ok()) return refuse(number, answer);
}

void Office::refuse(std::uint64_t number, Answer const& answer) {
    auto const name = answer.code.empty() ? std::to_string(answer.status) : answer.code;
    ++refusals_[name];
    ledger_->refused(number);
}

// The stream may be faster than the answer to the POST: whichever comes second counts. A job that
// waited for something else is not the server's to measure, so it is not measured here either.
void Office::count_sent_to_told(Order const& order) {
    if (order.sent_micros == 0 || order.told_micros == 0) return;
    if (order.sent_trace != order.told_trace) return;
    latencies_.told_sent.add(order.told_micros - order.sent_micros);
}

void Office::hear(std::uint64_t number, StreamEvent const& event) {
    auto* const order = ledger_->find(number);
    if (order == nullptr || !ledger_->told(number, event.seen_micros)) return;
    order->told_trace = event.traceparent;
    latencies_.told.add(event.seen_micros - order->due_micros);
    count_sent_to_told(*order);
}

void Office::on_event(StreamEvent const& event) {
    ++events_;
    if (event.name == "job") return on_job(event);
    if (event.name == "offer") return on_offer(event);
    if (event.name == "decision") return on_decision(event);
    if (event.name == "gap") ++gaps_;
}

void Office::on_job(StreamEvent const& event) {
    auto const job = reader_.job(event.data);
    if (!job.ok()) return;
    auto const news = ledger_->see(job.value());
    if (!news) return;
    if (!news->made.empty()) hear(news->number, event);
    fleet_->on_news(job.value(), *news);
    ledger_->forget(news->number);
}

void Office::on_offer(StreamEvent const& event) {
    auto const offer = reader_.offer(event.data);
    if (!offer.ok()) return;
    auto const number = ledger_->number_of(offer.value().reference);
    if (!number) return;
    hear(*number, event);
    fleet_->on_offer(offer.value());
}

Order* Office::order_of(std::string_view reference) {
    auto const number = ledger_->number_of(reference);
    return number ? ledger_->find(*number) : nullptr;
}

void Office::on_declined(OfferSeen const& offer) {
    if (auto* const order = order_of(offer.reference)) order->declined.insert(offer.agent);
}

void Office::on_phone(std::string_view reference, std::int64_t seen_micros) {
    auto* const order = order_of(reference);
    if (order == nullptr || order->on_phone) return;
    order->on_phone = true;
    latencies_.phone.add(seen_micros - order->due_micros);
}

void Office::on_decision(StreamEvent const& event) {
    auto const decision = reader_.decision(event.data);
    if (!decision.ok()) return;
    latencies_.visible.add(wall_micros() - decision.value().at.millis() * 1000);
}

}  // namespace posthaste::load
