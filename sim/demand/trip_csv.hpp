// Our own CSV of trips (docs/formats/demand.md), read strictly.
#pragma once

#include "demand/csv.hpp"
#include "demand/source.hpp"

namespace posthaste::demand {

class TripCsv : public Source {
public:
    explicit TripCsv(CsvTable table) : table_{std::move(table)} {}

    Result<std::optional<Trip>> next() override;
    std::uint64_t skipped() const override { return 0; }

private:
    CsvTable table_;
    Instant last_{-instant_max.millis()};
};

}  // namespace posthaste::demand
