// How good the arrivals were that people were told: what was foreseen when a drive to a stop began,
// against when the stop was reached.
//
// Takes    a region's log, from its first record, or from its oldest snapshot where those are gone.
// Gives    eta_samples(): each drive that came to its stop, in order. judge(): figures of some of
//          them. by_...: the same in groups, in the order of their keys.
//          plot(): an SVG with how often arrivals kept p50 and p90 by how far ahead they were told,
//          and how late they were by the hour.
// Units    milliseconds; shares in thousandths; hours of the day in UTC.
// Errors   what the log says.
// Cost     reads and applies every record.
// Threads  pure
#pragma once

#include <map>
#include <string>
#include <vector>

#include "log/log.hpp"
#include "model/ids.hpp"
#include "model/travel_source.hpp"

namespace posthaste::main {

struct EtaSample {
    Instant told;   ///< when the drive began
    Millis ahead;   ///< from then to p50
    Millis spread;  ///< from p50 to p90
    Millis late;    ///< the arrival after p50; below 0: before
    model::TravelSource source{};
    model::ZoneId zone{};  ///< that the agent was in when they arrived; zero: none
    model::AgentId agent{};
};

struct EtaFigures {
    std::size_t drives = 0;
    Millis mean_error;            ///< of p50, without its sign
    Millis bias;                  ///< the median of how late; above 0: told too early
    std::int64_t within_p50 = 0;  ///< share that arrived by p50: 500 is right
    std::int64_t within_p90 = 0;  ///< by p90: 900 is right
    Millis spread;                ///< the mean of them
};

Result<std::vector<EtaSample>> eta_samples(log::Log const& log, RegionId region);

EtaFigures judge(std::vector<EtaSample> const& samples);
std::map<std::int64_t, EtaFigures> by_hour(std::vector<EtaSample> const& samples);
/// By the first minute of each span: 0, 5, 10, 20, 40.
std::map<std::int64_t, EtaFigures> by_minutes_ahead(std::vector<EtaSample> const& samples);
std::map<model::TravelSource, EtaFigures> by_source(std::vector<EtaSample> const& samples);
std::map<model::ZoneId, EtaFigures> by_zone(std::vector<EtaSample> const& samples);
std::map<model::AgentId, EtaFigures> by_agent(std::vector<EtaSample> const& samples);

std::string plot(std::vector<EtaSample> const& samples);

}  // namespace posthaste::main
