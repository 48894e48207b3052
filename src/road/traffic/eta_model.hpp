// How long a drive takes beside what the roads say: learned from the drives there were.
//
// Takes    EtaBook: drives as they were foreseen by a metric before they began, and what they took.
//          EtaModel: a drive as it is foreseen.
// Gives    EtaBook::model(): the corrections that follow from the newest drives_max drives, as
//          tables of integers. EtaModel::corrected(): the time to be expected, by the drive's
//          length, how far it is beside the straight line, hour of the week, and zones of origin
//          and destination. band(): p50, that by the agent's own pace too; p90, which nine drives
//          in ten do not pass; how much evidence there is.
//          encode(), decode(): both as bytes; of places only their zones are kept.
// Units    milliseconds; tables in 1/65536. A zone is 2 km wide.
// Errors   decode: corrupt, too_new.
// Order    An answer is integers only: the same on every machine. Learning is not: it gives a
//          model, and whoever decides by it keeps its bytes.
// Cost     learn() O(1); model() about 1 us a drive; an answer about 0.1 us.
// Threads  EtaModel: a value, shared immutable. EtaBook: one.
// Limits   drives_max: the oldest goes. zones_max and agents_max in a model: those with the fewest
//          drives are answered as others are.
// Source   additive effects by backfitting: Hastie and Tibshirani, Generalized Additive Models,
//          1986; drawn towards 0 by credibility; the band from residuals without the drive itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"
#include "model/ids.hpp"
#include "model/place.hpp"

namespace posthaste::road {

constexpr std::size_t drives_max = 20'000;
constexpr std::size_t zones_max = 4096;
constexpr std::size_t agents_max = 16'384;

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

/// What a model knows, in 1/65536; empty: nothing, everything is as foreseen.
struct EtaTables {
    using Keyed = std::vector<std::pair<std::uint64_t, std::int32_t>>;  ///< by key

    std::uint32_t version = 0;
    std::vector<std::int32_t> lengths;  ///< by knot
    std::vector<std::int32_t> detours;  ///< by knot
    std::vector<std::int32_t> hours;    ///< of the week
    Keyed origins;
    Keyed destinations;
    Keyed agents;
    std::vector<std::int32_t> p90;       ///< by knot of length, of p50
    std::vector<std::int32_t> evidence;  ///< by knot of length: drives

    bool operator==(EtaTables const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "version", self.version);
        field(2, "lengths", self.lengths);
        field(3, "detours", self.detours);
        field(4, "hours", self.hours);
        field(5, "origins", self.origins);
        field(6, "destinations", self.destinations);
        field(7, "agents", self.agents);
        field(8, "p90", self.p90);
        field(9, "evidence", self.evidence);
    }
};

class EtaModel {
public:
    /// As foreseen, with a wide band: nothing is known.
    EtaModel() = default;

    Millis corrected(Drive const& drive) const;
    EtaBand band(Drive const& drive) const;
    /// The same of drives whose times are corrected, and added up.
    EtaBand around(Millis corrected, model::AgentId agent) const;
    bool is_empty() const { return tables_.lengths.empty(); }

    std::string encode() const;
    static Result<EtaModel> decode(std::string_view bytes);

private:
    friend class EtaBook;
    explicit EtaModel(EtaTables tables) : tables_{std::move(tables)} {}

    EtaTables tables_;
};

/// A drive that is over, as it is kept.
struct PastDrive {
    Millis foreseen;
    Millis took;
    Instant begun;
    std::int64_t straight_m = 0;
    std::uint64_t origin = 0;
    std::uint64_t destination = 0;
    model::AgentId agent{};

    bool operator==(PastDrive const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "foreseen", self.foreseen);
        field(2, "took", self.took);
        field(3, "begun", self.begun);
        field(4, "straight_m", self.straight_m);
        field(5, "origin", self.origin);
        field(6, "destination", self.destination);
        field(7, "agent", self.agent);
    }
};

class EtaBook {
public:
    /// Drives foreseen or done in less than a second say nothing and are passed over.
    void learn(Drive const& drive, Millis took);
    std::size_t drive_count() const { return drives_.size(); }
    EtaModel model() const;

    std::string encode() const;
    static Result<EtaBook> decode(std::string_view bytes);

private:
    std::vector<PastDrive> drives_;  ///< a ring once it is full
    std::size_t next_ = 0;
};

}  // namespace posthaste::road
