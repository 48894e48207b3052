// Real trips as others publish them. A row that cannot be used is skipped and counted.
#pragma once

#include "demand/csv.hpp"
#include "demand/json.hpp"
#include "demand/source.hpp"

namespace posthaste::demand {

/// Reads rows of a CSV by `read`, which gives nothing for a row that cannot be used.
class ForeignCsv : public Source {
public:
    using ReadRow = std::optional<Trip> (*)(CsvTable const& row);

    ForeignCsv(CsvTable table, ReadRow read) : table_{std::move(table)}, read_{read} {}

    Result<std::optional<Trip>> next() override;
    std::uint64_t skipped() const override { return skipped_; }

private:
    CsvTable table_;
    ReadRow read_;
    std::uint64_t skipped_ = 0;
};

/// New York's TLC, yellow cabs, as published until mid-2016: with coordinates.
std::optional<Trip> read_nyc_yellow(CsvTable const& row);
/// South Metro Fire Rescue's incidents: one stop, served for as long as it really took.
std::optional<Trip> read_smfr(CsvTable const& row);

/// deck.gl's New York trips: an array of {path: [[lon, lat], ...], timestamps: [seconds, ...]}. The
/// file does not say the day: its second 0 is the epoch.
class NycTrips : public Source {
public:
    explicit NycTrips(std::istream& in) : json_{in} {}

    Result<std::optional<Trip>> next() override;
    std::uint64_t skipped() const override { return skipped_; }

private:
    Result<std::optional<Trip>> read_trip();

    JsonReader json_;
    bool at_start_ = true;
    std::uint64_t count_ = 0;
    std::uint64_t skipped_ = 0;
};

}  // namespace posthaste::demand
