#include "load/server_seen.hpp"

#include <cmath>
#include <cstdlib>
#include <string>

namespace posthaste::load {

namespace {

constexpr std::string_view name = "posthaste_layer_seconds";
constexpr std::string_view layer = R"(layer="seen")";

/// The number that ends the line.
double value_of(std::string_view line) {
    return std::atof(std::string{line.substr(line.rfind(' ') + 1)}.c_str());
}

std::uint64_t whole(double value) {
    return static_cast<std::uint64_t>(std::llround(value));
}

std::int64_t micros(double seconds) {
    return std::llround(seconds * 1e6);
}

}  // namespace

std::optional<ServerSeen> ServerSeen::from(std::string_view metrics) {
    ServerSeen seen;
    bool found = false;
    while (!metrics.empty()) {
        auto const line = metrics.substr(0, metrics.find('\n'));
        metrics.remove_prefix(std::min(line.size() + 1, metrics.size()));
        if (!line.starts_with(name) || line.find(layer) == std::string_view::npos) continue;
        auto const part = line.substr(name.size(), line.find('{') - name.size());
        if (part == "_count") {
            seen.count_ = whole(value_of(line));
            found = true;
        }
        if (part == "_sum") seen.sum_ = value_of(line);
        auto const le = line.find("le=\"");
        if (part != "_bucket" || le == std::string_view::npos) continue;
        auto const bound = line.substr(le + 4, line.find('"', le + 4) - le - 4);
        if (bound == "+Inf") continue;
        seen.buckets_.push_back({std::atof(std::string{bound}.c_str()), whole(value_of(line))});
    }
    if (!found) return std::nullopt;
    return seen;
}

ServerSeen ServerSeen::since(ServerSeen const& before) const {
    auto now = *this;
    now.sum_ -= before.sum_;
    now.count_ -= before.count_;
    for (std::size_t i = 0; i < std::min(buckets_.size(), before.buckets_.size()); ++i)
        now.buckets_[i].below -= before.buckets_[i].below;
    return now;
}

std::int64_t ServerSeen::mean() const {
    return count_ == 0 ? 0 : micros(sum_ / static_cast<double>(count_));
}

std::int64_t ServerSeen::percentile(std::uint64_t per_ten_thousand) const {
    if (count_ == 0) return 0;
    auto const wanted = static_cast<double>(count_ * per_ten_thousand) / 10'000;
    Bucket last;
    for (auto const& bucket : buckets_) {
        auto const inside = static_cast<double>(bucket.below - last.below);
        if (static_cast<double>(bucket.below) >= wanted && inside > 0) {
            auto const part = (wanted - static_cast<double>(last.below)) / inside;
            return micros(last.bound + part * (bucket.bound - last.bound));
        }
        last = bucket;
    }
    return micros(last.bound);  // longer than the last bound: at least that
}

}  // namespace posthaste::load
