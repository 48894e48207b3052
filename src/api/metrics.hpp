// What /metrics says: how long each layer takes against its budget, and what was refused and why.
//
// Takes    measurements from any thread.
// Gives    Prometheus' text format.
// Units    microseconds in, seconds out, as Prometheus has it.
// Limits   labels come from closed lists; a reason past `reasons_max` different ones is "other".
// Source   prometheus-cpp (only metrics.cpp sees it).
// Threads  any
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/server.hpp"
#include "model/travel_source.hpp"
#include "node/outside_travel.hpp"
#include "node/replan.hpp"
#include "node/traffic.hpp"

namespace posthaste::api {

/// The stations of an input on its way, in their order.
enum class Layer : std::uint8_t { ingest, decide, commit, publish, seen };
constexpr auto names_of(Layer) {
    return std::to_array<std::string_view>({"ingest", "decide", "commit", "publish", "seen"});
}
constexpr std::size_t layer_count = 5;
constexpr std::size_t reasons_max = 256;

/// What each layer may take, from the configuration.
struct LayerBudgets {
    std::array<std::int64_t, layer_count> micros{1000, 2000, 10'000, 5000, 50'000};
};

/// Where travel times come from, and what was learned of them.
struct TravelStats {
    model::TravelSource source = model::TravelSource::great_circle;  ///< now
    node::AnswerCounts answered{};
    std::optional<node::TrafficCounts> traffic;  ///< on roads
    std::optional<node::OutsideCounts> outside;  ///< of another server
};

class Metrics {
public:
    explicit Metrics(LayerBudgets const& budgets = {});
    Metrics(Metrics const&) = delete;
    Metrics& operator=(Metrics const&) = delete;
    ~Metrics();

    void observe(Layer layer, std::int64_t micros);
    void answered(int status);
    void refused(std::string_view reason);  ///< a Rejection's or a problem's name
    /// `replans`: nothing where nobody plans again.
    std::string text(
        ServerStats const& server,
        TravelStats const& travel,
        std::optional<node::ReplanCounts> const& replans = {}
    ) const;

private:
    struct Registry;
    std::unique_ptr<Registry> registry_;
};

}  // namespace posthaste::api
