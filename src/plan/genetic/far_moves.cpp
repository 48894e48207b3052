// SWAP* and RELOCATE*: visits of two near routes, each to its best place on the other.
#include <algorithm>
#include <limits>

#include "base/assert.hpp"
#include "plan/genetic/local_search.hpp"

namespace posthaste::plan {

namespace {

constexpr std::size_t near_by = 5;  // of a customer's nearest: where it may go
constexpr std::uint32_t long_route = 25;
constexpr std::uint64_t long_per_mille = 150;  // where routes are long these moves are dear
constexpr Cost none = std::numeric_limits<Cost>::max() / 4;

}  // namespace

bool LocalSearch::looks_far(Prng& prng) const {
    std::uint32_t going = 0;
    for (auto const& route : routes_)
        going += route.size > 0 ? 1 : 0;
    return count_ <= long_route * going || prng.chance(long_per_mille);
}

std::span<Customer const> LocalSearch::nearest(Customer customer) const {
    std::span<Customer const> const near = near_[customer];
    return near.first(std::min(near_by, near.size()));
}

void LocalSearch::find_near_routes(std::uint32_t route) {
    near_routes_.clear();
    std::ranges::fill(is_near_, 0);
    is_near_[route] = 1;
    for (auto at = links_[start_of(route)].next; is_customer(at); at = links_[at].next) {
        for (auto const near : nearest(at)) {
            auto const other = links_[near].route;
            if (is_near_[other] != 0) continue;
            is_near_[other] = 1;
            near_routes_.push_back(other);
        }
    }
}

bool LocalSearch::improve_two(std::uint32_t route, std::uint32_t other) {
    find_movable(route, other, movable_);
    if (movable_.empty() || routes_[other].size == 0) return false;
    return relocate_far(route, other) || swap_far(route, other);
}

// What a route comes to more without it, in 1/256, load aside.
Cost LocalSearch::removal(Place u) {
    auto const& route = routes_[links_[u].route];
    auto& known = removals_[u];
    if (known.known == route.changed) return known.delta;
    auto const before = links_[u].prev;
    auto const after = links_[u].next;
    known.known = route.changed;
    known.delta = 256 * (leg(before, after) - leg(before, u) - leg(u, after));
    if (route.warp > 0)
        known.delta += price(close(times_[before].upto, before, after).warp - route.warp, 0);
    return known.delta;
}

LocalSearch::Entries const& LocalSearch::entries(Place u, std::uint32_t r) {
    auto& known = entries_[u * route_count_ + r];
    auto const& route = routes_[r];
    if (known.known == route.changed) return known;
    known.known = route.changed;
    known.best.fill({none, 0});
    auto const after_last = end_of(r);
    for (auto at = start_of(r); at != after_last; at = links_[at].next) {
        auto const next = links_[at].next;
        Cost delta = 256 * (leg(at, u) + leg(u, next) - leg(at, next));
        if (delta >= known.best[2].delta) continue;
        auto const with = join(times_[at].upto, drive(at, u), times_[u].alone);
        delta += price(close(with, u, next).warp - route.warp, 0);
        if (delta >= known.best[2].delta) continue;
        std::size_t i = 2;
        for (; i > 0 && delta < known.best[i - 1].delta; --i)
            known.best[i] = known.best[i - 1];
        known.best[i] = {delta, at};
    }
    return known;
}

// Whom it may pay to move from one route to the other: who has near ones there.
void LocalSearch::find_movable(std::uint32_t from, std::uint32_t to, std::vector<Place>& movable)
    const {
    movable.clear();
    for (auto u = links_[start_of(from)].next; is_customer(u); u = links_[u].next) {
        bool const is_near = std::ranges::any_of(nearest(u), [&](Customer near) {
            return links_[near].route == to;
        });
        if (is_near) movable.push_back(u);
    }
}

bool LocalSearch::relocate_far(std::uint32_t from, std::uint32_t to) {
    Cost least = 0;
    Place best = 0;
    Place behind = 0;
    for (auto const u : movable_) {
        auto const out = removal(u);
        if (out >= 0) continue;
        auto const& entry = entries(u, to).best.front();
        auto const load = price(0, routes_[from].load - demand_[u]) - price(0, routes_[from].load) +
                          price(0, routes_[to].load + demand_[u]) - price(0, routes_[to].load);
        auto const delta = out + entry.delta + load;
        if (delta >= least) continue;
        least = delta;
        best = u;
        behind = entry.behind;
    }
    return best != 0 && exchange_between(best, 1, behind, 0);
}

// The best place for u on the route of v without v: in its place, or where it is best with v.
LocalSearch::Entry LocalSearch::entry_without(Place u, Place v) {
    auto const r = links_[v].route;
    auto const before = links_[v].prev;
    auto const after = links_[v].next;
    auto const& route = routes_[r];
    Entry best{256 * (leg(before, u) + leg(u, after) - leg(before, after)), v};
    auto const with = join(times_[before].upto, drive(before, u), times_[u].alone);
    best.delta += price(close(with, u, after).warp - route.warp, 0);
    // The removal of v is counted with its lateness: here it is only counted once.
    best.delta -= removal(v) - 256 * (leg(before, after) - leg(before, v) - leg(v, after));
    for (auto const& entry : entries(u, r).best) {
        if (entry.behind == v || entry.behind == before) continue;
        if (entry.delta < best.delta) best = entry;
        break;
    }
    return best;
}

bool LocalSearch::swap_far(std::uint32_t r, std::uint32_t q) {
    Swap best;
    auto const load_r = routes_[r].load;
    auto const load_q = routes_[q].load;
    auto const owed = price(0, load_r) + price(0, load_q);
    find_movable(q, r, movable_back_);
    for (auto const u : movable_) {
        auto const out_u = removal(u);
        for (auto const v : movable_back_) {
            auto const shift = demand_[u] - demand_[v];
            auto delta =
                out_u + removal(v) + price(0, load_r - shift) + price(0, load_q + shift) - owed;
            if (delta >= best.delta) continue;
            auto const put_u = entry_without(u, v);
            delta += put_u.delta;
            if (delta >= best.delta) continue;
            auto const put_v = entry_without(v, u);
            delta += put_v.delta;
            if (delta >= best.delta) continue;
            best = {delta, u, put_u.behind, v, put_v.behind};
        }
    }
    return best.u != 0 && make(best);
}

// What the route of `out` comes to without it and with `in` behind another, or in its place.
Cost LocalSearch::owing_with(Place out, Place in, Place behind, std::vector<Place>& places) const {
    auto const route = links_[out].route;
    auto const start = start_of(route);
    auto const end = end_of(route);
    places.clear();
    if (behind == start) places.push_back(in);
    for (auto at = links_[start].next; at != end; at = links_[at].next) {
        if (at != out) places.push_back(at);
        if (at == behind) places.push_back(in);
    }
    Cost driving = 0;
    auto stretch = times_[start].upto;
    auto from = start;
    for (auto const at : places) {
        driving += leg(from, at);
        stretch = join(stretch, drive(from, at), times_[at].alone);
        from = at;
    }
    driving += leg(from, end);
    stretch = close(stretch, from, end);
    return driving * 256 + price(stretch.warp, routes_[route].load - demand_[out] + demand_[in]);
}

bool LocalSearch::make(Swap const& swap) {
    auto const r = links_[swap.u].route;
    auto const q = links_[swap.v].route;
    auto const owed = due(r) + due(q) - 2 * 256 * fixed_;
    auto const owing = owing_with(swap.u, swap.v, swap.behind_v, moved_) +
                       owing_with(swap.v, swap.u, swap.behind_u, tail_);
    if (owing >= owed) return false;
    put_between(start_of(r), moved_, end_of(r));
    put_between(start_of(q), tail_, end_of(q));
    update(r);
    update(q);
    ASSERT_SLOW(due(r) + due(q) - 2 * 256 * fixed_ == owing);
    return true;
}

}  // namespace posthaste::plan
