#include "demand/foreign.hpp"

#include <array>
#include <string>
#include <string_view>

#include "demand/text.hpp"

namespace posthaste::demand {

namespace {

using Token = JsonReader::Token;

constexpr Millis ride_patience{600'000};      // a passenger waits ten minutes
constexpr Millis ride_service{30'000};        // to get in, and to get out
constexpr Millis incident_patience{480'000};  // the first unit within eight minutes
constexpr Millis incident_service{1'200'000};
constexpr Millis incident_service_max{86'400'000};
constexpr std::int64_t seats_max = 8;

/// Trackers and forms write a missing place as 0, 0.
std::optional<model::Position> real_place(std::string_view lat, std::string_view lon) {
    auto const place = parse_position(lat, lon);
    if (!place || *place == model::Position{}) return std::nullopt;
    return place;
}

/// "1191" or "1193.803" seconds.
std::optional<Millis> parse_seconds(std::string_view text) {
    auto const point = text.find('.');
    auto const seconds = parse_integer(text.substr(0, point));
    constexpr std::int64_t seconds_max = 1'000'000'000;
    if (!seconds || *seconds < 0 || *seconds > seconds_max) return std::nullopt;
    std::string millis = "000";
    if (point != std::string_view::npos) {
        auto const digits = text.substr(point + 1, 3);
        millis.replace(0, digits.size(), digits);
    }
    auto const rest = parse_integer(millis);
    if (!rest || *rest < 0) return std::nullopt;
    return Millis{*seconds * 1000 + *rest};
}

Trip ride(Instant time, model::Position pickup, model::Position dropoff) {
    Trip trip;
    trip.time = time;
    trip.pickup = pickup;
    trip.dropoff = dropoff;
    trip.window = {time, time + ride_patience};
    trip.service = ride_service;
    trip.load.amount[load_seats] = 1;
    return trip;
}

/// What one member of a trip's object holds, of those that count.
struct Path {
    std::array<std::string, 2> first;  ///< lon, lat
    std::array<std::string, 2> last;
    std::string start;  ///< seconds
};

/// [[lon, lat], ...]
Status read_path(JsonReader& json, Path& path) {
    std::size_t const depth = json.depth();
    std::size_t count = 0;
    bool is_first = true;
    while (json.depth() >= depth) {
        Token const token = TRY(json.next());
        if (token == Token::begin_array) count = 0;
        if (token == Token::number && count < 2) path.last[count++] = json.text();
        if (token != Token::end_array || count != 2) continue;
        if (is_first) path.first = path.last;
        is_first = false;
        count = 0;
    }
    return Unit{};
}

/// [seconds, ...]
Status read_start(JsonReader& json, Path& path) {
    for (;;) {
        Token const token = TRY(json.next());
        if (token == Token::end_array) return Unit{};
        if (token == Token::number && path.start.empty()) path.start = json.text();
        TRY(json.skip(token));
    }
}

}  // namespace

Result<std::optional<Trip>> ForeignCsv::next() {
    for (;;) {
        bool const any = TRY(table_.next());
        if (!any) return std::optional<Trip>{};
        auto trip = read_(table_);
        if (trip) return trip;
        ++skipped_;
    }
}

std::optional<Trip> read_nyc_yellow(CsvTable const& row) {
    auto const time = parse_time(row.at("tpep_pickup_datetime"));
    auto const pickup = real_place(row.at("pickup_latitude"), row.at("pickup_longitude"));
    auto const dropoff = real_place(row.at("dropoff_latitude"), row.at("dropoff_longitude"));
    if (!time || !pickup || !dropoff) return std::nullopt;
    Trip trip = ride(*time, *pickup, *dropoff);
    trip.reference = "yellow-" + std::to_string(row.line());
    auto const seats = parse_integer(row.at("passenger_count")).value_or(1);
    trip.load.amount[load_seats] =
        static_cast<std::int32_t>(seats >= 1 && seats <= seats_max ? seats : 1);
    return trip;
}

std::optional<Trip> read_smfr(CsvTable const& row) {
    auto const call = parse_time(row.at("call"));
    auto const place = real_place(row.at("lat"), row.at("lon"));
    if (!call || !place) return std::nullopt;
    Trip trip;
    trip.time = *call;
    trip.reference = "incident-" + std::to_string(row.line());
    trip.kind = "incident";
    trip.pickup = *place;
    trip.window = {*call, *call + incident_patience};
    trip.service = incident_service;
    auto const arrived = parse_time(row.at("arrived"));
    auto const cleared = parse_time(row.at("cleared"));
    bool const is_known =
        arrived && cleared && *cleared > *arrived && *cleared - *arrived <= incident_service_max;
    if (is_known) trip.service = *cleared - *arrived;
    if (row.at("category").find("EMS") != std::string_view::npos) trip.skills = {"medic"};
    bool const is_emergent = row.at("response") == "Emergent";
    trip.priority = is_emergent ? model::priority_max : model::priority_max / 2;
    return trip;
}

Result<std::optional<Trip>> NycTrips::read_trip() {
    Path path;
    for (;;) {
        Token const token = TRY(json_.next());
        if (token == Token::end_object) break;
        std::string const key = json_.text();
        Token const value = TRY(json_.next());
        if (key == "path" && value == Token::begin_array) {
            TRY(read_path(json_, path));
        } else if (key == "timestamps" && value == Token::begin_array) {
            TRY(read_start(json_, path));
        } else {
            TRY(json_.skip(value));
        }
    }
    ++count_;
    auto const seconds = parse_seconds(path.start);
    auto const pickup = real_place(path.first[1], path.first[0]);
    auto const dropoff = real_place(path.last[1], path.last[0]);
    if (!seconds || !pickup || !dropoff) return std::optional<Trip>{};
    Trip trip = ride(Instant{} + *seconds, *pickup, *dropoff);
    trip.reference = "trip-" + std::to_string(count_);
    return std::optional{std::move(trip)};
}

Result<std::optional<Trip>> NycTrips::next() {
    if (at_start_) {
        Token const first = TRY(json_.next());
        if (first != Token::begin_array) return Error{Errc::malformed, "trips are an array"};
        at_start_ = false;
    }
    for (;;) {
        Token const token = TRY(json_.next());
        if (token == Token::end_array || token == Token::end) return std::optional<Trip>{};
        if (token != Token::begin_object) return Error{Errc::malformed, "a trip is an object"};
        auto trip = TRY(read_trip());
        if (trip) return trip;
        ++skipped_;
    }
}

}  // namespace posthaste::demand
