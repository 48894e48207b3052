#include "demand/trip_csv.hpp"

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include "demand/text.hpp"

namespace posthaste::demand {

namespace {

/// Between the names or numbers of one cell.
constexpr char separator = ';';

/// Reads the cells of one row; the first that is wrong is remembered, the rest may be read on.
class Cells {
public:
    explicit Cells(CsvTable const& table) : table_{&table} {}

    std::string text(std::string_view column) const { return std::string{table_->at(column)}; }

    std::int64_t integer(
        std::string_view column, std::int64_t low, std::int64_t high, std::int64_t otherwise
    ) {
        auto const cell = table_->at(column);
        if (cell.empty()) return otherwise;
        auto const value = parse_integer(cell);
        if (value && *value >= low && *value <= high) return *value;
        fail(column, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
        return otherwise;
    }

    Instant time(std::string_view column, Instant otherwise) {
        auto const cell = table_->at(column);
        if (cell.empty()) return otherwise;
        auto const value = parse_time(cell);
        if (!value) fail(column, "a time such as 2026-03-02T08:00:00Z");
        return value.value_or(otherwise);
    }

    model::Position place(std::string_view lat, std::string_view lon) {
        auto const value = parse_position(table_->at(lat), table_->at(lon));
        if (!value) fail(lat, "with " + std::string{lon} + " a place in degrees");
        return value.value_or(model::Position{});
    }

    std::vector<std::string> names(std::string_view column) const {
        std::vector<std::string> names;
        for_each_part(column, [&](std::string_view part) { names.emplace_back(part); });
        return names;
    }

    model::Load load(std::string_view column) {
        model::Load load;
        std::size_t count = 0;
        for_each_part(column, [&](std::string_view part) {
            auto const amount = parse_integer(part);
            bool const fits = amount && *amount >= 0 && *amount <= model::load_max;
            if (!fits || count == load.amount.size()) {
                fail(column, "up to four amounts such as 0;1;12");
                return;
            }
            load.amount[count++] = static_cast<std::int32_t>(*amount);
        });
        return load;
    }

    void fail(std::string_view column, std::string const& wanted) {
        if (!error_.empty()) return;
        error_ = "line " + std::to_string(table_->line()) + ", " + std::string{column} + ": '" +
                 text(column) + "' is not " + wanted;
    }
    std::string const& error() const { return error_; }

private:
    void for_each_part(std::string_view column, auto&& take) const {
        auto rest = table_->at(column);
        while (!rest.empty()) {
            auto const end = std::min(rest.find(separator), rest.size());
            take(rest.substr(0, end));
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }

    CsvTable const* table_;
    std::string error_;
};

constexpr std::int64_t service_s_max = std::int64_t{7} * 24 * 3600;

Trip read_trip(Cells& cells) {
    Trip trip;
    trip.time = cells.time("time", Instant{});
    if (cells.text("time").empty()) cells.fail("time", "a time such as 2026-03-02T08:00:00Z");
    trip.reference = cells.text("reference");
    if (auto kind = cells.text("kind"); !kind.empty()) trip.kind = std::move(kind);
    trip.pickup = cells.place("pickup_lat", "pickup_lon");
    bool const is_one_way = cells.text("dropoff_lat").empty() && cells.text("dropoff_lon").empty();
    if (!is_one_way) trip.dropoff = cells.place("dropoff_lat", "dropoff_lon");
    trip.window.earliest = cells.time("earliest", trip.time);
    trip.window.latest = cells.time("latest", instant_max);
    if (trip.window.latest < trip.window.earliest) cells.fail("latest", "after earliest");
    trip.service = Millis{1000 * cells.integer("service_s", 0, service_s_max, 0)};
    trip.load = cells.load("load");
    trip.skills = cells.names("skills");
    trip.vehicles = cells.names("vehicles");
    trip.features = cells.names("features");
    trip.priority = static_cast<std::int32_t>(cells.integer("priority", 0, model::priority_max, 0));
    return trip;
}

Member read_member(Cells& cells) {
    Member member;
    member.reference = cells.text("reference");
    if (member.reference.empty()) cells.fail("reference", "a name");
    member.home = cells.place("lat", "lon");
    member.shift.start = cells.time("shift_start", Instant{});
    member.shift.end = cells.time("shift_end", instant_max);
    if (member.shift.end < member.shift.start) cells.fail("shift_end", "after shift_start");
    member.skills = cells.names("skills");
    if (auto vehicle = cells.text("vehicle"); !vehicle.empty()) member.vehicle = std::move(vehicle);
    member.features = cells.names("features");
    member.capacity = cells.load("capacity");
    member.weight = static_cast<std::int32_t>(
        cells.integer("weight", 1, std::numeric_limits<std::int32_t>::max(), model::weight_one)
    );
    return member;
}

std::string joined(std::vector<std::string> const& names) {
    std::string text;
    for (auto const& name : names) {
        if (!text.empty()) text += separator;
        text += name;
    }
    return csv_cell(text);
}

/// Amounts after the last one that is not zero are left out.
std::string joined(model::Load const& load) {
    std::size_t count = load.amount.size();
    while (count > 0 && load.amount[count - 1] == 0)
        --count;
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += (i == 0 ? "" : ";") + std::to_string(load.amount[i]);
    return text;
}

std::string time_or_empty(Instant time, Instant empty) {
    return time == empty ? std::string{} : format_time(time);
}

}  // namespace

Result<std::optional<Trip>> TripCsv::next() {
    bool const any = TRY(table_.next());
    if (!any) return std::optional<Trip>{};
    Cells cells{table_};
    Trip trip = read_trip(cells);
    if (trip.time < last_) cells.fail("time", "at or after the row before: sort the file by time");
    if (!cells.error().empty()) return Error{Errc::malformed, cells.error()};
    last_ = trip.time;
    return std::optional{std::move(trip)};
}

TripWriter::TripWriter(std::ostream& out) : out_{&out} {
    *out_ << "time,reference,kind,pickup_lat,pickup_lon,dropoff_lat,dropoff_lon,earliest,latest,"
             "service_s,load,skills,vehicles,features,priority\n";
}

void TripWriter::write(Trip const& trip) {
    *out_ << format_time(trip.time) << ',' << csv_cell(trip.reference) << ',' << csv_cell(trip.kind)
          << ',' << format_degrees(trip.pickup.lat) << ',' << format_degrees(trip.pickup.lon)
          << ',';
    if (trip.dropoff) *out_ << format_degrees(trip.dropoff->lat);
    *out_ << ',';
    if (trip.dropoff) *out_ << format_degrees(trip.dropoff->lon);
    *out_ << ',' << time_or_empty(trip.window.earliest, trip.time) << ','
          << time_or_empty(trip.window.latest, instant_max) << ',' << trip.service.count() / 1000
          << ',' << joined(trip.load) << ',' << joined(trip.skills) << ',' << joined(trip.vehicles)
          << ',' << joined(trip.features) << ',' << trip.priority << '\n';
}

Result<std::vector<Member>> read_fleet(std::istream& in) {
    CsvTable table = TRY(CsvTable::open(in));
    std::vector<Member> fleet;
    for (;;) {
        bool const any = TRY(table.next());
        if (!any) return fleet;
        if (fleet.size() == members_max)
            return Error{Errc::limit_exceeded, "the fleet is too large"};
        Cells cells{table};
        fleet.push_back(read_member(cells));
        if (!cells.error().empty()) return Error{Errc::malformed, cells.error()};
    }
}

void write_fleet(std::ostream& out, std::vector<Member> const& fleet) {
    out << "reference,lat,lon,shift_start,shift_end,skills,vehicle,features,capacity,weight\n";
    for (auto const& member : fleet) {
        out << csv_cell(member.reference) << ',' << format_degrees(member.home.lat) << ','
            << format_degrees(member.home.lon) << ','
            << time_or_empty(member.shift.start, Instant{}) << ','
            << time_or_empty(member.shift.end, instant_max) << ',' << joined(member.skills) << ','
            << csv_cell(member.vehicle) << ',' << joined(member.features) << ','
            << joined(member.capacity) << ',' << member.weight << '\n';
    }
}

}  // namespace posthaste::demand
