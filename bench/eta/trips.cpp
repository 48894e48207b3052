#include "bench/eta/trips.hpp"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <cmath>
#include <utility>

namespace posthaste::bench {

namespace {

namespace json = simdjson::dom;

std::int32_t between(std::int32_t a, std::int32_t b, std::int64_t step, std::int64_t steps) {
    return static_cast<std::int32_t>(a + (std::int64_t{b} - a) * step / steps);
}

/// `fix`, and before it what lies between.
void add(TripFixes& fixes, model::Fix const& fix) {
    if (!fixes.empty()) {
        auto const last = fixes.back();
        auto const span = (fix.time - last.time).count();
        auto const steps = span / fix_gap.count() + 1;
        for (std::int64_t step = 1; step < steps; ++step) {
            auto between_them = fix;
            between_them.time = last.time + Millis{span * step / steps};
            between_them.place = {
                between(last.place.lat, fix.place.lat, step, steps),
                between(last.place.lon, fix.place.lon, step, steps)};
            fixes.push_back(between_them);
        }
    }
    fixes.push_back(fix);
}

bool read_trip(json::element trip, Instant begin, model::AgentId agent, TripFixes& fixes) {
    json::array path;
    json::array times;
    if (trip["path"].get(path) != simdjson::SUCCESS) return false;
    if (trip["timestamps"].get(times) != simdjson::SUCCESS) return false;
    if (path.size() != times.size()) return false;
    auto time = times.begin();
    for (auto const point : path) {
        double lon = 0;
        double lat = 0;
        double seconds = 0;
        if (point.at(0).get(lon) != simdjson::SUCCESS) return false;
        if (point.at(1).get(lat) != simdjson::SUCCESS) return false;
        if ((*time).get(seconds) != simdjson::SUCCESS) return false;
        ++time;
        model::Fix fix;
        fix.agent = agent;
        fix.place = {
            static_cast<std::int32_t>(std::lround(lat * 1e7)),
            static_cast<std::int32_t>(std::lround(lon * 1e7))};
        fix.time = begin + Millis{std::llround(seconds * 1000)};
        fix.accuracy_m = 5;
        add(fixes, fix);
    }
    return fixes.size() >= 2;
}

}  // namespace

Result<std::vector<TripFixes>> read_trips(std::filesystem::path const& file, Instant begin) {
    json::parser parser;
    json::array trips;
    if (auto const code = parser.load(file.string()).get(trips); code != simdjson::SUCCESS)
        return Error{Errc::not_found, file.string() + ": " + simdjson::error_message(code)};
    std::vector<TripFixes> all;
    for (auto const trip : trips) {
        all.emplace_back();
        if (!read_trip(trip, begin, model::AgentId{all.size()}, all.back()))
            return Error{Errc::malformed, file.string() + ": trip " + std::to_string(all.size())};
    }
    return all;
}

}  // namespace posthaste::bench
