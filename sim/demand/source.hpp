// Where trips come from, one at a time and in the order of their time: files of several kinds.
//
// Takes    a stream. Its kind is seen by its beginning: our own CSV (docs/formats/demand.md), the
//          yellow-cab CSV of New York's TLC, deck.gl's New York trips (JSON), or South Metro Fire
//          Rescue's incidents (CSV).
// Gives    trips with times that never fall; fleets whole. Our own CSV is strict: the first row
//          that is wrong is an error with its line. Foreign rows that cannot be used are counted
//          instead: real data has holes.
// Errors   malformed with the line, limit_exceeded.
// Cost     memory for one row, and for foreign kinds reorder_max trips to sort within: a trace of a
//          month fits as well as one of an hour.
// Limits   row_bytes_max a row; members_max in a fleet.
// Threads  one thread
#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <vector>

#include "base/result.hpp"
#include "demand/trip.hpp"

namespace posthaste::demand {

constexpr std::size_t reorder_max = 100'000;
constexpr std::size_t members_max = 2'000'000;

class Source {
public:
    Source() = default;
    Source(Source const&) = delete;
    Source& operator=(Source const&) = delete;
    virtual ~Source() = default;

    /// The next trip; nothing at the end.
    virtual Result<std::optional<Trip>> next() = 0;

    /// Rows that could not be used so far.
    virtual std::uint64_t skipped() const = 0;
};

/// Requires: `in` outlives the source. Errors: malformed when no kind has such a beginning.
Result<std::unique_ptr<Source>> open_trips(std::istream& in);

/// Our own CSV, as docs/formats/demand.md describes it.
class TripWriter {
public:
    /// Writes the header. Requires: `out` outlives the writer.
    explicit TripWriter(std::ostream& out);
    void write(Trip const& trip);

private:
    std::ostream* out_;
};

Result<std::vector<Member>> read_fleet(std::istream& in);
void write_fleet(std::ostream& out, std::vector<Member> const& fleet);

/// Sorts what comes nearly sorted: holds `window` trips and gives the earliest of them. A trip that
/// comes too late for its place is skipped. Equal times keep their order.
std::unique_ptr<Source> sorted(std::unique_ptr<Source> source, std::size_t window);

}  // namespace posthaste::demand
