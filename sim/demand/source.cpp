#include "demand/source.hpp"

#include <queue>

#include "demand/csv.hpp"
#include "demand/foreign.hpp"
#include "demand/trip_csv.hpp"

namespace posthaste::demand {

namespace {

struct Waiting {
    Trip trip;
    std::uint64_t number = 0;  ///< in the order they came, so that equal times keep it
};

struct IsLater {
    bool operator()(Waiting const& left, Waiting const& right) const {
        if (left.trip.time != right.trip.time) return left.trip.time > right.trip.time;
        return left.number > right.number;
    }
};

class Sorted : public Source {
public:
    Sorted(std::unique_ptr<Source> source, std::size_t window)
        : source_{std::move(source)}, window_{window} {}

    Result<std::optional<Trip>> next() override {
        while (!at_end_ && waiting_.size() < window_) {
            auto trip = TRY(source_->next());
            if (!trip) {
                at_end_ = true;
            } else if (trip->time < last_) {
                ++late_;
            } else {
                waiting_.push({std::move(*trip), number_++});
            }
        }
        if (waiting_.empty()) return std::optional<Trip>{};
        Trip trip = waiting_.top().trip;
        waiting_.pop();
        last_ = trip.time;
        return std::optional{std::move(trip)};
    }

    std::uint64_t skipped() const override { return source_->skipped() + late_; }

private:
    std::unique_ptr<Source> source_;
    std::size_t window_;
    std::priority_queue<Waiting, std::vector<Waiting>, IsLater> waiting_;
    Instant last_{-instant_max.millis()};
    std::uint64_t number_ = 0;
    std::uint64_t late_ = 0;
    bool at_end_ = false;
};

}  // namespace

std::unique_ptr<Source> sorted(std::unique_ptr<Source> source, std::size_t window) {
    ASSERT(window > 0);
    return std::make_unique<Sorted>(std::move(source), window);
}

Result<std::unique_ptr<Source>> open_trips(std::istream& in) {
    in >> std::ws;
    if (in.peek() == '[') return sorted(std::make_unique<NycTrips>(in), reorder_max);
    CsvTable table = TRY(CsvTable::open(in));
    if (table.has("tpep_pickup_datetime"))
        return sorted(std::make_unique<ForeignCsv>(std::move(table), read_nyc_yellow), reorder_max);
    if (table.has("call") && table.has("station_first_due"))
        return sorted(std::make_unique<ForeignCsv>(std::move(table), read_smfr), reorder_max);
    if (table.has("time") && table.has("pickup_lat") && table.has("pickup_lon"))
        return std::unique_ptr<Source>{std::make_unique<TripCsv>(std::move(table))};
    return Error{
        Errc::malformed,
        "line 1: neither time, pickup_lat and pickup_lon, nor the columns of a known kind of "
        "trips"};
}

}  // namespace posthaste::demand
