#include <array>
#include <ctime>

#include "api/transport.hpp"
#include "base/assert.hpp"

namespace posthaste::api::detail {
namespace {

constexpr std::chrono::milliseconds tick_interval{200};

std::string http_date(std::time_t seconds) {
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    // The C locale's names: we never call setlocale.
    auto const size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

}  // namespace

Worker::Worker(std::shared_ptr<Shared> shared)
    : shared_{std::move(shared)}, guard_{context_.get_executor()} {}

void Worker::run() {
    tick();
    context_.run();
}

void Worker::begin_stop() {
    post([self = shared_from_this()] {
        self->stopping_ = true;
        self->stop_deadline_ = now() + self->options().stop_time_max.count();
        auto const residents = self->residents_;  // winding up may move some out
        for (auto const& resident : residents)
            resident->wind_up();
        self->tick();
    });
}

void Worker::drain() {
    ended_ = true;
    context_.restart();
    context_.poll();
    residents_.clear();
}

void Worker::move_in(std::shared_ptr<Resident> resident) {
    resident->place_ = residents_.size();
    residents_.push_back(std::move(resident));
    ++counters().connections;
}

void Worker::move_out(Resident const& resident) {
    std::size_t const place = resident.place_;
    ASSERT(place < residents_.size());
    ASSERT(residents_[place].get() == &resident);
    std::swap(residents_[place], residents_.back());
    residents_[place]->place_ = place;
    auto const last_reference = std::move(residents_.back());
    residents_.pop_back();
    --counters().connections;
    if (stopping_ && residents_.empty()) end();
}

void Worker::end() {
    guard_.reset();
    timer_.cancel();
}

Ticks Worker::now() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

void Worker::arm() {
    timer_.expires_after(tick_interval);
    auto const step = &Worker::tick;
    timer_.async_wait([self = shared_from_this(), step](boost::system::error_code error) {
        if (!error) ((*self).*step)();
    });
}

void Worker::tick() {
    Ticks const at = now();
    date_ = http_date(std::time(nullptr));
    // From the back: one that moves out is replaced by one that was seen already.
    for (std::size_t i = residents_.size(); i-- > 0;) {
        if (i >= residents_.size()) continue;
        auto const resident = residents_[i];
        if (stopping_ && at >= stop_deadline_) {
            resident->abandon();
        } else {
            resident->tick(at);
        }
    }
    if (stopping_ && at >= stop_deadline_) {
        end();
        return context_.stop();  // does not wait for what a closed socket still had under way
    }
    if (stopping_ && residents_.empty()) return end();
    arm();
}

}  // namespace posthaste::api::detail
