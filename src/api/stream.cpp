// Server-sent events to one subscriber, and one frame to many of them.
#include <deque>
#include <map>

#include <boost/asio/buffer.hpp>

#include "api/transport.hpp"
#include "base/assert.hpp"

namespace posthaste::api {
namespace detail {
namespace {

using ErrorCode = boost::system::error_code;

constexpr std::size_t streams_per_turn = 512;  // so that 10,000 sends do not hold up the rest

class EventStream final : public StreamLink,
                          public Resident,
                          public std::enable_shared_from_this<EventStream> {
public:
    EventStream(std::shared_ptr<Worker> worker, std::function<void()> on_close)
        : worker_{std::move(worker)}, on_close_{std::move(on_close)} {}

    // From any thread.
    bool write(Frame frame) override {
        if (!admit(frame->size())) return false;
        worker_->post([self = shared_from_this(), frame = std::move(frame)]() mutable {
            self->deliver(std::move(frame), nullptr);
        });
        return true;
    }
    void close() override {
        worker_->post([self = shared_from_this()] { self->wind_up(); });
    }
    Worker& worker() { return *worker_; }

    /// Counts the bytes in; false when closed, or cut because of them.
    bool admit(std::size_t bytes) {
        if (!open_) return false;
        std::size_t const before = queued_bytes_.fetch_add(bytes);
        if (before == 0 || before + bytes <= worker_->options().queue_bytes_max) return true;
        if (open_.exchange(false)) {
            ++worker_->counters().subscribers_cut;
            worker_->post([self = shared_from_this()] { self->finish(); });
        }
        return false;
    }

    // On the worker's thread from here on.
    void attach(Socket socket, std::string head) override {
        if (stage_ == Stage::over) return;
        stage_ = Stage::live;
        socket_ = std::make_unique<Socket>(std::move(socket));
        last_sent_ = Worker::now();
        worker_->move_in(shared_from_this());
        queued_bytes_ += head.size();
        queue_.push_front({make_frame(std::move(head)), nullptr});
        listen();
        flush();
    }
    void detach() override { finish(); }
    void deliver(Frame frame, StampPtr stamp) {
        if (stage_ == Stage::over) return;
        queue_.push_back({std::move(frame), std::move(stamp)});
        if (stage_ == Stage::live && !blocked_) flush();
    }

    void tick(Ticks now) override {
        if (blocked_ && now - last_sent_ > worker_->options().write_time_max.count()) {
            ++worker_->counters().subscribers_cut;
            return finish();
        }
        if (queue_.empty() && now - last_sent_ >= worker_->options().heartbeat.count()) {
            static Frame const heartbeat = make_frame(":\n\n");
            queued_bytes_ += heartbeat->size();
            deliver(heartbeat, nullptr);
        }
    }
    void wind_up() override {
        if (stage_ == Stage::over) return;
        closing_ = true;
        if (stage_ == Stage::live && queue_.empty()) finish();
    }
    void abandon() override { finish(); }

private:
    enum class Stage { waiting, live, over };

    // As much as the socket takes without waiting; what is left goes when it is writable again.
    void flush() {
        while (!queue_.empty()) {
            auto const& front = *queue_.front().frame;
            ErrorCode error;
            auto const rest = asio::buffer(front.data() + sent_, front.size() - sent_);
            std::size_t const size = socket_->write_some(rest, error);
            if (error == asio::error::would_block) return wait_writable();
            if (error) return finish();
            last_sent_ = Worker::now();
            sent_ += size;
            if (sent_ < front.size()) continue;
            queued_bytes_ -= front.size();
            if (auto const& stamp = queue_.front().stamp) stamp->sent();
            queue_.pop_front();
            sent_ = 0;
        }
        if (closing_) finish();
    }
    void wait_writable() {
        blocked_ = true;
        auto const step = &EventStream::on_writable;
        socket_->async_wait(
            asio::socket_base::wait_write,
            [self = shared_from_this(), step](ErrorCode const& error) { ((*self).*step)(error); }
        );
    }
    void on_writable(ErrorCode const& error) {
        blocked_ = false;
        if (stage_ == Stage::over) return;
        if (error) return finish();
        flush();
    }
    // Nothing is expected, but the end of it is how we learn that the subscriber is gone.
    void listen() {
        auto const step = &EventStream::on_heard;
        socket_->async_read_some(
            asio::buffer(ignored_),
            [self = shared_from_this(), step](ErrorCode const& error, std::size_t) {
                ((*self).*step)(error);
            }
        );
    }
    void on_heard(ErrorCode const& error) {
        if (stage_ == Stage::over) return;
        if (error) return finish();
        listen();
    }
    void finish() {
        if (stage_ == Stage::over) return;
        auto const self = shared_from_this();
        bool const was_live = stage_ == Stage::live;
        stage_ = Stage::over;
        open_ = false;
        queue_.clear();
        if (was_live) {
            ErrorCode ignored;
            socket_->close(ignored);
            worker_->move_out(*this);
        }
        if (auto const on_close = std::exchange(on_close_, nullptr)) on_close();
    }

    std::shared_ptr<Worker> worker_;
    std::unique_ptr<Socket> socket_;  ///< none while waiting
    std::function<void()> on_close_;
    std::atomic<bool> open_ = true;
    std::atomic<std::size_t> queued_bytes_ = 0;  ///< handed to us and not yet to the kernel
    struct Queued {
        Frame frame;
        StampPtr stamp;
    };
    std::deque<Queued> queue_;
    std::size_t sent_ = 0;  ///< of the first of the queue
    Stage stage_ = Stage::waiting;
    bool blocked_ = false;  ///< waits until the socket is writable
    bool closing_ = false;
    Ticks last_sent_ = 0;
    std::array<char, 64> ignored_{};
};

using Group = std::vector<std::shared_ptr<EventStream>>;

void deliver_later(Worker& worker, Group group, Frame const& frame, StampPtr const& stamp) {
    worker.post([group = std::move(group), frame, stamp] {
        for (auto const& stream : group)
            stream->deliver(frame, stamp);
    });
}

}  // namespace

std::shared_ptr<StreamLink> make_stream_link(
    std::shared_ptr<Worker> worker, std::function<void()> on_close
) {
    return std::make_shared<EventStream>(std::move(worker), std::move(on_close));
}

}  // namespace detail

void broadcast(
    std::span<std::shared_ptr<Stream> const> streams, Frame const& frame, StampPtr const& stamp
) {
    std::map<detail::Worker*, detail::Group> groups;
    for (auto const& stream : streams) {
        auto event_stream = std::static_pointer_cast<detail::EventStream>(stream);
        if (!event_stream->admit(frame->size())) continue;
        auto& worker = event_stream->worker();
        auto& group = groups[&worker];
        group.push_back(std::move(event_stream));
        if (group.size() < detail::streams_per_turn) continue;
        detail::deliver_later(worker, std::exchange(group, {}), frame, stamp);
    }
    for (auto& [worker, group] : groups)
        detail::deliver_later(*worker, std::move(group), frame, stamp);
}

}  // namespace posthaste::api
