#include "demand/generate.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <string>

namespace posthaste::demand {

namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::int64_t minutes_per_day = 1440;

/// How busy each hour of the day is: quiet nights, a morning, and the surge from 14:00.
constexpr std::array<std::int64_t, 24> day_curve{12, 8,  6,   6,  8,  18, 34, 56, 70, 66, 60, 66,
                                                 74, 82, 120, 88, 72, 70, 64, 52, 40, 32, 24, 16};
constexpr std::int64_t day_curve_sum =
    std::accumulate(day_curve.begin(), day_curve.end(), std::int64_t{0});

constexpr std::array<std::string_view, 5> repair_skills{
    "electrics", "plumbing", "heating", "locks", "appliances"};

/// When shifts begin and how long they last, in hours of the day; a thousandth of the fleet each.
struct ShiftPattern {
    std::int64_t begins;
    std::int64_t hours;
    std::int64_t per_mille;
};
constexpr std::array<ShiftPattern, 5> shift_patterns{
    {{6, 9, 250}, {8, 9, 300}, {12, 9, 250}, {15, 9, 120}, {22, 9, 80}}};

Instant midnight_before(Instant time) {
    std::int64_t const into_day = ((time.millis() % day_ms) + day_ms) % day_ms;
    return time - Millis{into_day};
}

model::Position any_of(Places const& places, Prng& prng) {
    return places.nodes[prng.below(places.nodes.size())];
}

/// The kind that the draw falls on; parts are given in a thousand.
std::size_t draw_kind(Mix const& mix, Prng& prng) {
    auto const draw = static_cast<std::int64_t>(prng.below(1000));
    if (draw < mix.rides) return 0;
    return draw < mix.rides + mix.parcels ? 1 : 2;
}

/// Binomial(trials, 1/8): the ones that three random words share, 64 trials at a time.
std::int64_t draw_eighths(std::int64_t trials, Prng& prng) {
    std::int64_t count = 0;
    for (; trials > 0; trials -= 64) {
        std::uint64_t word = prng.next() & prng.next() & prng.next();
        if (trials < 64) word &= (std::uint64_t{1} << static_cast<unsigned>(trials)) - 1;
        count += std::popcount(word);
    }
    return count;
}

Trip make_ride(Instant time, Places const& places, Prng& prng) {
    Trip trip;
    trip.kind = "ride";
    trip.pickup = any_of(places, prng);
    trip.dropoff = any_of(places, prng);
    trip.window = {time, time + Millis{15 * minute_ms}};
    trip.service = Millis{30'000};
    trip.load.amount[load_seats] = prng.chance(800) ? 1 : 2;
    trip.vehicles = {"car"};
    if (prng.chance(30)) trip.features = {"wheelchair"};
    return trip;
}

Trip make_parcel(
    Instant time, Places const& places, std::vector<model::Position> const& hubs, Prng& prng
) {
    Trip trip;
    trip.kind = "parcel";
    trip.pickup = hubs[prng.below(hubs.size())];
    trip.dropoff = any_of(places, prng);
    trip.window = {time, time + Millis{4 * hour_ms}};
    trip.service = Millis{90'000};
    trip.load.amount[load_parcels] = 1;
    trip.load.amount[load_kilograms] = static_cast<std::int32_t>(prng.between(1, 12));
    trip.vehicles = {"van", "cargo_bike"};
    return trip;
}

Trip make_repair(Instant time, Places const& places, Prng& prng) {
    Trip trip;
    trip.kind = "repair";
    trip.pickup = any_of(places, prng);
    Instant const earliest = time + Millis{prng.between(1, 6) * 30 * minute_ms};
    trip.window = {earliest, earliest + Millis{2 * hour_ms}};
    trip.service = Millis{prng.between(2, 8) * 15 * minute_ms};
    auto const first = prng.below(repair_skills.size());
    trip.skills = {std::string{repair_skills[first]}};
    if (prng.chance(150))
        trip.skills.emplace_back(repair_skills[(first + 1) % repair_skills.size()]);
    trip.priority = prng.chance(100) ? 80 : 20;
    return trip;
}

class Generator : public Source {
public:
    Generator(City const& city, Places const& places)
        : city_{city},
          places_{&places},
          hubs_{make_hubs(city, places)},
          prng_{city.seed ^ 0x7472697073ULL},
          minute_{city.start} {}

    Result<std::optional<Trip>> next() override {
        Instant const end = city_.start + city_.length;
        while (position_ == times_.size()) {
            if (minute_ >= end) return std::optional<Trip>{};
            draw_minute(std::min(end, minute_ + Millis{minute_ms}));
        }
        return std::optional{make_trip(times_[position_++])};
    }

    std::uint64_t skipped() const override { return 0; }

private:
    /// Eighths of the trips that the minute is to have, times the fraction of it until `end`.
    std::int64_t trials_until(Instant end) {
        std::int64_t const minute_of_day = (minute_ - midnight_before(minute_)).count() / minute_ms;
        auto const hour = static_cast<std::size_t>(minute_of_day / 60);
        // In units of 1 / (scale * minute_ms) trial, so that nothing is lost to rounding over a
        // day.
        bool const is_flat = city_.curve == Curve::flat;
        std::int64_t const scale = is_flat ? minutes_per_day : day_curve_sum * 60;
        std::int64_t const weight = is_flat ? 1 : day_curve[hour];
        __extension__ using Wide = __int128;
        Wide const share =
            static_cast<Wide>(8 * city_.trips_per_day * weight) * (end - minute_).count();
        Wide const total = share + rest_;
        Wide const unit = static_cast<Wide>(scale) * minute_ms;
        rest_ = static_cast<std::int64_t>(total % unit);
        return static_cast<std::int64_t>(total / unit);
    }

    void draw_minute(Instant end) {
        times_.clear();
        position_ = 0;
        std::int64_t const count = draw_eighths(trials_until(end), prng_);
        for (std::int64_t i = 0; i < count; ++i)
            times_.push_back(minute_ + Millis{prng_.between(0, (end - minute_).count() - 1)});
        std::ranges::sort(times_);
        minute_ = end;
    }

    Trip make_trip(Instant time) {
        std::size_t const kind = draw_kind(city_.trips, prng_);
        Trip trip = kind == 0   ? make_ride(time, *places_, prng_)
                    : kind == 1 ? make_parcel(time, *places_, hubs_, prng_)
                                : make_repair(time, *places_, prng_);
        trip.time = time;
        trip.reference = trip.kind + "-" + std::to_string(++count_);
        return trip;
    }

    City city_;
    Places const* places_;
    std::vector<model::Position> hubs_;
    Prng prng_;
    Instant minute_;
    std::int64_t rest_ = 0;
    std::vector<Instant> times_;  ///< of the minute being given, sorted
    std::size_t position_ = 0;
    std::uint64_t count_ = 0;
};

model::Shift draw_shift(Instant midnight, Prng& prng) {
    auto draw = static_cast<std::int64_t>(prng.below(1000));
    for (auto const& pattern : shift_patterns) {
        draw -= pattern.per_mille;
        if (draw >= 0) continue;
        // Not everybody comes at the same minute.
        Instant const begin =
            midnight + Millis{pattern.begins * hour_ms + prng.between(-30, 30) * minute_ms};
        return {begin, begin + Millis{pattern.hours * hour_ms}};
    }
    ASSERT(false);
    return {};
}

void equip_driver(Member& member, Prng& prng) {
    member.vehicle = "car";
    member.capacity.amount[load_seats] = 4;
    if (prng.chance(120)) member.features = {"wheelchair"};
}

void equip_courier(Member& member, Prng& prng) {
    bool const is_bike = prng.chance(300);
    member.vehicle = is_bike ? "cargo_bike" : "van";
    member.capacity.amount[load_parcels] = is_bike ? 30 : 60;
    member.capacity.amount[load_kilograms] = is_bike ? 200 : 900;
}

void equip_technician(Member& member, Prng& prng) {
    member.vehicle = "workshop_van";
    auto const first = prng.below(repair_skills.size());
    auto const count = 1 + prng.below(3);
    for (std::uint64_t i = 0; i < count; ++i)
        member.skills.emplace_back(repair_skills[(first + i) % repair_skills.size()]);
}

bool is_thousand(Mix const& mix) {
    bool const is_positive = mix.rides >= 0 && mix.parcels >= 0 && mix.repairs >= 0;
    return is_positive && mix.rides + mix.parcels + mix.repairs == 1000;
}

std::string numbered(std::string_view prefix, std::int64_t number) {
    std::string const digits = std::to_string(number);
    return std::string{prefix} + std::string(7 - std::min<std::size_t>(7, digits.size()), '0') +
           digits;
}

}  // namespace

Status check(City const& city) {
    auto const wrong = [](std::string const& what) { return Error{Errc::malformed, what}; };
    if (city.agents < 0 || city.agents > agents_max)
        return wrong("agents: 0 to " + std::to_string(agents_max));
    if (city.trips_per_day < 0 || city.trips_per_day > trips_per_day_max)
        return wrong("trips a day: 0 to " + std::to_string(trips_per_day_max));
    if (city.hubs < 1 || city.hubs > hubs_max)
        return wrong("hubs: 1 to " + std::to_string(hubs_max));
    if (city.length < Millis{}) return wrong("length: not below 0");
    if (!is_thousand(city.trips)) return wrong("the parts of the trips add up to 1000");
    if (!is_thousand(city.fleet)) return wrong("the parts of the fleet add up to 1000");
    return Unit{};
}

std::vector<model::Position> make_hubs(City const& city, Places const& places) {
    ASSERT(!places.nodes.empty());
    Prng prng{city.seed ^ 0x68756273ULL};
    std::vector<model::Position> hubs;
    for (std::size_t i = 0; i < city.hubs; ++i)
        hubs.push_back(any_of(places, prng));
    return hubs;
}

std::vector<Member> make_fleet(City const& city, Places const& places) {
    ASSERT(!places.nodes.empty());
    Prng prng{city.seed ^ 0x666c656574ULL};
    Instant const midnight = midnight_before(city.start);
    std::vector<Member> fleet;
    fleet.reserve(static_cast<std::size_t>(city.agents));
    for (std::int64_t i = 1; i <= city.agents; ++i) {
        Member member;
        member.reference = numbered("agent-", i);
        member.home = any_of(places, prng);
        member.shift = draw_shift(midnight, prng);
        std::size_t const kind = draw_kind(city.fleet, prng);
        if (kind == 0) equip_driver(member, prng);
        if (kind == 1) equip_courier(member, prng);
        if (kind == 2) equip_technician(member, prng);
        fleet.push_back(std::move(member));
    }
    return fleet;
}

std::unique_ptr<Source> make_trips(City const& city, Places const& places) {
    ASSERT(check(city).ok());
    ASSERT(!places.nodes.empty());
    return std::make_unique<Generator>(city, places);
}

}  // namespace posthaste::demand
