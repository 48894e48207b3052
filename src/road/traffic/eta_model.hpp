// How long a drive takes beside what the roads say: learned from the drives there were.
//
// Takes    EtaBook: drives as they were foreseen by a metric, and what they took.
//          EtaModel: a drive as it is foreseen.
// Gives    EtaBook::model(): the corrections that follow from the newest drives_max drives, as
//          tables of integers. EtaModel::corrected(): the time to be expected, by the drive's
//          length, hour of the week, and zones of origin and destination.
//          band(): p50, that by the agent's own pace too; p90, which nine drives in ten do not
//          pass; how much evidence there is.
//          encode(), decode(): both as bytes; no place or name of a person is in them, only zones.
// Units    milliseconds; tables in 1/65536. A zone is a cell of about 1.1 x 1.1 km.
// Errors   decode: corrupt, too_new.
// Order    The same drives in the same order give the same model on every machine: integers only
//          where it answers; where it learns, sums and medians.
// Cost     learn() O(1); model() about 1 us a drive; an answer about 50 ns.
// Threads  EtaModel: a value, shared immutable. EtaBook: one.
// Limits   drives_max: the oldest goes. zones_max and agents_max in a model: those with fewest
//          drives are left out and answered by the rest of the tables.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "model/ids.hpp"
#include "model/place.hpp"

namespace posthaste::road {

constexpr std::size_t drives_max = 20'000;
constexpr std::size_t zones_max = 4096;
constexpr std::size_t agents_max = 8192;

struct Drive {
    Millis foreseen;  ///< by the metric
    Instant begun;
    model::Position from;
    model::Position to;
    model::AgentId agent{};  ///< zero: not known yet
};

struct EtaBand {
    Millis p50;
    Millis p90;
    std::int32_t confidence = 0;  ///< per mille
};

class EtaModel {
public:
    /// As foreseen, with a wide band: nothing is known.
    EtaModel() = default;

    Millis corrected(Drive const& drive) const;
    EtaBand band(Drive const& drive) const;

    std::string encode() const;
    static Result<EtaModel> decode(std::string_view bytes);
};

class EtaBook {
public:
    void learn(Drive const& drive, Millis took);
    std::size_t drive_count() const;
    EtaModel model() const;

    std::string encode() const;
    static Result<EtaBook> decode(std::string_view bytes);
};

}  // namespace posthaste::road
