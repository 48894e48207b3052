// Roads as they are at one time: how long everything takes now, from where that is known.
//
// Takes    roads; what traffic makes of them (traffic/factors.hpp), and what was learned of drives
//          (traffic/eta_model.hpp).
// Gives    a metric for each profile, and what to make of its times. free_flow(): the empty roads.
//          hash(): the same network, times and model, the same number.
// Cost     made: a customisation for each profile whose times are not those of empty roads.
// Threads  shared immutable; made on any thread, with `threads` of its own.
#pragma once

#include <array>
#include <memory>

#include "base/instant.hpp"
#include "model/travel_source.hpp"
#include "road/roads.hpp"
#include "road/traffic/eta_model.hpp"
#include "road/traffic/factors.hpp"

namespace posthaste::road {

class Conditions {
public:
    /// What is known of the traffic.
    struct Traffic {
        Factors factors;
        EtaModel drives{};
        model::TravelSource source = model::TravelSource::free_flow;
        std::uint8_t confidence = 0;  ///< percent
        Instant at;                   ///< as of when
    };

    static std::shared_ptr<Conditions const> free_flow(std::shared_ptr<Roads const> roads);
    /// Requires: a factor for each edge.
    static std::shared_ptr<Conditions const> make(
        std::shared_ptr<Roads const> roads, Traffic traffic, unsigned threads = 1
    );

    Roads const& roads() const { return *roads_; }
    /// Requires: roads().is_for(profile).
    Metric const& metric(Profile profile) const { return *metrics_[index_of(profile)]; }
    model::TravelSource source() const { return source_; }
    std::uint8_t confidence() const { return confidence_; }
    EtaModel const& drives() const { return drives_; }
    Instant at() const { return at_; }
    std::uint64_t hash() const { return hash_; }

private:
    explicit Conditions(std::shared_ptr<Roads const> roads);
    void set_hash();

    std::shared_ptr<Roads const> roads_;
    std::array<std::shared_ptr<Metric const>, profile_count> metrics_;
    model::TravelSource source_ = model::TravelSource::free_flow;
    EtaModel drives_;
    std::uint8_t confidence_ = 0;
    Instant at_;
    std::uint64_t hash_ = 0;
};

}  // namespace posthaste::road
