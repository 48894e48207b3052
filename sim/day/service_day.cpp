#include "day/service_day.hpp"

#include <algorithm>

namespace posthaste::day {

namespace {

constexpr Millis minute{60'000};
constexpr Millis half_hour{1'800'000};
constexpr Millis hour{3'600'000};

Instant between(Prng& prng, Instant from, Instant until) {
    auto const minutes = (until - from).count() / minute.count();
    return from + minute * prng.between(0, minutes);
}

// Two hours, half a day or the whole day.
model::Window window(Prng& prng) {
    auto const kind = prng.below(10);
    if (kind < 2) return {work_begins, work_ends};
    auto const noon = work_begins + hour * 4;
    if (kind < 4)
        return prng.chance(500) ? model::Window{work_begins, noon} : model::Window{noon, work_ends};
    auto const from = work_begins + half_hour * prng.between(0, 14);
    return {from, from + hour * 2};
}

// Most are done a little sooner; some take half as long again, a few three times as long.
Millis real_time(Prng& prng, Millis planned) {
    auto const kind = prng.below(100);
    auto const per_mille = kind < 75   ? prng.between(700, 1100)
                           : kind < 95 ? prng.between(1100, 1600)
                                       : prng.between(1600, 3000);
    return Millis{planned.count() * per_mille / 1000};
}

Order draw_order(Ground const& ground, Prng& prng) {
    Order order;
    order.place = ground.place(prng);
    order.window = window(prng);
    order.planned = minute * (15 + 5 * prng.between(0, 9));
    order.takes = real_time(prng, order.planned);
    order.needs_licence = prng.chance(250);
    order.known = morning;
    return order;
}

// Comes in during the day and is wanted within three hours.
void make_hot(Order& order, Prng& prng) {
    order.known = between(prng, work_begins + half_hour, work_ends - hour * 3);
    order.window = {order.known, order.known + hour * 3};
}

}  // namespace

Millis ServiceDay::drive(model::Position from, model::Position to, Instant at, Millis expected)
    const {
    auto mixed = seed;
    for (auto const part : {from.lat, from.lon, to.lat, to.lon})
        mixed = mixed * 0x100000001b3ULL + static_cast<std::uint32_t>(part);
    auto const chance = Prng{mixed}.between(850, 1250);
    bool const is_rush = at < work_begins + half_hour * 3 || at > work_ends - hour * 2;
    auto const usual = is_rush ? 1150 : 1000;
    return Millis{expected.count() * chance / 1000 * usual / 1000 + 1};
}

ServiceDay draw_day(DayShape const& shape, Ground const& ground, std::uint64_t seed) {
    Prng prng{seed};
    ServiceDay day;
    day.seed = prng.next();
    for (std::size_t i = 0; i < shape.technicians; ++i)
        day.technicians.push_back({ground.place(prng), i % 2 == 0});
    for (std::size_t i = 0; i < shape.morning_orders + shape.hot_orders; ++i) {
        auto& order = day.orders.emplace_back(draw_order(ground, prng));
        if (i >= shape.morning_orders) make_hot(order, prng);
    }
    for (std::size_t i = 0; i < shape.cancellations; ++i) {
        auto& order = day.orders[prng.below(shape.morning_orders)];
        order.cancelled = between(prng, work_begins, std::max(work_begins, order.window.latest));
    }
    for (std::size_t i = 0; i < shape.ill; ++i) {
        auto const who = prng.below(shape.technicians);
        day.illnesses.push_back({who, between(prng, work_begins + hour, work_begins + hour * 5)});
    }
    return day;
}

}  // namespace posthaste::day
