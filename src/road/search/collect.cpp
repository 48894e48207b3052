#include "road/search/collect.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "geo/distance.hpp"
#include "road/search/words.hpp"

namespace posthaste::road {

namespace {

using Thing = GazetteerBuilder::Thing;

constexpr std::size_t numbers_max = 8;               // of one house
constexpr std::int32_t street_cell = 100'000;        // 0.01 degrees: 1.1 km
constexpr std::int32_t settlement_cell = 2'000'000;  // 0.2 degrees
constexpr std::int64_t settlement_reach_mm = 15'000'000;
constexpr std::int64_t same_place_mm = 5'000'000;  // drawn both as a node and as an area
constexpr std::int64_t same_house_mm = 60'000;     // both on the building and on its door

struct KindName {
    std::string_view name;
    EntryKind kind;
};

constexpr auto kinds = std::to_array<KindName>({
    {"city", EntryKind::city},
    {"town", EntryKind::town},
    {"village", EntryKind::village},
    {"borough", EntryKind::suburb},
    {"suburb", EntryKind::suburb},
    {"quarter", EntryKind::suburb},
    {"neighbourhood", EntryKind::suburb},
    {"hamlet", EntryKind::hamlet},
    {"isolated_dwelling", EntryKind::hamlet},
    {"farm", EntryKind::hamlet},
    {"locality", EntryKind::locality},
    {"square", EntryKind::locality},
    {"island", EntryKind::locality},
    {"islet", EntryKind::locality},
});

bool is_settlement(EntryKind kind) {
    return kind <= EntryKind::village;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

bool is_text(std::string_view text) {
    return !text.empty() && text.size() <= text_bytes_max && text.find('\0') == text.npos;
}

std::vector<std::string_view> split_numbers(std::string_view text) {
    std::vector<std::string_view> numbers;
    while (!text.empty() && numbers.size() < numbers_max) {
        auto const end = std::min(text.find_first_of(";,"), text.size());
        auto const number = trimmed(text.substr(0, end));
        if (is_text(number)) numbers.push_back(number);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return numbers;
}

struct Cell {
    std::int32_t row = 0;
    std::int32_t column = 0;

    auto operator<=>(Cell const&) const = default;
};

Cell cell_of(Position at, std::int32_t size) {
    return {(at.lat + model::lat_max) / size, (at.lon + model::lon_max) / size};
}

struct House {
    std::string_view number;
    Position place;
};

/// 9 before 10 before 10a.
bool comes_before(House const& a, House const& b) {
    auto const leading = [](std::string_view text) {
        std::uint32_t number = 0;
        std::from_chars(text.data(), text.data() + text.size(), number);
        return number;
    };
    return std::tuple{leading(a.number), a.number, a.place} <
           std::tuple{leading(b.number), b.number, b.place};
}

struct Entry {
    EntryKind kind = EntryKind::street;
    std::string_view name;
    std::string_view folded;  ///< the assembly's, as long as it lasts
    Position place;
    std::uint32_t within = none;
    std::vector<House> houses;
};

auto rank_of(Entry const& entry) {
    return std::tuple{entry.kind, entry.folded, entry.place, entry.name};
}

/// The settlements among the entries, by where they are.
class Settlements {
public:
    explicit Settlements(std::vector<Entry> const& places) : places_{places} {
        for (std::uint32_t i = 0; i < places.size(); ++i) {
            if (!is_settlement(places[i].kind)) continue;
            by_cell_.emplace_back(cell_of(places[i].place, settlement_cell), i);
            by_name_.emplace_back(places[i].folded, i);
        }
        std::ranges::sort(by_cell_);
        std::ranges::sort(by_name_);
    }

    /// The one that is nearest for its size, of those up to `smallest`.
    std::uint32_t around(Position at, EntryKind smallest) const {
        Best best;
        auto const middle = cell_of(at, settlement_cell);
        for (auto row = middle.row - 1; row <= middle.row + 1; ++row) {
            for (auto column = middle.column - 1; column <= middle.column + 1; ++column) {
                auto const here = std::ranges::equal_range(
                    by_cell_, Cell{row, column}, {}, &std::pair<Cell, std::uint32_t>::first
                );
                for (auto const& [_, i] : here)
                    if (places_[i].kind <= smallest) best.offer(at, places_[i], i);
            }
        }
        return best.index;
    }
    /// The nearest of that name; none: there is none near.
    std::uint32_t named(std::string_view folded, Position at) const {
        Best best;
        auto const same = std::ranges::equal_range(
            by_name_, folded, {}, &std::pair<std::string_view, std::uint32_t>::first
        );
        for (auto const& [_, i] : same)
            best.offer(at, places_[i], i);
        return best.index;
    }

private:
    struct Best {
        std::uint32_t index = none;
        std::int64_t cost = 0;

        // A town reaches twice as far as a village, a city four times.
        void offer(Position at, Entry const& place, std::uint32_t i) {
            auto const distance = geo::distance_mm(at, place.place);
            auto const mine = distance << static_cast<unsigned>(place.kind);
            if (distance > settlement_reach_mm || (index != none && mine >= cost)) return;
            index = i;
            cost = mine;
        }
    };

    std::vector<Entry> const& places_;
    std::vector<std::pair<Cell, std::uint32_t>> by_cell_;
    std::vector<std::pair<std::string_view, std::uint32_t>> by_name_;
};

/// A place of a street: on its road, or a house.
struct Point {
    std::string_view folded;
    std::uint32_t within = none;
    Position at;
    std::string_view name;
    std::string_view number;  ///< empty: of the road

    bool is_house() const { return !number.empty(); }
};

auto street_of(Point const& point) {
    return std::tuple{point.folded, point.within};
}

/// By point: a number for each part of a street whose cells touch.
std::vector<std::uint32_t> parts_of(std::span<Point const> street) {
    std::vector<Cell> cells;
    for (auto const& point : street)
        cells.push_back(cell_of(point.at, street_cell));
    std::ranges::sort(cells);
    cells.erase(std::ranges::unique(cells).begin(), cells.end());
    std::vector<std::uint32_t> part(cells.size());
    for (std::uint32_t i = 0; i < part.size(); ++i)
        part[i] = i;
    auto const root = [&](std::uint32_t i) {
        while (part[i] != i)
            i = part[i] = part[part[i]];
        return i;
    };
    auto const index_of = [&](Cell cell) {
        return static_cast<std::size_t>(std::ranges::lower_bound(cells, cell) - cells.begin());
    };
    for (std::uint32_t i = 0; i < cells.size(); ++i) {
        auto const [row, column] = cells[i];
        for (auto const beside :
             {Cell{row, column + 1},
              Cell{row + 1, column - 1},
              Cell{row + 1, column},
              Cell{row + 1, column + 1}}) {
            auto const other = index_of(beside);
            if (other < cells.size() && cells[other] == beside)
                part[root(static_cast<std::uint32_t>(other))] = root(i);
        }
    }
    std::vector<std::uint32_t> of_points;
    for (auto const& point : street)
        of_points.push_back(root(static_cast<std::uint32_t>(index_of(cell_of(point.at, street_cell))
        )));
    return of_points;
}

/// Of the points of the road, or of the houses where there is no road, the one nearest the middle.
Point const& middle_of(std::span<Point const* const> points) {
    bool const has_road =
        std::ranges::any_of(points, [](Point const* point) { return !point->is_house(); });
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    std::int64_t count = 0;
    for (auto const* const point : points) {
        if (point->is_house() == has_road) continue;
        lat += point->at.lat;
        lon += point->at.lon;
        ++count;
    }
    Position const mean{
        static_cast<std::int32_t>(lat / count), static_cast<std::int32_t>(lon / count)};
    return **std::ranges::min_element(points, {}, [&](Point const* point) {
        return std::tuple{
            point->is_house() == has_road, geo::square(point->at, mean), point->at, point->name};
    });
}

Entry street_entry(std::span<Point const* const> points) {
    auto const& middle = middle_of(points);
    Entry entry{
        .name = middle.name, .folded = middle.folded, .place = middle.at, .within = middle.within};
    for (auto const* const point : points)
        if (point->is_house()) entry.houses.push_back({point->number, point->at});
    std::ranges::sort(entry.houses, comes_before);
    auto const is_again = [](House const& a, House const& b) {
        return a.number == b.number && geo::distance_mm(a.place, b.place) < same_house_mm;
    };
    entry.houses.erase(std::ranges::unique(entry.houses, is_again).begin(), entry.houses.end());
    return entry;
}

/// Texts folded once each; what it gives lives as long as it does.
class Folding {
public:
    std::string_view operator()(std::string_view text) {
        auto found = known_.find(text);
        if (found == known_.end()) found = known_.emplace(std::string{text}, folded(text)).first;
        return found->second;
    }

private:
    std::map<std::string, std::string, std::less<>> known_;
};

class Assembly {
public:
    Assembly(std::vector<Thing> const& things, std::vector<std::string const*> const& texts)
        : things_{things}, texts_{texts} {}

    std::vector<Entry> make(Network const& network) {
        add_places();
        Settlements const settlements{entries_};
        for (auto& entry : entries_)
            if (!is_settlement(entry.kind))
                entry.within = settlements.around(entry.place, EntryKind::village);
        auto points = points_of_roads(network, settlements);
        add_points_of_houses(settlements, points);
        add_streets(std::move(points));
        return std::move(entries_);
    }

private:
    std::string_view text(std::uint32_t number) const { return *texts_[number]; }

    void add_places() {
        for (auto const& thing : things_) {
            if (thing.is_house() || thing.corners == 0) continue;
            auto const name = text(thing.name);
            entries_.push_back(
                {.kind = thing.kind,
                 .name = name,
                 .folded = fold_(name),
                 .place = thing.place(),
                 .houses = {}}
            );
        }
        std::ranges::sort(entries_, {}, rank_of);
        auto const is_again = [](Entry const& a, Entry const& b) {
            return a.kind == b.kind && a.folded == b.folded &&
                   geo::distance_mm(a.place, b.place) < same_place_mm;
        };
        entries_.erase(std::ranges::unique(entries_, is_again).begin(), entries_.end());
    }

    std::vector<Point> points_of_roads(Network const& network, Settlements const& settlements) {
        std::vector<Point> points;
        for (std::uint32_t segment = 0; segment < network.segment_way.size(); ++segment) {
            std::string_view const name{network.names.data() + network.segment_name[segment]};
            auto const folded = fold_(name);
            if (folded.empty() || !is_text(name)) continue;
            auto const shape = network.shape(segment);
            for (auto const at : {shape.front(), shape[shape.size() / 2], shape.back()})
                points.push_back(
                    {.folded = folded,
                     .within = settlements.around(at, EntryKind::village),
                     .at = at,
                     .name = name,
                     .number = {}}
                );
        }
        return points;
    }

    void add_points_of_houses(Settlements const& settlements, std::vector<Point>& points) {
        for (auto const& thing : things_) {
            if (!thing.is_house() || thing.corners == 0) continue;
            auto const at = thing.place();
            auto within = none;
            if (thing.city != none) within = settlements.named(fold_(text(thing.city)), at);
            if (within == none) within = settlements.around(at, EntryKind::village);
            auto const name = text(thing.name);
            points.push_back(
                {.folded = fold_(name),
                 .within = within,
                 .at = at,
                 .name = name,
                 .number = text(thing.number)}
            );
        }
    }

    void add_streets(std::vector<Point> points) {
        auto const first = static_cast<std::ptrdiff_t>(entries_.size());
        std::ranges::sort(points, {}, [](Point const& point) {
            return std::tuple{point.folded, point.within, point.at, point.number, point.name};
        });
        for (auto begin = points.begin(); begin != points.end();) {
            auto const end = std::find_if(begin, points.end(), [&](Point const& point) {
                return street_of(point) != street_of(*begin);
            });
            std::span<Point const> const street{begin, end};
            auto const parts = parts_of(street);
            std::map<std::uint32_t, std::vector<Point const*>> apart;
            for (std::size_t i = 0; i < street.size(); ++i)
                apart[parts[i]].push_back(&street[i]);
            for (auto const& [_, part] : apart)
                entries_.push_back(street_entry(part));
            begin = end;
        }
        std::ranges::sort(entries_.begin() + first, entries_.end(), {}, rank_of);
    }

    std::vector<Thing> const& things_;
    std::vector<std::string const*> const& texts_;
    Folding fold_;
    std::vector<Entry> entries_;
};

class Columnist {
public:
    void add(Entry const& entry) {
        columns_.names.push_back(text(entry.name));
        columns_.places.push_back(entry.place);
        columns_.kinds.push_back(static_cast<std::uint8_t>(entry.kind));
        columns_.within.push_back(entry.within);
        columns_.house_first.push_back(static_cast<std::uint32_t>(columns_.house_places.size()));
        for (auto const& house : entry.houses) {
            columns_.house_numbers.push_back(text(house.number));
            columns_.house_places.push_back(house.place);
        }
    }
    Gazetteer<OwnedColumn> columns() && {
        columns_.house_first.push_back(static_cast<std::uint32_t>(columns_.house_places.size()));
        return std::move(columns_);
    }

private:
    std::uint32_t text(std::string_view text) {
        auto const [known, is_new] =
            offsets_.emplace(text, static_cast<std::uint32_t>(columns_.texts.size()));
        if (is_new) {
            columns_.texts.insert(columns_.texts.end(), text.begin(), text.end());
            columns_.texts.push_back('\0');
        }
        return known->second;
    }

    std::map<std::string_view, std::uint32_t> offsets_;
    Gazetteer<OwnedColumn> columns_;
};

}  // namespace

Position Thing::place() const {
    return {
        static_cast<std::int32_t>(lat_sum / corners), static_cast<std::int32_t>(lon_sum / corners)};
}

std::uint32_t GazetteerBuilder::text(std::string_view text) {
    auto found = numbered_.find(text);
    if (found == numbered_.end()) {
        found = numbered_.emplace(text, static_cast<std::uint32_t>(texts_.size())).first;
        texts_.push_back(&found->first);
    }
    return found->second;
}

std::size_t GazetteerBuilder::add_things(Tags const& tags) {
    auto const before = things_.size();
    if (auto const place = tags["place"]; !place.empty()) {
        auto const name = tags["name"];
        auto const* const known = std::ranges::find(kinds, place, &KindName::name);
        if (known != kinds.end() && is_text(name))
            things_.push_back({.name = text(name), .kind = known->kind});
    }
    auto const numbers = tags["addr:housenumber"];
    auto street = tags["addr:street"];
    if (street.empty()) street = tags["addr:place"];
    if (numbers.empty() || !is_text(street) || folded(street).empty())
        return things_.size() - before;
    auto const city = tags["addr:city"];
    for (auto const number : split_numbers(numbers))
        things_.push_back(
            {.name = text(street),
             .number = text(number),
             .city = is_text(city) ? text(city) : none}
        );
    return things_.size() - before;
}

void GazetteerBuilder::add_way(OsmWay const& way) {
    if (way.nodes.empty()) return;
    for (auto count = add_things(way.tags); count > 0; --count) {
        auto const thing = static_cast<std::uint32_t>(things_.size() - count);
        auto const half = way.nodes[way.nodes.size() / 2];
        corners_.push_back({way.nodes.front(), thing});
        if (half != way.nodes.front()) corners_.push_back({half, thing});
    }
}

void GazetteerBuilder::seal_ways() {
    std::ranges::sort(corners_, {}, &Corner::node);
}

void GazetteerBuilder::add_node(OsmNode const& node) {
    auto const add = [&](Thing& thing) {
        ++thing.corners;
        thing.lat_sum += node.place.lat;
        thing.lon_sum += node.place.lon;
    };
    for (auto const& corner : std::ranges::equal_range(corners_, node.id, {}, &Corner::node))
        add(things_[corner.thing]);
    if (node.tags.all().empty()) return;
    for (auto count = add_things(node.tags); count > 0; --count)
        add(things_[things_.size() - count]);
}

Result<Gazetteer<OwnedColumn>> GazetteerBuilder::finish(Network const& network) {
    if (things_.size() > things_max)
        return Error{Errc::limit_exceeded, "too many places and addresses"};
    auto const entries = Assembly{things_, texts_}.make(network);
    Columnist columnist;
    for (auto const& entry : entries)
        columnist.add(entry);
    auto columns = std::move(columnist).columns();
    counts_.streets = static_cast<std::uint64_t>(
        std::ranges::count(columns.kinds, static_cast<std::uint8_t>(EntryKind::street))
    );
    counts_.places = columns.entry_count() - counts_.streets;
    counts_.houses = columns.house_places.size();
    return columns;
}

}  // namespace posthaste::road
