#include "main/outside/fetcher.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include <boost/asio/io_context.hpp>

namespace posthaste::main {

using model::TravelSource;
using node::OutsideTime;

namespace {

constexpr std::chrono::milliseconds work_every{100};
constexpr Millis warn_every{60'000};
constexpr std::size_t wishes_a_round = 2000;
constexpr std::size_t batches_a_round = 20;

/// One question, one answer; nothing: none came in time.
std::optional<load::Answer> ask_once(load::Target const& server, load::Ask ask, Millis patience) {
    boost::asio::io_context io;
    std::optional<load::Answer> answer;
    load::Lane lane{io, server, 1};
    bool const sent = lane.send(std::move(ask), [&](load::Answer const& it) {
        answer = it;
        io.stop();
    });
    ASSERT(sent);
    io.run_for(std::chrono::milliseconds{patience.count()});
    lane.stop();
    return answer;
}

}  // namespace

Fetcher::Fetcher(
    OutsideOptions options,
    std::shared_ptr<node::OutsideTimes> times,
    node::Shard& shard,
    node::Clock const& clock
)
    : options_{std::move(options)},
      times_{std::move(times)},
      shard_{shard},
      clock_{clock},
      breaker_{static_cast<std::uint64_t>(clock.now().millis())} {}

void Fetcher::start() {
    thread_ = std::thread{[this] { run(); }};
}

void Fetcher::stop() {
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Fetcher::run() {
    std::unique_lock lock{mutex_};
    while (!wake_.wait_for(lock, work_every, [&] { return stopping_; })) {
        lock.unlock();
        work(clock_.now());
        lock.lock();
    }
}

// Wishes that wait while the breaker is open are old by then; those that matter are wished again.
void Fetcher::work(Instant now) {
    if (breaker_.is_open() && now > fetched_ + options_.keep) give_up(now);
    for (auto const& wish : times_->take_wishes(wishes_a_round))
        wanted_[{wish.to, wish.profile}].push_back(wish.from);
    if (!breaker_.lets_ask(now)) return wanted_.clear();
    std::vector<OutsideTime> fetched;
    for (std::size_t i = 0; i < batches_a_round && !wanted_.empty(); ++i) {
        auto& [where_to, sources] = *wanted_.begin();
        auto const count = std::min(sources.size(), sources_max);
        Batch const batch{
            where_to, {sources.end() - static_cast<std::ptrdiff_t>(count), sources.end()}};
        sources.resize(sources.size() - count);
        if (sources.empty()) wanted_.erase(wanted_.begin());
        auto times = fetch(batch);
        std::lock_guard const lock{mutex_};
        ++counts_.questions;
        if (times.ok()) {
            breaker_.succeeded();
            fetched.insert(fetched.end(), times.value().begin(), times.value().end());
            counts_.fetched += times.value().size();
        } else {
            breaker_.failed(now);
            ++counts_.failures;
            warn(times.error().detail, now);
        }
        counts_.is_open = breaker_.is_open();
        if (breaker_.is_open()) break;
    }
    if (!fetched.empty()) observe(std::move(fetched), now);
}

Result<std::vector<OutsideTime>> Fetcher::fetch(Batch const& batch) const {
    TableQuestion const question{batch.second, {batch.first.first}, batch.first.second};
    auto const server = TRY(load::parse_url(options_.url));
    auto ask = ask_of(options_.dialect, question, options_.key);
    auto const answer = ask_once(server, std::move(ask), options_.patience);
    if (!answer || answer->status == 0)
        return Error{Errc::io_failed, "the routing server does not answer"};
    bool const is_refused = answer->status >= 400 && answer->status < 500 && answer->status != 429;
    auto const times = is_refused ? TableTimes(question.sources.size())
                                  : TRY(times_of(options_.dialect, question, answer->body));
    std::vector<OutsideTime> fetched;
    for (std::size_t i = 0; i < question.sources.size(); ++i) {
        auto const pair =
            node::OutsidePair{question.sources[i], question.targets[0], question.profile};
        auto const no_way = is_refused ? std::nullopt : std::optional{match::travel_max};
        fetched.push_back({pair, times[i] ? times[i] : no_way});
    }
    return fetched;
}

void Fetcher::observe(std::vector<OutsideTime> times, Instant now) {
    fetched_ = now;
    auto const hash = times_->offer(std::move(times), now, now - options_.keep);
    shard_.observe({hash, TravelSource::outside, [kept = times_] { kept->adopt(); }});
}

// Nothing that is kept is young enough any more.
void Fetcher::give_up(Instant now) {
    fetched_ = instant_max - options_.keep;
    auto const hash = times_->offer({}, now, now);
    shard_.observe({hash, TravelSource::great_circle, [kept = times_] { kept->adopt(); }});
}

void Fetcher::warn(std::string const& what, Instant now) {
    if (now < warned_ + warn_every) return;
    warned_ = now;
    fmt::print(stderr, "posthaste: {}: {}\n", options_.url, what);
}

node::OutsideCounts Fetcher::counts() const {
    std::lock_guard const lock{mutex_};
    return counts_;
}

}  // namespace posthaste::main
