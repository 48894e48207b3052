#include "plan/genetic/local_search.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "base/shuffle.hpp"

namespace posthaste::plan {

namespace {

constexpr std::uint32_t together_max = 2;  // visits that an exchange moves as one

}  // namespace

bool is_plain(Instance const& instance) {
    auto const& problem = instance.problem;
    if (!instance.exact || instance.several_windows || instance.class_count != 1) return false;
    auto const& like = problem.vehicles.front();
    bool const depots = like.start && like.end && like.service_class == 0 && like.locked == 0;
    Amounts dropoff{};
    for (auto const& job : problem.jobs) {
        auto const& visit = job.visits.front();
        bool const plain = job.visits.size() == 1 && visit.pickup == Amounts{} && job.weight > 0 &&
                           job.skills == 0 && job.pinned_to == nobody;
        if (!plain) return false;
        for (std::size_t d = 0; d < loads_max; ++d)
            dropoff[d] = std::max(dropoff[d], visit.dropoff[d]);
    }
    auto const dimensions = std::ranges::count_if(dropoff, [](auto most) { return most > 0; });
    return depots && dimensions <= 1;
}

LocalSearch::LocalSearch(Instance& instance, std::size_t reach, std::size_t going)
    : count_{instance.visit_count}, stride_{std::size_t{count_} + 1} {
    lay_out_arcs(instance);
    lay_out_loads(instance, going);
    lay_out_nodes(instance);
    near_.resize(stride_);
    for (Customer i = 1; i <= count_; ++i) {
        auto const near = instance.near(i - 1);
        for (auto const node : near.first(std::min(reach, near.size())))
            near_[i].push_back(node + 1);
    }
    for (Customer i = 1; i <= count_; ++i)
        order_.push_back(i);
    tried_ = near_;
    tested_.resize(stride_);
    removals_.resize(stride_);
    entries_.resize(stride_ * route_count_);
    tested_far_.resize(route_count_);
    is_near_.resize(route_count_);
}

void LocalSearch::lay_out_arcs(Instance const& instance) {
    auto const place = [&](Customer customer, Node depot) {
        return instance.sites[customer > 0 ? customer - 1 : depot].place;
    };
    arcs_.resize(stride_ * stride_);
    auto const* const arcs = instance.arcs(0);
    for (Customer i = 0; i <= count_; ++i) {
        auto const* const row = arcs + place(i, instance.start_of(0)) * instance.stride();
        for (Customer j = 0; j <= count_; ++j)
            arcs_[i * stride_ + j] = row[place(j, instance.end_of(0))];
    }
}

// Routes enough for loads that do not fit well, and for windows that keep routes short.
void LocalSearch::lay_out_loads(Instance const& instance, std::size_t going) {
    auto const& vehicle = instance.problem.vehicles.front();
    fixed_ = vehicle.fixed;
    demand_.assign(stride_, 0);
    std::int64_t sum = 0;
    for (Customer i = 1; i <= count_; ++i) {
        auto const& dropoff = instance.problem.visit(instance.stop_of(i - 1)).dropoff;
        for (std::size_t d = 0; d < loads_max; ++d) {
            if (dropoff[d] == 0) continue;
            demand_[i] = dropoff[d];
            capacity_ = vehicle.capacity[d];
        }
        sum += demand_[i];
    }
    auto const needed = capacity_ > 0 ? (sum + capacity_ - 1) / capacity_ : 1;
    auto const least = std::max<std::int64_t>(needed, static_cast<std::int64_t>(going));
    auto const wanted = std::max<std::int64_t>(least * 13 / 10 + 3, count_ / 6 + 3);
    route_count_ =
        static_cast<std::uint32_t>(std::min<std::int64_t>(instance.vehicle_count, wanted));
}

void LocalSearch::lay_out_nodes(Instance const& instance) {
    links_.resize(stride_ + 2 * std::size_t{route_count_});
    times_.resize(links_.size());
    routes_.resize(route_count_);
    for (Customer i = 1; i <= count_; ++i) {
        auto const& site = instance.sites[i - 1];
        links_[i].row = i;
        times_[i].alone = {site.service, 0, site.earliest, site.latest};
    }
    auto const& shift = instance.problem.vehicles.front().shift;
    for (std::uint32_t r = 0; r < route_count_; ++r) {
        for (auto const depot : {start_of(r), end_of(r)}) {
            links_[depot].route = r;
            times_[depot].alone = {0, 0, shift.earliest, shift.latest};
        }
    }
}

// The settled first: whoever is on one was last tried after all of them had changed.
void LocalSearch::load(std::vector<Chain> const& routes, Settled const& settled) {
    ASSERT(routes.size() <= route_count_);
    auto const is_settled = [&](std::uint32_t r) { return r < settled.size() && settled[r] != 0; };
    std::ranges::fill(tested_, 0);
    std::ranges::fill(tested_far_, 0);
    for (std::uint32_t r = 0; r < route_count_; ++r) {
        if (is_settled(r)) put(r, routes[r]);
    }
    for (std::uint32_t r = 0; r < route_count_; ++r) {
        if (!is_settled(r)) continue;
        tested_far_[r] = change_;
        for (auto const customer : routes[r])
            tested_[customer] = change_;
    }
    for (std::uint32_t r = 0; r < route_count_; ++r) {
        if (!is_settled(r)) put(r, r < routes.size() ? routes[r] : Chain{});
    }
}

void LocalSearch::put(std::uint32_t route, Chain const& chain) {
    put_between(start_of(route), chain, end_of(route));
    update(route);
}

std::vector<Chain> LocalSearch::tours() const {
    std::vector<Chain> tours(route_count_);
    for (std::uint32_t r = 0; r < route_count_; ++r) {
        tours[r].reserve(routes_[r].size);
        for (auto at = links_[start_of(r)].next; is_customer(at); at = links_[at].next)
            tours[r].push_back(at);
    }
    return tours;
}

Bill LocalSearch::bill() const {
    Bill bill;
    for (std::uint32_t r = 0; r < route_count_; ++r) {
        if (routes_[r].size == 0) continue;
        bill.driving += fixed_;
        for (auto at = start_of(r); at != end_of(r); at = links_[at].next)
            bill.driving += leg(at, links_[at].next);
        bill.warp += routes_[r].warp;
        bill.excess += std::max<std::int64_t>(0, routes_[r].load - capacity_);
    }
    return bill;
}

void LocalSearch::connect(Place from, Place to) {
    links_[from].next = to;
    links_[to].prev = from;
}

LocalSearch::Place LocalSearch::walk(Place from, std::uint32_t steps) const {
    for (; steps > 0; --steps)
        from = links_[from].next;
    return from;
}

void LocalSearch::put_between(Place before, std::vector<Place> const& places, Place after) {
    for (auto const place : places) {
        connect(before, place);
        before = place;
    }
    connect(before, after);
}

void LocalSearch::update(std::uint32_t route) {
    auto const start = start_of(route);
    auto const end = end_of(route);
    times_[start].upto = times_[start].alone;
    times_[start].load_upto = 0;
    links_[start].position = 0;
    std::uint32_t position = 0;
    for (auto at = start; at != end;) {
        auto const next = links_[at].next;
        auto& node = links_[next];
        auto& times = times_[next];
        node.route = route;
        node.position = ++position;
        times.load_upto = times_[at].load_upto + (next <= count_ ? demand_[next] : 0);
        times.upto = join(times_[at].upto, drive(at, next), times.alone);
        at = next;
    }
    times_[end].onward = times_[end].alone;
    for (auto at = end; at != start;) {
        auto const prev = links_[at].prev;
        times_[prev].onward = join(times_[prev].alone, drive(prev, at), times_[at].onward);
        at = prev;
    }
    auto& changed = routes_[route];
    changed.size = position - 1;
    changed.load = times_[end].load_upto;
    changed.warp = changed.size == 0 ? 0 : times_[end].upto.warp;
    changed.penalty = price(changed.warp, changed.load);
    changed.changed = ++change_;
}

// Of the lists of those near, one each time on average: all would take longer than the moves.
void LocalSearch::shuffle_order(Prng& prng) {
    shuffle(order_, prng);
    for (auto& tried : tried_) {
        if (!tried.empty() && prng.below(tried.size()) == 0) shuffle(tried, prng);
    }
}

bool LocalSearch::improve_around(Customer u) {
    bool improved = false;
    auto const last = tested_[u];
    tested_[u] = change_;
    for (auto const v : tried_[u]) {
        auto const changed =
            std::max(routes_[links_[u].route].changed, routes_[links_[v].route].changed);
        if (changed <= last) continue;
        if (try_pair(u, v)) {
            improved = true;
            continue;
        }
        if (!is_customer(links_[v].prev) && try_pair(u, links_[v].prev)) improved = true;
    }
    if (last > 0 && try_empty(u)) improved = true;
    return improved;
}

bool LocalSearch::try_pair(Place u, Place v) {
    for (std::uint32_t n = 1; n <= together_max; ++n) {
        if (exchange(u, n, v, 0)) return true;
    }
    if (is_customer(v)) {
        for (std::uint32_t n = 1; n <= together_max; ++n) {
            for (std::uint32_t m = 1; m <= n; ++m) {
                if (exchange(u, n, v, m)) return true;
            }
        }
    }
    if (links_[u].route != links_[v].route) {
        return swap_tails(u, v) || (is_customer(v) && swap_tails(u, links_[v].prev));
    }
    return turn_round(u, v);
}

bool LocalSearch::try_empty(Place u) {
    if (routes_[links_[u].route].size < 2) return false;
    for (std::uint32_t r = 0; r < route_count_; ++r) {
        if (routes_[r].size > 0) continue;
        if (exchange(u, 1, start_of(r), 0)) return true;
        return swap_tails(u, start_of(r));
    }
    return false;
}

// n visits from u on change places with m visits from v on; with none: they go behind v.
bool LocalSearch::exchange(Place u, std::uint32_t n, Place v, std::uint32_t m) {
    if (links_[u].route == links_[v].route) return exchange_within(u, n, v, m);
    return exchange_between(u, n, v, m);
}

Stretch LocalSearch::follow(Stretch so_far, Place from, Range const& range) const {
    for (auto at = range.first;; at = links_[at].next) {
        so_far = join(so_far, drive(from, at), times_[at].alone);
        if (at == range.last) return so_far;
        from = at;
    }
}

std::int64_t LocalSearch::load_of(Range const& range) const {
    return times_[range.last].load_upto - times_[links_[range.first].prev].load_upto;
}

bool LocalSearch::exchange_between(Place u, std::uint32_t n, Place v, std::uint32_t m) {
    auto const route_u = links_[u].route;
    auto const route_v = links_[v].route;
    if (links_[u].position + n - 1 > routes_[route_u].size) return false;
    if (m > 0 && links_[v].position + m - 1 > routes_[route_v].size) return false;
    Range const mine{u, walk(u, n - 1)};
    Range const theirs{v, m == 0 ? v : walk(v, m - 1)};
    auto const before_u = links_[u].prev;
    auto const after_u = links_[mine.last].next;
    auto const before_v = m == 0 ? v : links_[v].prev;
    auto const after_v = links_[theirs.last].next;
    Cost delta = leg(before_v, mine.first) + leg(mine.last, after_v) - leg(before_u, mine.first) -
                 leg(mine.last, after_u);
    if (m == 0) {
        delta += leg(before_u, after_u) - leg(before_v, after_v);
        if (routes_[route_v].size == 0) delta += fixed_;
        if (routes_[route_u].size == n) delta -= fixed_;
    } else {
        delta += leg(before_u, theirs.first) + leg(theirs.last, after_u) -
                 leg(before_v, theirs.first) - leg(theirs.last, after_v);
    }
    auto const owed = routes_[route_u].penalty + routes_[route_v].penalty;
    if (delta * 256 >= owed) return false;
    auto const load = load_of(mine) - (m == 0 ? 0 : load_of(theirs));
    auto owing = delta * 256 + price(0, routes_[route_u].load - load) +
                 price(0, routes_[route_v].load + load);
    if (owing >= owed) return false;
    auto stretch = follow(times_[before_v].upto, before_v, mine);
    owing += price(close(stretch, mine.last, after_v).warp, 0);
    if (owing >= owed) return false;
    if (m > 0) {
        stretch = follow(times_[before_u].upto, before_u, theirs);
        owing += price(close(stretch, theirs.last, after_u).warp, 0);
    } else if (routes_[route_u].size > n) {
        owing += price(close(times_[before_u].upto, before_u, after_u).warp, 0);
    }
    if (owing >= owed) return false;
    [[maybe_unused]] auto const before = due(route_u) + due(route_v);
    connect(before_v, mine.first);
    connect(mine.last, after_v);
    connect(before_u, m == 0 ? after_u : theirs.first);
    if (m > 0) connect(theirs.last, after_u);
    update(route_u);
    update(route_v);
    ASSERT_SLOW(due(route_u) + due(route_v) == before + owing - owed);
    return true;
}

bool LocalSearch::exchange_within(Place u, std::uint32_t n, Place v, std::uint32_t m) {
    auto const at_u = links_[u].position;
    auto const at_v = links_[v].position;
    auto const size = routes_[links_[u].route].size;
    if (at_u + n - 1 > size || (m > 0 && at_v + m - 1 > size)) return false;
    bool const overlap =
        m == 0 ? at_v + 1 >= at_u && at_v < at_u + n : at_v < at_u + n && at_u < at_v + m;
    if (overlap) return false;
    Range const mine{u, walk(u, n - 1)};
    Order order;
    if (m == 0 && at_u < at_v) {
        order.before = links_[u].prev;
        order.after = links_[v].next;
        order.add({links_[mine.last].next, v});
        order.add(mine);
    } else if (m == 0) {
        order.before = v;
        order.after = links_[mine.last].next;
        order.add(mine);
        order.add({links_[v].next, links_[u].prev});
    } else {
        Range const theirs{v, walk(v, m - 1)};
        auto const& first = at_u < at_v ? mine : theirs;
        auto const& second = at_u < at_v ? theirs : mine;
        order.before = links_[first.first].prev;
        order.after = links_[second.last].next;
        order.add(second);
        auto const between = links_[first.last].next;
        if (between != second.first) order.add({between, links_[second.first].prev});
        order.add(first);
    }
    return reorder(order);
}

// Makes it if it helps. Every part ends where, as it is now, another one or `after` begins.
bool LocalSearch::reorder(Order const& order) {
    auto const route = links_[order.before].route;
    auto const owed = routes_[route].penalty;
    Cost delta = -leg(order.before, links_[order.before].next);
    auto from = order.before;
    for (std::size_t i = 0; i < order.count; ++i) {
        auto const& part = order.parts[i];
        delta += leg(from, part.first) - leg(part.last, links_[part.last].next);
        from = part.last;
    }
    delta += leg(from, order.after);
    if (delta * 256 >= owed) return false;
    auto stretch = times_[order.before].upto;
    from = order.before;
    for (std::size_t i = 0; i < order.count; ++i) {
        stretch = follow(stretch, from, order.parts[i]);
        from = order.parts[i].last;
    }
    auto const warp = close(stretch, from, order.after).warp;
    auto const owing = delta * 256 + price(warp, routes_[route].load);
    if (owing >= owed) return false;
    [[maybe_unused]] auto const before = due(route);
    moved_.clear();
    for (std::size_t i = 0; i < order.count; ++i) {
        for (auto at = order.parts[i].first;; at = links_[at].next) {
            moved_.push_back(at);
            if (at == order.parts[i].last) break;
        }
    }
    put_between(order.before, moved_, order.after);
    update(route);
    ASSERT_SLOW(due(route) == before + owing - owed);
    return true;
}

// What follows u and what follows v change places; each route keeps its own end.
bool LocalSearch::swap_tails(Place u, Place v) {
    auto const route_u = links_[u].route;
    auto const route_v = links_[v].route;
    auto const after_u = links_[u].next;
    auto const after_v = links_[v].next;
    if (!is_customer(after_u) && !is_customer(after_v)) return false;
    auto const end_u = end_of(route_u);
    auto const end_v = end_of(route_v);
    auto const tail_u = is_customer(after_u) ? after_u : end_v;
    auto const tail_v = is_customer(after_v) ? after_v : end_u;
    bool const empties =
        (!is_customer(u) && !is_customer(after_v)) || (!is_customer(v) && !is_customer(after_u));
    auto const owed = routes_[route_u].penalty + routes_[route_v].penalty;
    Cost delta = leg(u, tail_v) + leg(v, tail_u) - leg(u, after_u) - leg(v, after_v);
    if (routes_[route_v].size == 0) delta += fixed_;
    if (empties) delta -= fixed_;
    if (delta * 256 >= owed) return false;
    auto const load_u = times_[u].load_upto;
    auto const load_v = times_[v].load_upto;
    auto owing = delta * 256 + price(0, load_u + routes_[route_v].load - load_v) +
                 price(0, load_v + routes_[route_u].load - load_u);
    if (owing >= owed) return false;
    owing += price(close(times_[u].upto, u, tail_v).warp, 0);
    if (owing >= owed) return false;
    owing += price(close(times_[v].upto, v, tail_u).warp, 0);
    if (owing >= owed) return false;
    moved_.clear();
    for (auto at = after_u; is_customer(at); at = links_[at].next)
        moved_.push_back(at);
    tail_.clear();
    for (auto at = after_v; is_customer(at); at = links_[at].next)
        tail_.push_back(at);
    [[maybe_unused]] auto const before = due(route_u) + due(route_v);
    put_between(u, tail_, end_u);
    put_between(v, moved_, end_v);
    update(route_u);
    update(route_v);
    ASSERT_SLOW(due(route_u) + due(route_v) == before + owing - owed);
    return true;
}

// What is behind u until v is driven the other way round.
bool LocalSearch::turn_round(Place u, Place v) {
    if (links_[u].position + 1 >= links_[v].position) return false;
    auto const route = links_[u].route;
    auto const after = links_[v].next;
    auto const first = links_[u].next;
    Cost delta = leg(u, v) + leg(first, after) - leg(u, first) - leg(v, after);
    for (auto at = first; at != v; at = links_[at].next)
        delta += leg(links_[at].next, at) - leg(at, links_[at].next);
    auto const owed = routes_[route].penalty;
    if (delta * 256 >= owed) return false;
    auto stretch = times_[u].upto;
    auto from = u;
    for (auto at = v; at != u; at = links_[at].prev) {
        stretch = join(stretch, drive(from, at), times_[at].alone);
        from = at;
    }
    stretch = close(stretch, from, after);
    auto const owing = delta * 256 + price(stretch.warp, routes_[route].load);
    if (owing >= owed) return false;
    [[maybe_unused]] auto const before = due(route);
    moved_.clear();
    for (auto at = v; at != u; at = links_[at].prev)
        moved_.push_back(at);
    put_between(u, moved_, after);
    update(route);
    ASSERT_SLOW(due(route) == before + owing - owed);
    return true;
}

Cost LocalSearch::due(std::uint32_t route) const {
    if (routes_[route].size == 0) return 0;
    Cost driving = fixed_;
    for (auto at = start_of(route); at != end_of(route); at = links_[at].next)
        driving += leg(at, links_[at].next);
    return driving * 256 + routes_[route].penalty;
}

Bill LocalSearch::bill_of(std::vector<Chain> const& routes) const {
    Bill bill;
    for (auto const& route : routes) {
        if (route.empty()) continue;
        auto stretch = times_[start_of(0)].alone;
        Customer from = 0;
        std::int64_t load = 0;
        bill.driving += fixed_;
        for (auto const customer : route) {
            auto const& arc = arcs_[from * stride_ + customer];
            bill.driving += arc.cost;
            stretch = join(stretch, arc.time, times_[customer].alone);
            load += demand_[customer];
            from = customer;
        }
        bill.driving += arcs_[from * stride_].cost;
        stretch = join(stretch, arcs_[from * stride_].time, times_[end_of(0)].alone);
        bill.warp += stretch.warp;
        bill.excess += std::max<std::int64_t>(0, load - capacity_);
    }
    return bill;
}

}  // namespace posthaste::plan
