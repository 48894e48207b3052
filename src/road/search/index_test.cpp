// What is found in a small land of two villages and a town, and in real extracts.
#include "road/search/index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>

#include "base/prng.hpp"
#include "geo/distance.hpp"
#include "road/check.hpp"
#include "road/import.hpp"
#include "road/search/words.hpp"
#include "road/testing.hpp"

namespace posthaste::road {
namespace {

namespace fs = std::filesystem;

constexpr std::int32_t hundred_metres = 9000;  // of latitude

/// Ashdorf in the south, Birkdorf 4 km north of it, both with a Hauptstrasse; Große Stadt between
/// and 3 km east. One unit is 100 m.
class Land {
public:
    explicit Land(std::uint64_t seed = 0) {
        place("village", "Ashdorf", 0, 0);
        place("village", "Birkdorf", 40, 0);
        place("city", "Große Stadt", 20, 60);
        place("nothing known", "Nirgends", 1, 1);
        street("Hauptstraße", 0, 0, 5, 0);
        street("Hauptstraße", 40, 0, 45, 0);
        street("Bahnhofstr.", 5, 0, 5, 5);
        street("Martin Luther King Jr Blvd", 20, 60, 25, 60);
        street("Rue des Écoles", 20, 60, 20, 62);
        house("Hauptstrasse", "7", 1, 0.2);
        house("Hauptstraße", "12a", 2, 0.2);
        house("Hauptstraße", "14;16", 3, 0.2);
        house("Hauptstraße", "7", 41, 0.2);
        house("Am Ende", "1", 44, 3);
        building("Hauptstraße", "20", 4, 0.2);
        if (seed > 0) {
            Prng prng{seed};
            for (auto i = things_.size(); i > 1; --i)
                std::swap(things_[i - 1], things_[prng.below(i)]);
        }
        Builder builder{{.profiles = testing::motor}};
        for (auto const& thing : things_) {
            auto const tags = tags_of(thing);
            if (thing.nodes.empty()) continue;
            OsmWay const way{.id = thing.id, .nodes = thing.nodes, .tags = Tags{tags}};
            found_.add_way(way);
            if (auto const use = use_of(way.tags))
                builder.add_way(way.id, way.nodes, *use, way.tags["name"]);
        }
        builder.seal_ways();
        found_.seal_ways();
        for (auto const& thing : things_) {
            if (!thing.nodes.empty()) continue;
            auto const tags = tags_of(thing);
            builder.add_node(thing.id, thing.at, {});
            found_.add_node({.id = thing.id, .place = thing.at, .tags = Tags{tags}});
        }
        columns_ = std::move(builder.finish()).value();
        REQUIRE(add_hierarchy(columns_).ok());
        columns_.gazetteer = std::move(found_.finish(network_of(columns_))).value();
    }
    OwnedColumns const& columns() const { return columns_; }
    GazetteerCounts const& counts() const { return found_.counts(); }

private:
    using Text = std::pair<std::string, std::string>;
    struct Thing {
        std::int64_t id = 0;
        Position at;
        std::vector<std::int64_t> nodes;
        std::vector<Text> tags;
    };

    static std::vector<Tag> tags_of(Thing const& thing) {
        std::vector<Tag> tags;
        for (auto const& [key, value] : thing.tags)
            tags.push_back({key, value});
        return tags;
    }
    std::int64_t node(double north, double east, std::vector<Text> tags = {}) {
        Position const at{
            470'000'000 + static_cast<std::int32_t>(north * hundred_metres),
            90'000'000 + static_cast<std::int32_t>(east * hundred_metres)};
        // The same place is the same node.
        auto const id = static_cast<std::int64_t>(north * 1000 + 10) * 1'000'000 +
                        static_cast<std::int64_t>(east * 1000) + 1;
        auto const is_it = [&](Thing const& thing) { return thing.id == id; };
        if (std::ranges::none_of(things_, is_it)) things_.push_back({id, at, {}, {}});
        auto& mine = *std::ranges::find_if(things_, is_it);
        mine.tags.insert(mine.tags.end(), tags.begin(), tags.end());
        return id;
    }
    void place(std::string const& kind, std::string const& name, double north, double east) {
        node(north, east, {{"place", kind}, {"name", name}});
    }
    void house(std::string const& street, std::string const& number, double north, double east) {
        node(north, east, {{"addr:street", street}, {"addr:housenumber", number}});
    }
    void way(std::vector<std::int64_t> nodes, std::vector<Text> tags) {
        things_.push_back({--last_way_, {}, std::move(nodes), std::move(tags)});
    }
    void street(std::string const& name, double n1, double e1, double n2, double e2) {
        way({node(n1, e1), node((n1 + n2) / 2, (e1 + e2) / 2), node(n2, e2)},
            {{"highway", "residential"}, {"name", name}});
    }
    void building(std::string const& street, std::string const& number, double north, double east) {
        auto const first = node(north, east);
        way({first,
             node(north, east + 0.2),
             node(north + 0.2, east + 0.2),
             node(north + 0.2, east),
             first},
            {{"building", "yes"}, {"addr:street", street}, {"addr:housenumber", number}});
    }

    std::int64_t last_way_ = 0;
    std::vector<Thing> things_;
    GazetteerBuilder found_;
    OwnedColumns columns_;
};

struct Search {
    explicit Search(OwnedColumns const& columns) : network{network_of(columns)}, index{network} {}

    /// "name [number], settlement" of each.
    std::vector<std::string> operator()(SearchWish const& wish) const {
        std::vector<std::string> all;
        auto const& map = network.gazetteer;
        for (auto const& found : index.find(wish)) {
            std::string text{map.name(found.entry)};
            if (found.house != none) text += " " + std::string{map.number(found.house)};
            auto const within = map.within[found.entry];
            if (within != none) text += ", " + std::string{map.name(within)};
            all.push_back(std::move(text));
        }
        return all;
    }
    std::string first(std::string_view text) const {
        auto const all = (*this)({.text = text});
        return all.empty() ? "" : all.front();
    }

    Network network;
    SearchIndex index;
};

TEST_CASE("places, streets and houses are read with the settlement they are in") {
    Land const land;
    CHECK(land.counts().places == 3);
    // Two Hauptstraßen, Bahnhofstr., the boulevard, the rue, and Am Ende by its house alone.
    CHECK(land.counts().streets == 6);
    CHECK(land.counts().houses == 7);
    Search const search{land.columns()};
    CHECK(check(search.network).ok());
    CHECK(search.first("ashdorf") == "Ashdorf");
    CHECK(search.first("grosse stadt") == "Große Stadt");
    CHECK(search.first("am ende") == "Am Ende, Birkdorf");
    CHECK(search.first("rue ecoles") == "Rue des Écoles, Große Stadt");
    CHECK(search.first("nirgends") == "");
}

TEST_CASE("a house is found with its street, and with the village where there are two") {
    Land const land;
    Search const search{land.columns()};
    CHECK(search.first("Hauptstrasse 12a") == "Hauptstraße 12a, Ashdorf");
    CHECK(search.first("hauptstr. 12 A") == "Hauptstraße 12a, Ashdorf");
    CHECK(search.first("12a hauptstrasse") == "Hauptstraße 12a, Ashdorf");
    CHECK(search.first("hauptstraße 16") == "Hauptstraße 16, Ashdorf");
    CHECK(search.first("hauptstraße 7 birkdorf") == "Hauptstraße 7, Birkdorf");
    CHECK(search.first("ashdorf hauptstraße 7") == "Hauptstraße 7, Ashdorf");
    // The house's middle, from two corners of it: 10 m to the north and the east of the first.
    auto const found = search.index.find({.text = "hauptstraße 20"});
    REQUIRE(found.front().house != none);
    CHECK(
        search.index.place(found.front()) ==
        Position{470'000'000 + 4 * hundred_metres + 900, 90'000'000 + 1800 + 900}
    );
    // No such number: the streets.
    CHECK(search({.text = "hauptstraße 99"}).size() == 2);
}

TEST_CASE("a word may be begun, abbreviated, or have an error") {
    Land const land;
    Search const search{land.columns()};
    CHECK(search.first("haup") == "Hauptstraße, Ashdorf");
    CHECK(search.first("bahnhofstrasse") == "Bahnhofstr., Ashdorf");
    CHECK(
        search.first("martin luther king boulevard") == "Martin Luther King Jr Blvd, Große Stadt"
    );
    CHECK(search.first("luther blvd") == "Martin Luther King Jr Blvd, Große Stadt");
    CHECK(search.first("birkdrof") == "Birkdorf");  // eight letters: two errors
    CHECK(search.first("hauptstrese") == "Hauptstraße, Ashdorf");
    CHECK(search.first("lutter") == "Martin Luther King Jr Blvd, Große Stadt");
    CHECK(search.first("kong") == "Martin Luther King Jr Blvd, Große Stadt");
    CHECK(search.first("kinx boulevard") == "Martin Luther King Jr Blvd, Große Stadt");
    CHECK(search.first("xyz") == "");
    CHECK(search.first("") == "");
    CHECK(search.first(" ,;- ") == "");
}

TEST_CASE("who is near, or within, comes before who is not") {
    Land const land;
    Search const search{land.columns()};
    Position const north{470'360'000, 90'000'000};
    CHECK(search({.text = "hauptstraße"}).front() == "Hauptstraße, Ashdorf");
    CHECK(search({.text = "hauptstraße", .near = north}).front() == "Hauptstraße, Birkdorf");
    auto const box = box_around(north, Metres{2000});
    auto const within = search({.text = "hauptstraße", .within = box});
    REQUIRE(within.size() == 1);
    CHECK(within.front() == "Hauptstraße, Birkdorf");
    CHECK(search({.text = "hauptstraße", .count = 1}).size() == 1);
}

TEST_CASE("what is at a place: the house, or the street by its name") {
    Land const land;
    Search const search{land.columns()};
    Position const beside{470'000'000 + 2 * hundred_metres + 500, 90'000'000 + 1800};
    auto const house = search.index.house_near(beside, Metres{100});
    REQUIRE(house);
    CHECK(search.network.gazetteer.number(house->house) == "12a");
    CHECK(search.network.gazetteer.name(house->entry) == "Hauptstraße");
    CHECK_FALSE(search.index.house_near({471'500'000, 90'000'000}, Metres{100}));
    auto const street = search.index.street_named("Hauptstraße", {470'370'000, 90'000'000});
    REQUIRE(street);
    auto const within = search.network.gazetteer.within[street->entry];
    CHECK(search.network.gazetteer.name(within) == "Birkdorf");
    CHECK_FALSE(search.index.street_named("Nebenstraße", beside));
    CHECK_FALSE(search.index.street_named("", beside));
}

TEST_CASE("a gazetteer that leads outside is refused, by its column") {
    Land const land;
    auto const is_found = [&](auto const& change, std::string const& column) {
        auto broken = land.columns();
        change(broken.gazetteer);
        auto const checked = check(network_of(broken));
        INFO(column);
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().detail.find(column) != std::string::npos);
    };
    is_found([](auto& g) { g.texts.back() = 'x'; }, "texts");
    is_found([](auto& g) { g.names[0] = 1'000'000; }, "entry_names");
    is_found([](auto& g) { g.places[0].lat = 950'000'000; }, "entry_places");
    is_found([](auto& g) { g.kinds[0] = 7; }, "entry_kinds");
    is_found([](auto& g) { g.within[0] = 1'000'000; }, "entry_within");
    is_found([](auto& g) { g.house_first[1] = none; }, "house_first");
    is_found([](auto& g) { g.house_first.clear(); }, "house_first");
    is_found([](auto& g) { g.house_places[0].lon = 1'900'000'000; }, "house_places");
    is_found([](auto& g) { g.house_numbers.pop_back(); }, "house_numbers");
}

TEST_CASE("the same objects in another order give the same gazetteer") {
    Land const one;
    Land const other{7};
    auto const& a = one.columns().gazetteer;
    auto const& b = other.columns().gazetteer;
    CHECK(a.texts == b.texts);
    CHECK(a.places == b.places);
    CHECK(a.within == b.within);
    CHECK(a.house_numbers == b.house_numbers);
    CHECK(a.house_places == b.house_places);
}

TEST_CASE("an extract without names has nothing to find") {
    auto const columns = testing::random_city(3, 5);
    Search const search{columns};
    CHECK(search({.text = "main street"}).empty());
    CHECK_FALSE(search.index.house_near({577'000'000, 119'000'000}, Metres{1000}));
}

fs::path const folder{POSTHASTE_SHARED_DATA "/roads"};

TEST_CASE("in Liechtenstein every entry is found by its own name, and so is every house") {
    if (!fs::exists(folder)) {
        MESSAGE("skipped: no road networks at " << folder.string());
        return;
    }
    ImportReport report;
    auto const imported = import_network(folder / "liechtenstein_2015.osm.pbf", {}, report);
    REQUIRE(imported.ok());
    CHECK(report.found.places == 43);
    CHECK(report.found.streets > 900);
    CHECK(report.found.houses > 900);
    Search const search{imported.value()};
    auto const& map = search.network.gazetteer;
    for (std::uint32_t entry = 0; entry < map.entry_count(); ++entry) {
        auto const at = map.places[entry];
        auto const found = search.index.find({.text = map.name(entry), .count = 3, .near = at});
        CHECK(std::ranges::count(found, entry, &Found::entry) == 1);
    }
    Prng prng{42};
    for (int i = 0; i < 200; ++i) {
        auto const house = static_cast<std::uint32_t>(prng.below(map.house_places.size()));
        auto const at = search.index.house_near(map.house_places[house], Metres{1});
        REQUIRE(at);
        auto const text = std::string{map.name(at->entry)} + " " + std::string{map.number(house)};
        auto const found =
            search.index.find({.text = text, .count = 3, .near = map.house_places[house]});
        INFO(text);
        CHECK(std::ranges::any_of(found, [&](Found const& one) {
            return one.house != none && folded(map.number(one.house)) == folded(map.number(house));
        }));
    }
}

TEST_CASE("whatever is typed is answered, and in bounds") {
    if (!fs::exists(folder)) {
        MESSAGE("skipped: no road networks at " << folder.string());
        return;
    }
    ImportReport report;
    auto const imported = import_network(folder / "monaco.osm.gz", {}, report);
    REQUIRE(imported.ok());
    CHECK(report.found.places >= 4);
    CHECK(report.found.houses >= 15);
    Search const search{imported.value()};
    CHECK(search.first("bd des moulins").starts_with("Boulevard des Moulins"));
    Prng prng{42};
    for (int i = 0; i < 3000; ++i) {
        std::string text;
        constexpr std::string_view likely = " aeiourstn1234567890";
        bool const is_any = prng.chance(500);
        for (auto count = prng.below(300); count > 0; --count)
            text += is_any ? static_cast<char>(prng.below(256)) : likely[prng.below(likely.size())];
        CHECK(search({.text = text, .count = 5}).size() <= 5);
    }
    CHECK(search.first(std::string(100'000, 'a')).empty());
    CHECK(search({.text = "1 1 1 1 1 1 1 1 1 a b c d e f g h i j"}).size() <= 10);
}

}  // namespace
}  // namespace posthaste::road
