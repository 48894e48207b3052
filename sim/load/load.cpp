#include "load/load.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "load/city.hpp"

namespace posthaste::load {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t sign_on_max = 300 * second;
constexpr std::int64_t read_back_max = 60 * second;

// Everything of one run, on one thread.
class Run {
public:
    Run(LoadOptions const& options, Target const& target, City& city, Progress const& progress)
        : options_{options},
          progress_{progress},
          city_{city},
          requests_{options.region, options.seed},
          fixes_{io_, target, 2},
          jobs_{io_, target, options.job_connections},
          actions_{io_, target, options.action_connections},
          reads_{io_, target, 1},
          ledger_{"load-" + std::to_string(wall_now().millis()) + "-"},
          fleet_{
              {.seed = options.seed,
               .fix_every = options.fix_every,
               .speed = options.speed,
               .phones = options.phones,
               .roads = city.roads},
              std::move(city.fleet),
              city.places,
              requests_,
              {fixes_, actions_, io_, target}},
          office_{ledger_, fleet_, requests_, jobs_},
          stream_{
              io_,
              target,
              requests_.stream_path(),
              [this](StreamEvent const& event) { office_.on_event(event); }},
          ticker_{io_},
          work_timer_{io_},
          signals_{io_, SIGINT, SIGTERM} {}

    Result<Report> go() {
        TRY(prepare());
        TRY(serve_demand());
        settle();
        TRY(read_everything_back());
        return report();
    }

private:
    // Runs until `is_done`, or the time is up. False: it was.
    bool run_until(std::int64_t most, std::function<bool()> const& is_done) {
        auto const deadline = now_micros() + most;
        while (!is_done() && !interrupted_) {
            if (now_micros() > deadline) return false;
            io_.restart();
            io_.run_for(std::chrono::milliseconds{5});
        }
        return is_done();
    }

    /// Sends and waits.
    Answer ask(Lane& lane, Ask ask) {
        auto const got = std::make_shared<std::optional<Answer>>();
        lane.send(std::move(ask), [got](Answer const& answer) { *got = answer; });
        run_until(read_back_max, [&] { return got->has_value(); });
        return got->value_or(Answer{});
    }

    Status prepare() {
        signals_.async_wait([this](ErrorCode error, int) { interrupted_ = !error; });
        auto const hello = ask(reads_, requests_.session());
        if (hello.status == 0)
            return Error{Errc::io_failed, "no answer from the server at " + options_.url};
        if (!hello.ok()) {
            return Error{
                Errc::io_failed,
                "the server refuses: " + std::to_string(hello.status) + " " +
                    hello.body.substr(0, 300)};
        }
        tenant_ = reader_.text(hello.body, "tenant");
        if (tenant_.empty())
            return Error{Errc::io_failed, "the key is no tenant's; make one with --tenant"};
        TRY(agree_on_policy());
        TRY(look_at_server(server_before_));
        return sign_on();
    }

    Status look_at_server(std::optional<ServerSeen>& seen) {
        if (options_.metrics_key.empty()) return Unit{};
        auto const answer = ask(reads_, {.path = "/metrics", .key = options_.metrics_key});
        if (!answer.ok()) {
            return Error{
                Errc::io_failed,
                "the metrics key opens no /metrics: " + answer.body.substr(0, 300)};
        }
        seen = ServerSeen::from(answer.body);
        return Unit{};
    }

    // The checker goes by the region's own policy; only how many jobs an agent may have is set.
    Status agree_on_policy() {
        auto const got = ask(reads_, requests_.policy());
        policy_ = TRY(reader_.policy(got.body));
        if (!options_.stack_max) return Unit{};
        auto const name = std::string{"\"stack_max\":"};
        auto const from = got.body.find(name) + name.size();
        auto const to = got.body.find_first_not_of("0123456789", from);
        policy_.stack_max = *options_.stack_max;
        auto const body =
            got.body.substr(0, from) + std::to_string(policy_.stack_max) + got.body.substr(to);
        auto const set = ask(actions_, requests_.set_policy(body));
        if (set.ok()) return Unit{};
        return Error{Errc::io_failed, "setting the policy: " + set.body.substr(0, 300)};
    }

    Status sign_on() {
        stream_.start();
        fleet_.sign_on(tenant_);
        std::int64_t told = now_micros();
        bool const done = run_until(sign_on_max, [&] {
            if (now_micros() - told > second) {
                told = now_micros();
                progress_("agents on duty: " + std::to_string(fleet_.counts().registered));
            }
            return fleet_.is_signed_on();
        });
        if (interrupted_) return Unit{};
        if (!done || fleet_.counts().registered == 0)
            return Error{Errc::io_failed, "the fleet could not be registered"};
        if (!run_until(10 * second, [&] { return stream_.is_open(); }))
            return Error{Errc::io_failed, "no event stream: " + stream_.refusal()};
        tick();
        // Every agent is seen before the first job.
        auto const first_round = (options_.fix_every.count() + 500) * 1000;
        auto const begun = now_micros();
        run_until(2 * first_round, [&] { return now_micros() - begun > first_round; });
        return Unit{};
    }

    // A tick is due at a multiple of tick_every: what a long one takes is not added to the next.
    void tick() {
        if (next_tick_ == 0) next_tick_ = now_micros();
        next_tick_ += tick_every.count() * 1000;
        ticker_.expires_after(std::chrono::microseconds{next_tick_ - now_micros()});
        ticker_.async_wait([this](ErrorCode error) {
            if (error) return;
            fleet_.tick(wall_now());
            look_at_board();
            tick();
        });
    }

    void look_at_board() {
        auto const now = now_micros();
        if (!in_demand_ || options_.snapshot_every == Millis{} || reads_.pending() > 0) return;
        if (now - last_snapshot_ < options_.snapshot_every.count() * 1000) return;
        last_snapshot_ = now;
        reads_.send(requests_.snapshot(), [this](Answer const& answer) {
            if (!answer.ok()) return;
            snapshots_.add(answer.micros);
            snapshot_bytes_ = static_cast<std::int64_t>(answer.body.size());
        });
    }

    Status serve_demand() {
        begun_ = now_micros();
        in_demand_ = true;
        office_.begin(
            std::move(city_.trips), Pace{city_.trace_start, Instant{}, city_.speed}, begun_
        );
        work();
        auto told = begun_;
        auto const whole = options_.seconds * second;
        run_until(whole + second, [&] {
            auto const now = now_micros();
            if (now - told >= second) {
                told = now;
                tell_progress(now);
            }
            return failure_ || office_.is_done() || now - begun_ >= whole;
        });
        in_demand_ = false;
        work_timer_.cancel();
        ended_ = now_micros();
        if (failure_) return *failure_;
        return Unit{};
    }

    void work() {
        if (!in_demand_) return;
        auto const next = office_.work(now_micros());
        if (!next.ok()) {
            failure_ = next.error();
            return;
        }
        if (!next.value()) return;
        work_timer_.expires_after(std::chrono::microseconds{
            std::max<std::int64_t>(0, *next.value() - now_micros())});
        work_timer_.async_wait([this](ErrorCode error) {
            if (!error) work();
        });
    }

    void tell_progress(std::int64_t now) {
        auto const& verdict = ledger_.verdict();
        auto const& told = office_.latencies().told;
        progress_(
            std::to_string((now - begun_) / second) + " s: " + std::to_string(verdict.asked) +
            " jobs, " + std::to_string(verdict.allocated) + " have an agent, " +
            std::to_string(ledger_.deciding_count()) + " to decide; told p50 " +
            std::to_string(told.percentile(5000) / 1000) + " ms, p99 " +
            std::to_string(told.percentile(9900) / 1000) + " ms"
        );
    }

    // What is under way comes to its end; jobs that wait for an agent who will not come do not.
    void settle() {
        interrupted_ = false;
        signals_.async_wait([this](ErrorCode error, int) { interrupted_ = !error; });
        auto told = now_micros();
        run_until(settle_max.count() * 1000, [&] {
            auto const now = now_micros();
            if (now - told >= second) {
                told = now;
                progress_("settling: " + std::to_string(ledger_.deciding_count()) + " to decide");
            }
            return jobs_.pending() == 0 && ledger_.deciding_count() == 0;
        });
        fleet_.rest();
        run_until(10 * second, [&] {
            return actions_.pending() + jobs_.pending() + fleet_.unanswered() == 0;
        });
    }

    Status read_everything_back() {
        std::string after;
        do {
            auto const answer = ask(reads_, requests_.page_of_jobs(after));
            auto const page = TRY(reader_.jobs(answer.body));
            for (auto const& job : page.items)
                ledger_.read_back(job);
            after = page.next;
        } while (!after.empty());
        do {
            auto const answer = ask(reads_, requests_.page_of_agents(after));
            auto const page = TRY(reader_.agents(answer.body));
            for (auto const& agent : page.items)
                ledger_.read_back(agent);
            after = page.next;
        } while (!after.empty());
        auto const now = wall_now();
        ledger_.judge(fleet_.workers(policy_, now), policy_, now);
        return look_at_server(server_after_);
    }

    Report report() {
        Report report{
            .name = options_.name,
            .agents = static_cast<std::int64_t>(fleet_.size()),
            .demand_ms = (ended_ - begun_) / 1000,
            .verdict = ledger_.verdict(),
            .fleet = fleet_.counts(),
            .office = office_.latencies(),
            .phones = fleet_.phone_counts(),
            .actions = fleet_.action_latencies(),
            .phone_steps = fleet_.phone_latencies(),
            .fixes = fleet_.fix_latencies(),
            .snapshots = snapshots_,
            .refusals = office_.refusals(),
            .commands = jobs_.sent() + actions_.sent() + fleet_.phone_counts().sent,
            .retries = jobs_.retries() + actions_.retries() + fleet_.phone_counts().retries,
            .events = office_.events(),
            .reconnects = stream_.reconnects(),
            .gaps = office_.gaps(),
            .snapshot_bytes = snapshot_bytes_};
        if (server_before_ && server_after_) {
            auto const seen = server_after_->since(*server_before_);
            if (seen.count() > 0) report.server_seen = seen;
        }
        return report;
    }

    LoadOptions const& options_;
    Progress const& progress_;
    City& city_;
    asio::io_context io_;
    Requests requests_;
    Lane fixes_;
    Lane jobs_;
    Lane actions_;
    Lane reads_;
    Ledger ledger_;
    Fleet fleet_;
    Office office_;
    EventStream stream_;
    asio::steady_timer ticker_;
    asio::steady_timer work_timer_;
    asio::signal_set signals_;
    Reader reader_;
    std::string tenant_;
    model::Policy policy_;
    Latencies snapshots_;
    std::optional<ServerSeen> server_before_;
    std::optional<ServerSeen> server_after_;
    std::optional<Error> failure_;
    std::int64_t snapshot_bytes_ = 0;
    std::int64_t next_tick_ = 0;
    std::int64_t last_snapshot_ = 0;
    std::int64_t begun_ = 0;
    std::int64_t ended_ = 0;
    bool in_demand_ = false;
    bool interrupted_ = false;
};

}  // namespace

std::int64_t Report::retries_per_million() const {
    return commands == 0 ? 0 : static_cast<std::int64_t>(retries * 1'000'000 / commands);
}

std::optional<std::int64_t> Report::clock_gap() const {
    auto const client = office.told_sent.mean();
    if (!server_seen || client == 0) return std::nullopt;
    return std::abs(client - server_seen->mean()) * 1'000'000 / client;
}

Result<Report> run(LoadOptions const& options, Progress const& progress) {
    auto target = TRY(parse_url(options.url));
    target.key = options.key;
    auto const city = TRY(make_city(options));
    Run run{options, target, *city, progress};
    return run.go();
}

}  // namespace posthaste::load
