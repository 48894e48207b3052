// One board event to 1,000 and 10,000 subscribers: when the last has it, against Redis pub/sub.
//
// Ours is a job whose priority changes: submitted, decided through turn() over the memory log with
// the board on, published, and sent to event streams of a region, each behind a key. Redis is
// PUBLISH of the same message. Both go over the loopback to readers in a process of their own,
// counted from the hand-over of the command to the read of the last subscriber; the value is the
// median of the rounds, which alternate between the two. The server has one thread for its
// sockets, as Redis has.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "api/live.hpp"
#include "api/server.hpp"
#include "api/service.hpp"
#include "api/tracks.hpp"
#include "bench/rivals/redis_server.hpp"
#include "bench/stream/readers.hpp"
#include "bench/support/bench.hpp"
#include "log/memory/memory_log.hpp"

namespace posthaste::bench {

namespace {

constexpr RegionId city{1};
constexpr std::string_view marker = "\"priority\":";

/// The server's parts, in the order of their making.
class Streamer {
public:
    Streamer() {
        turns_ = std::thread{[this] {
            while (!ended_) {
                shard_->wait(Millis{20});
                ASSERT(shard_->turn().ok());
            }
        }};
        publisher_.start();
        settle();
        api::add_live_routes(router_, service_);
    }
    Streamer(Streamer const&) = delete;
    Streamer& operator=(Streamer const&) = delete;
    ~Streamer() {
        server_.stop();
        ended_ = true;
        turns_.join();
        publisher_.stop();
        std::filesystem::remove_all(folder_);
    }

    std::uint16_t port() const { return server_.port(); }
    void change_priority(int priority) {
        submit(city, model::UpdateJob{.job = job_, .priority = priority});
    }
    /// The job as the stream tells it.
    std::string message() const { return views::shown(*board_.job(job_), views::Audience::full); }

private:
    void submit(RegionId region, model::Command command, node::ReplyTo reply = {}) {
        model::Envelope const who{.role = model::Role::admin};
        if (!reply) {
            reply = [](node::Reply const& said) {
                ASSERT(said.answer.ok());
                ASSERT(said.answer.value().rejection == model::Rejection::none);
            };
        }
        auto const sent = shard_->submit(region, {who, std::move(command), std::move(reply)});
        ASSERT(sent.ok());
    }
    std::uint64_t decide(RegionId region, model::Command command) {
        std::atomic<std::uint64_t> subject = 0;
        std::atomic<bool> told = false;
        submit(region, std::move(command), [&](node::Reply const& reply) {
            ASSERT(reply.answer.ok());
            ASSERT(reply.answer.value().rejection == model::Rejection::none);
            subject = reply.answer.value().subject;
            told = true;
            told.notify_one();
        });
        told.wait(false);
        return subject;
    }
    void settle() {
        decide(core::control_region, model::CreateTenant{"city"});
        decide(core::control_region, model::CreateRegion{city, "city", "city", {}});
        while (shard_->regions().size() < 2)
            std::this_thread::yield();
        decide(city, model::SetPolicy{});
        std::ifstream file{POSTHASTE_WORKFLOWS "/ride.toml"};
        std::ostringstream text;
        text << file.rdbuf();
        decide(city, model::SetWorkflow{"ride", text.str()});
        model::CreateJob const create{.workflow = "ride", .stops = std::vector<model::Stop>(2)};
        job_ = model::JobId{decide(city, create)};
    }
    static std::filesystem::path make_folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "stream_XXXXXX").string();
        ASSERT(::mkdtemp(pattern.data()) != nullptr);
        return pattern;
    }
    static std::optional<api::KeyRecord> key_of(model::KeyId) {
        return api::KeyRecord{
            .tenant = "city", .secret = api::secret_digest("s"), .role = model::Role::dispatcher};
    }

    std::filesystem::path folder_ = make_folder();
    node::SystemClock clock_;
    log::MemoryLog log_;
    views::Ring ring_;
    api::Live live_{ring_};
    views::Publisher publisher_{ring_, [this](auto messages) { live_.publish(messages); }};
    views::Board board_{[this](auto change) { publisher_.give(std::move(change)); }};
    api::Metrics metrics_;
    std::unique_ptr<views::History> history_ =
        views::History::open(folder_ / "history.db", log_).value();
    std::unique_ptr<views::Vault> vault_ = views::Vault::open(folder_ / "vault").value();
    views::Blobs blobs_ = views::Blobs::open(folder_ / "blobs").value();
    std::unique_ptr<node::Shard> shard_ = node::Shard::open(log_, clock_, {}, {&board_}).value();
    api::Tracks tracks_{*shard_, board_, *history_, metrics_};
    api::Service service_{
        *shard_, board_, publisher_, *history_, *vault_, blobs_, metrics_, clock_, live_, tracks_};
    api::Router router_{
        {.keys = key_of, .rate = {.per_second = 1'000'000, .burst = 1'000'000}, .clock = [this] {
             return clock_.now();
         }}};
    api::Server server_ =
        api::Server::start({}, [this](api::Request request, api::Responder responder) {
            router_.dispatch(std::move(request), std::move(responder));
        }).value();
    model::JobId job_{};
    std::atomic<bool> ended_ = false;
    std::thread turns_;
};

Subscribing to_stream(std::size_t count) {
    return {
        .words = "GET /v1/stream HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ph_1_s\r\n\r\n",
        .confirmed = "event: ready\n",
        .marker = std::string{marker},
        .count = count};
}

Subscribing to_redis(std::size_t count) {
    return {
        .words = "*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nboard\r\n",
        .confirmed = ":1\r\n",
        .marker = std::string{marker},
        .count = count};
}

std::uint16_t port_of(RedisServer& redis) {
    auto const reply = redis.ask({"CONFIG", "GET", "port"});
    return static_cast<std::uint16_t>(std::stoi(reply->element[1]->str));
}

/// The message with this round's number where the job's priority stands.
std::string of_round(std::string const& message, int round) {
    auto const begin = message.find(marker) + marker.size();
    auto const end = message.find_first_of(",}", begin);
    return message.substr(0, begin) + std::to_string(round) + message.substr(end);
}

std::int64_t microseconds(std::vector<std::int64_t>& nanos) {
    return percentile(nanos, 500) / 1000;
}

void measure(std::string const& metric, std::size_t count, int rounds) {
    // Forked first: there are no threads yet.
    Readers our_readers{to_stream(count)};
    Readers their_readers{to_redis(count)};
    auto redis = RedisServer::start({"--maxclients", "20000"});
    Streamer streamer;
    our_readers.connect(streamer.port());
    if (redis) their_readers.connect(port_of(*redis));
    std::vector<std::int64_t> ours;
    std::vector<std::int64_t> theirs;
    auto const message = streamer.message();
    ResultHash hash;
    for (int round = first_round; round < first_round + rounds; ++round) {
        auto begun = monotonic_nanos();
        streamer.change_priority(round);
        ours.push_back(our_readers.last_heard() - begun);
        hash.add(static_cast<std::uint64_t>(round));
        if (!redis) continue;
        auto const text = of_round(message, round);
        begun = monotonic_nanos();
        redis->send({"PUBLISH", "board", text});
        auto const heard = redis->receive();
        theirs.push_back(their_readers.last_heard() - begun);
        ASSERT(static_cast<std::size_t>(heard->integer) == count);
    }
    our_readers.stop();
    their_readers.stop();
    Line line{
        .bench = "stream",
        .metric = metric,
        .value = static_cast<double>(microseconds(ours)),
        .unit = "us",
        .better = Better::lower,
        .hash = hash.value()};
    if (redis) {
        line.rival = "redis pub/sub";
        line.rival_value = static_cast<double>(microseconds(theirs));
    }
    print(line);
}

int run(int argc, char** argv) {
    raise_file_limit();
    auto const options = read_options(argc, argv);
    int const rounds = options.quick ? 20 : 80;  // a priority is at most 100
    if (options.wants("last_1000")) measure("last_1000", 1000, rounds);
    if (options.wants("last_10000")) measure("last_10000", 10'000, rounds);
    return 0;
}

}  // namespace

}  // namespace posthaste::bench

int main(int argc, char** argv) {
    return posthaste::bench::run(argc, argv);
}
