#include "api/metrics.hpp"

#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>

#include "base/assert.hpp"

namespace posthaste::api {
namespace {

constexpr double seconds_per_micro = 1e-6;

/// From 50 us to about 22 s, four to a doubling: a percentile between two bounds is known to a
/// tenth.
prometheus::Histogram::BucketBoundaries boundaries() {
    prometheus::Histogram::BucketBoundaries bounds;
    for (unsigned doublings = 0; doublings < 19; ++doublings) {
        for (unsigned const quarter : {50U, 59U, 71U, 84U})
            bounds.push_back(static_cast<double>(quarter << doublings) * seconds_per_micro);
    }
    return bounds;
}

}  // namespace

struct Metrics::Registry {
    prometheus::Registry registry;
    std::array<prometheus::Histogram*, layer_count> layers{};
    prometheus::Family<prometheus::Counter>& answers = prometheus::BuildCounter()
                                                           .Name("posthaste_http_answers_total")
                                                           .Help("Answers by status.")
                                                           .Register(registry);
    prometheus::Family<prometheus::Counter>& refusals = prometheus::BuildCounter()
                                                            .Name("posthaste_refusals_total")
                                                            .Help("What was refused, by reason.")
                                                            .Register(registry);
    mutable std::mutex mutex;
    std::map<std::string, prometheus::Counter*, std::less<>> by_reason;
};

Metrics::Metrics(LayerBudgets const& budgets) : registry_{std::make_unique<Registry>()} {
    auto& times = prometheus::BuildHistogram()
                      .Name("posthaste_layer_seconds")
                      .Help("Time an input took in each layer.")
                      .Register(registry_->registry);
    auto& limits = prometheus::BuildGauge()
                       .Name("posthaste_layer_budget_seconds")
                       .Help("Time each layer may take, by the configuration.")
                       .Register(registry_->registry);
    for (std::size_t i = 0; i < layer_count; ++i) {
        prometheus::Labels const labels{{"layer", std::string{names_of(Layer{})[i]}}};
        registry_->layers[i] = &times.Add(labels, boundaries());
        limits.Add(labels).Set(static_cast<double>(budgets.micros[i]) * seconds_per_micro);
    }
}

Metrics::~Metrics() = default;

void Metrics::observe(Layer layer, std::int64_t micros) {
    auto const index = static_cast<std::size_t>(layer);
    ASSERT(index < layer_count);
    registry_->layers[index]->Observe(static_cast<double>(micros) * seconds_per_micro);
}

void Metrics::answered(int status) {
    ASSERT(status >= 100);
    ASSERT(status < 600);
    registry_->answers.Add({{"status", std::to_string(status)}}).Increment();
}

void Metrics::refused(std::string_view reason) {
    std::lock_guard const lock{registry_->mutex};
    auto& known = registry_->by_reason;
    auto found = known.find(reason);
    if (found == known.end()) {
        if (known.size() >= reasons_max) reason = "other";
        auto& counter = registry_->refusals.Add({{"reason", std::string{reason}}});
        found = known.emplace(reason, &counter).first;
    }
    found->second->Increment();
}

namespace {

void add_line(
    std::string& text, std::string_view name, std::string_view type, std::uint64_t value
) {
    text += fmt::format("# TYPE posthaste_{} {}\nposthaste_{} {}\n", name, type, name, value);
}

void add_traffic(std::string& text, node::TrafficCounts const& counts) {
    add_line(text, "traffic_fixes_matched_total", "counter", counts.matched.used);
    add_line(text, "traffic_fixes_off_road_total", "counter", counts.matched.off_road);
    add_line(text, "traffic_tracks_refused_total", "counter", counts.matched.refused);
    add_line(text, "traffic_track_gaps_total", "counter", counts.matched.gaps);
    add_line(text, "traffic_track_breaks_total", "counter", counts.matched.breaks);
    add_line(text, "traffic_passages_total", "counter", counts.matched.passages);
    add_line(text, "traffic_drives_total", "counter", counts.drives);
    add_line(text, "traffic_dropped_total", "counter", counts.dropped);
    add_line(text, "traffic_renewals_total", "counter", counts.renewals);
    add_line(text, "traffic_renewal_ms", "gauge", static_cast<std::uint64_t>(counts.renewed_ms));
    add_line(text, "traffic_edges_live", "gauge", counts.edges_live);
    add_line(text, "road_reports", "gauge", counts.reports);
    add_line(text, "road_reports_nowhere", "gauge", counts.reports_nowhere);
}

void add_travel(std::string& text, TravelStats const& travel) {
    constexpr auto sources = names_of(model::TravelSource{});
    constexpr std::string_view line = "posthaste_travel_{}{{source=\"{}\"}} {}\n";
    text += "# TYPE posthaste_travel_source gauge\n";
    for (auto const source : sources)
        text += fmt::format(line, "source", source, source == name_of(travel.source) ? 1 : 0);
    text += "# TYPE posthaste_travel_times_total counter\n";
    for (std::size_t i = 0; i < sources.size(); ++i)
        text += fmt::format(line, "times_total", sources[i], travel.answered[i]);
    if (travel.traffic) add_traffic(text, *travel.traffic);
    if (!travel.outside) return;
    add_line(text, "outside_questions_total", "counter", travel.outside->questions);
    add_line(text, "outside_failures_total", "counter", travel.outside->failures);
    add_line(text, "outside_times_total", "counter", travel.outside->fetched);
    add_line(text, "outside_breaker_open", "gauge", travel.outside->is_open ? 1 : 0);
}

void add_replans(std::string& text, node::ReplanCounts const& counts) {
    add_line(text, "replan_questions_total", "counter", counts.asked);
    add_line(text, "replan_proposals_total", "counter", counts.proposed);
    add_line(text, "replan_adopted_total", "counter", counts.adopted);
    add_line(text, "replan_stale_total", "counter", counts.stale);
    add_line(text, "replan_refused_total", "counter", counts.refused);
    add_line(text, "replan_failed_total", "counter", counts.failed);
}

}  // namespace

std::string Metrics::text(
    ServerStats const& server,
    TravelStats const& travel,
    std::optional<node::ReplanCounts> const& replans
) const {
    std::string text = prometheus::TextSerializer{}.Serialize(registry_->registry.Collect());
    auto const add = [&](std::string_view name, std::string_view type, std::uint64_t value) {
        add_line(text, "http_" + std::string{name}, type, value);
    };
    add("connections", "gauge", server.connections);
    add("requests_total", "counter", server.requests);
    add("connections_refused_total", "counter", server.refused_connections);
    add("requests_malformed_total", "counter", server.malformed);
    add("headers_too_large_total", "counter", server.header_too_large);
    add("bodies_too_large_total", "counter", server.body_too_large);
    add("requests_too_slow_total", "counter", server.request_too_slow);
    add("answers_too_late_total", "counter", server.answer_too_late);
    add("subscribers_cut_total", "counter", server.subscribers_cut);
    add_travel(text, travel);
    if (replans) add_replans(text, *replans);
    return text;
}

}  // namespace posthaste::api
