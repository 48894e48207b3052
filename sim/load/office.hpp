// The office: asks for the jobs of a trace when they are due, and sees what is said of them.
//
// Takes    trips, a Pace, the lane for jobs; the events of the region's stream.
// Gives    each trip as a job when its time has come; a job of one stop (a repair, an incident) is
//          quoted, approved and scheduled first. Latencies are counted from when a job was due, so
//          that a client that falls behind does not hide what the server made others wait.
// Shapes   told: due -> the stream shows an offer or an assignment of it, here. visible: the
//          server's instant of a decision -> the stream shows it, here (one clock for both).
//          phone: due -> its first offer or assignment is on an agent's own phone.
// Cost     memory for the live jobs and one trip ahead.
// Limits   due_max jobs at once; more are asked for at the next tick.
// Threads  one thread
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "demand/source.hpp"
#include "load/client.hpp"
#include "load/fleet.hpp"
#include "load/latencies.hpp"
#include "load/ledger.hpp"
#include "load/pace.hpp"
#include "load/requests.hpp"

namespace posthaste::load {

struct OfficeLatencies {
    Latencies post;       ///< a job's POST, from when it was sent
    Latencies told;       ///< from when the job was due
    Latencies told_sent;  ///< from when it was sent, where it followed from that request alone
    Latencies visible;
    Latencies phone;
};

class Office {
public:
    /// Requires: all of them outlive the office.
    Office(Ledger& ledger, Fleet& fleet, Requests& requests, Lane& lane);
    Office(Office const&) = delete;  // the fleet tells it
    Office& operator=(Office const&) = delete;

    void begin(std::unique_ptr<demand::Source> trips, Pace pace, std::int64_t start_micros);
    /// Asks for what is due; gives when the next job is, or nothing after the last.
    Result<std::optional<std::int64_t>> work(std::int64_t now);
    /// No job is due any more.
    bool is_done() const { return is_done_; }

    void on_event(StreamEvent const& event);

    OfficeLatencies const& latencies() const { return latencies_; }
    std::map<std::string, std::uint64_t> const& refusals() const { return refusals_; }
    std::uint64_t events() const { return events_; }
    std::uint64_t gaps() const { return gaps_; }

private:
    void ask(demand::Trip const& trip, std::int64_t due);
    void asked(std::uint64_t number, Answer const& answer, bool must_schedule);
    void schedule(std::uint64_t number, model::JobId job);
    void scheduled(std::uint64_t number, Answer const& answer);
    void refuse(std::uint64_t number, Answer const& answer);
    void count_sent_to_told(Order const& order);
    void hear(std::uint64_t number, StreamEvent const& event);
    void on_job(StreamEvent const& event);
    void on_offer(StreamEvent const& event);
    void on_decision(StreamEvent const& event);
    Order* order_of(std::string_view reference);
    void on_declined(OfferSeen const& offer);
    void on_phone(std::string_view reference, std::int64_t seen_micros);

    Ledger* ledger_;
    Fleet* fleet_;
    Requests* requests_;
    Lane* lane_;
    std::unique_ptr<demand::Source> trips_;
    std::optional<Pace> pace_;
    std::int64_t start_micros_ = 0;
    Instant start_wall_;
    std::optional<demand::Trip> next_;
    bool is_done_ = true;
    Reader reader_;
    OfficeLatencies latencies_;
    std::map<std::string, std::uint64_t> refusals_;  ///< by their code
    std::uint64_t events_ = 0;
    std::uint64_t gaps_ = 0;
};

}  // namespace posthaste::load
