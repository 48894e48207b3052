// The load tool's own books: every job it asked for, what became of it, and whether that was right.
//
// Takes    what was asked (ask), what the server answered (created, refused), what the stream and
//          the read-back show (see, read_back), and the fleet as its own drivers know it (judge).
// Gives    a Verdict that shares no code with the matcher: a job is allocated once an agent has
//          it; doubled when one slot has two agents at once, or an assignment changes hands; lost
//          when it was acknowledged and is not on the board at the end. A job nobody has counts
//          as missed when some agent could have taken it after all its present work, else as not
//          feasible.
// Shapes   orders by their own number; forgotten when the job is over, so a month's trace needs
//          memory for the live jobs only.
// Cost     see: O(log n); judge: O(agents) for each job that nobody has.
// Threads  one thread
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "load/document.hpp"
#include "model/place.hpp"
#include "model/policy.hpp"

namespace posthaste::load {

/// What a job wants of whoever takes it.
struct Want {
    model::Position pickup;
    Instant latest = instant_max;
    model::Load load;
    std::vector<std::string> skills;
    std::vector<std::string> vehicles;  ///< one of these; empty: any
    std::vector<std::string> features;
};

struct Order {
    Want want;
    model::JobId job{};
    std::int64_t due_micros = 0;   ///< when it had to be asked for
    std::int64_t sent_micros = 0;  ///< when its first byte left; 0: not known yet
    std::int64_t told_micros = 0;  ///< when an agent heard of it; 0: nobody yet
    std::string sent_trace;        ///< of the answer to its request
    std::string told_trace;        ///< of what told of it
    bool created = false;
    bool deciding = true;    ///< the server has not said yet who, or that nobody can
    bool allocated = false;  ///< an agent has had it
    bool over = false;
    bool on_phone = false;  ///< its agent's own phone has shown it
    std::map<model::AssignmentId, AssignmentSeen> assignments;  ///< live ones
    std::set<model::AgentId> declined;
};

struct Verdict {
    std::uint64_t asked = 0;
    std::uint64_t created = 0;
    std::uint64_t refused = 0;  ///< by a rule, with its reason
    std::uint64_t unanswered = 0;
    std::uint64_t allocated = 0;
    std::uint64_t finished = 0;
    std::uint64_t missed = 0;      ///< feasible, and nobody has it
    std::uint64_t infeasible = 0;  ///< nobody has it, and nobody could
    std::uint64_t doubled = 0;
    std::uint64_t lost = 0;
    std::uint64_t over_capacity = 0;  ///< agents whose route carries more than the vehicle holds

    /// Of the feasible jobs, in millionths; 1,000,000 without any.
    std::int64_t success() const;
};

/// An agent as its own driver knows it.
struct Worker {
    model::AgentId id{};
    model::Position place;    ///< now
    model::Position free_at;  ///< where the present work ends
    Instant free_from;        ///< when it does
    bool on_duty = false;
    std::int32_t stack = 0;  ///< live assignments
    model::Load load;        ///< of all of them together
    model::Load capacity;
    std::vector<std::string> const* skills = nullptr;
    std::vector<std::string> const* features = nullptr;
    std::string const* vehicle = nullptr;
};

/// Whether the agent could do the job after everything else they have.
bool could_take(Worker const& worker, Order const& order, model::Policy const& policy, Instant now);

class Ledger {
public:
    explicit Ledger(std::string prefix) : prefix_{std::move(prefix)} {}

    std::string reference_of(std::uint64_t number) const;
    /// The order of that reference; nothing for jobs of others.
    std::optional<std::uint64_t> number_of(std::string_view reference) const;
    Order* find(std::uint64_t number);

    /// Books a new order and gives its number.
    std::uint64_t ask(Want want, std::int64_t due_micros);
    void created(std::uint64_t number, model::JobId job);
    void refused(std::uint64_t number);
    void unanswered(std::uint64_t number);
    /// An agent heard of it. True the first time.
    bool told(std::uint64_t number, std::int64_t seen_micros);

    struct News {
        std::uint64_t number = 0;
        std::vector<AssignmentSeen> made;   ///< not seen before
        std::vector<AssignmentSeen> ended;  ///< not live any more
    };
    /// A job as it is now; nothing for jobs of others and orders that are closed.
    std::optional<News> see(JobSeen const& job);
    /// Closes an order that is over, once what it told has been used.
    void forget(std::uint64_t number);

    // At the end, everything read back over REST.
    void read_back(JobSeen const& job);
    void read_back(AgentSeen const& agent);
    void judge(std::span<Worker const> fleet, model::Policy const& policy, Instant now);

    Verdict const& verdict() const { return verdict_; }
    /// Created, and an answer of the server or of an agent who is asked is still to come.
    std::size_t deciding_count() const { return deciding_; }
    std::size_t live_count() const { return orders_.size(); }

private:
    void decide(Order& order, bool deciding);
    void close(std::uint64_t number);
    void count_doubled(Order const& order, JobSeen const& job);

    std::string prefix_;
    std::uint64_t last_number_ = 0;
    std::map<std::uint64_t, Order> orders_;
    std::map<model::JobId, std::vector<StopSeen>> board_;  ///< read back: live jobs
    std::set<std::uint64_t> read_back_;
    std::size_t deciding_ = 0;
    Verdict verdict_;
};

}  // namespace posthaste::load
