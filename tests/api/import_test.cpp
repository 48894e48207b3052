// `posthaste import roads` by the real binary: what it writes, what it says, and how it fails.
#include <algorithm>
#include <ranges>
#include <string_view>

#include "api/json_value.hpp"
#include "api/server_process.hpp"
#include "road/file.hpp"

namespace posthaste::testing {
namespace {

using Places = std::vector<std::pair<int, int>>;  // thousandths of a degree from 57.7, 11.97

std::string line(std::string const& tags, Places const& places) {
    std::string text = R"({"type":"Feature","properties":{)" + tags +
                       R"(},"geometry":{"type":"LineString","coordinates":[)";
    for (auto const& [lat, lon] : places) {
        text += "[11." + std::to_string(970 + lon) + ",57." + std::to_string(700 + lat) + "],";
    }
    text.back() = ']';
    return text + "}}";
}

// Four streets by four, of two directions: 16 junctions, 24 pieces of street. Beside it a street
// that leads nowhere, and a wall.
std::string small_city() {
    std::string lines;
    for (int i = 0; i < 4; ++i) {
        std::string const tags = R"("highway":"residential","maxspeed":)";
        auto const speed = i == 0 ? R"("fast")" : R"("30")";
        lines += line(tags + speed, {{i, 0}, {i, 1}, {i, 2}, {i, 3}}) + ",";
        lines += line(tags + R"("30")", {{0, i}, {1, i}, {2, i}, {3, i}}) + ",";
    }
    lines += line(R"("highway":"service")", {{90, 0}, {90, 1}}) + ",";
    lines += line(R"("barrier":"wall")", {{0, 0}, {3, 3}});
    return R"({"type":"FeatureCollection","features":[)" + lines + "]}";
}

// A crossing of three streets, a street whose other end is not in the file, and of each sort of
// restriction one.
constexpr char const* crossing = R"xml(<osm version="0.6">
<node id="1" lat="57.70" lon="11.97"/><node id="2" lat="57.71" lon="11.97"/>
<node id="3" lat="57.71" lon="11.98"/><node id="4" lat="57.72" lon="11.97"/>
<way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
<way id="11"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
<way id="12"><nd ref="2"/><nd ref="4"/><tag k="highway" v="primary"/></way>
<way id="13"><nd ref="4"/><nd ref="99"/><tag k="highway" v="primary"/></way>
<relation id="20"><member type="way" ref="10" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="11" role="to"/><tag k="type" v="restriction"/>
<tag k="restriction" v="no_right_turn"/></relation>
<relation id="21"><member type="way" ref="10" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="77" role="to"/><tag k="type" v="restriction"/>
<tag k="restriction" v="no_right_turn"/></relation>
<relation id="22"><member type="way" ref="10" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="12" role="to"/><tag k="type" v="restriction"/>
<tag k="restriction:conditional" v="no_straight_on @ (Mo-Fr 07:00-09:00)"/></relation>
<relation id="23"><member type="way" ref="10" role="from"/><member type="way" ref="12" role="to"/>
<tag k="type" v="restriction"/><tag k="restriction" v="no_straight_on"/></relation>
</osm>)xml";

fs::path make_file(Folder const& folder, char const* name, std::string_view text) {
    auto file = folder.path() / name;
    std::ofstream{file, std::ios::binary} << text;
    return file;
}

Ran import_roads(Folder const& folder, fs::path const& file, std::vector<std::string> more) {
    more.insert(more.begin(), {"import", "roads", file.string()});
    return run(folder, std::move(more));
}

/// The path of a number, as `restrictions.applied`.
std::string figure(api::JsonValue const& json, std::string_view path) {
    auto const* value = &json;
    for (auto const name : std::views::split(path, '.')) {
        value = value->member({name.begin(), name.end()});
        REQUIRE(value != nullptr);
    }
    return value->text;
}

/// That the line of the table that begins so ends with this value.
void check_row(std::string const& said, std::string const& name, std::string const& value) {
    INFO(said);
    auto const begin = said.find("\n  " + name + " ");
    REQUIRE(begin != said.npos);
    auto const row = said.substr(begin + 1, said.find('\n', begin + 1) - begin - 1);
    CHECK(row.ends_with(" " + value));
}

TEST_CASE("a small city is imported, and the report has its figures") {
    Folder const folder;
    auto const out = folder.path() / "city.roads";
    auto const file = make_file(folder, "city.geojson", small_city());
    auto const ran = import_roads(folder, file, {"--out", out.string()});
    REQUIRE(ran.code == 0);
    check_row(ran.said, "junctions", "18");
    check_row(ran.said, "edges, one for each direction", "50");
    check_row(ran.said, "ways that are roads", "9 of 10");
    check_row(ran.said, "tag values that cannot be read", "1");
    check_row(ran.said, "edges on islands, for every profile", "2");
    check_row(ran.said, "places to search for", "0");
    check_row(ran.said, "  truck: 50 edges, connected", "96.0 %");
    CHECK(ran.said.find("1/4 reading ways\n2/4 reading nodes\n") == 0);
    CHECK(ran.said.find("(c) OpenStreetMap contributors, ODbL 1.0") != ran.said.npos);
    auto const opened = road::NetworkFile::open(out);
    REQUIRE(opened.ok());
    CHECK(opened.value()->network().edge_count() == 50);
    check_row(ran.said, "digest", opened.value()->info().digest.hex().substr(0, 16));
}

TEST_CASE("--json is the same as one object; what is left out is counted") {
    Folder const folder;
    auto const out = (folder.path() / "a \"b\".roads").string();
    auto const file = make_file(folder, "crossing.osm", crossing);
    auto const ran = import_roads(folder, file, {"--json", "--profiles", "foot,car", "--out", out});
    INFO(ran.said);
    REQUIRE(ran.code == 0);
    auto const parsed = api::parse_json(ran.said);
    REQUIRE(parsed.ok());
    auto const& json = parsed.value();
    CHECK(figure(json, "to") == out);
    CHECK(figure(json, "junctions") == "4");
    CHECK(figure(json, "edges") == "6");
    CHECK(figure(json, "ways_cut") == "1");
    CHECK(figure(json, "nodes_missing") == "1");
    CHECK(figure(json, "restrictions.applied") == "1");
    CHECK(figure(json, "restrictions.dropped") == "1");
    CHECK(figure(json, "restrictions.conditional") == "1");
    CHECK(figure(json, "restrictions.malformed") == "1");
    CHECK(figure(json, "profiles.car.connected") == "6");
    CHECK(figure(json, "profiles.foot.edges") == "6");
    CHECK(json.member("profiles")->names.size() == 2);
    CHECK(figure(json, "places") == "0");
    CHECK(figure(json, "houses") == "0");
    CHECK(std::stoull(figure(json, "search_bytes")) < std::stoull(figure(json, "bytes")));
    CHECK(figure(json, "bytes") == std::to_string(fs::file_size(out)));
    CHECK(std::stod(figure(json, "peak_mb")) >= std::stod(figure(json, "baseline_mb")));
    CHECK(figure(json, "digest").size() == 16);
}

TEST_CASE("a truck that is too large stays out, also by a few centimetres") {
    Folder const folder;
    auto const out = (folder.path() / "city.roads").string();
    auto const low = line(R"("highway":"primary","maxheight":"4")", {{0, 0}, {0, 1}});
    auto const file = make_file(
        folder, "city.geojson", R"({"type":"FeatureCollection","features":[)" + low + "]}"
    );
    std::vector<std::string> const only_truck{"--profiles", "truck", "--out", out};
    CHECK(import_roads(folder, file, only_truck).code == 0);
    auto higher = only_truck;
    higher.insert(higher.end(), {"--truck-height", "4.02"});
    auto const ran = import_roads(folder, file, higher);
    CHECK(ran.code == 2);
    CHECK(ran.said.find("no road for these profiles") != ran.said.npos);
}

struct Wrong {
    char const* why;
    std::vector<std::string> arguments;
    std::string says;
};

TEST_CASE("each error says what and where, with code 2, and nothing is half-written") {
    Folder const folder;
    auto const path = [&](char const* name) { return (folder.path() / name).string(); };
    auto const city = make_file(folder, "city.geojson", small_city()).string();
    make_file(folder, "cut.geojson", std::string_view{small_city()}.substr(0, 900));
    make_file(folder, "cut.osm", std::string_view{crossing}.substr(0, 400));
    make_file(folder, "not.osm.pbf", "Dear Sir or Madam");
    make_file(folder, "letter.txt", "Dear Sir or Madam");
    make_file(folder, "walls.geojson", R"({"type":"FeatureCollection","features":[]})");
    make_file(folder, "before.roads", "what was there");
    std::vector<Wrong> const table{
        {"missing", {path("none.osm")}, "none.osm: No such file"},
        {"another name", {path("letter.txt")}, "letter.txt: its name does not end in .osm.pbf"},
        {"not OSM", {path("not.osm.pbf")}, "not.osm.pbf: byte 0: "},
        {"cut XML", {path("cut.osm")}, "cut.osm: byte "},
        {"cut GeoJSON", {path("cut.geojson")}, "cut.geojson: byte "},
        {"no road", {path("walls.geojson")}, "walls.geojson has no road for these profiles"},
        {"a profile", {city, "--profiles", "car,bus"}, "`bus` is no profile; there are car, van,"},
        {"a size", {city, "--truck-weight", "0"}, "--truck-weight"},
        {"no folder", {city, "--out", path("no/x.roads")}, "there is no folder " + path("no")},
        {"a folder", {city, "--out", folder.path().string()}, "it is a folder"},
        {"a folder that takes no file", {city, "--out", "/proc/x.roads"}, "/proc/x.roads"},
        {"the input", {city, "--out", city}, "it is the file to import"},
        {"no file named", {}, "FILE is required"}};
    for (auto const& wrong : table) {
        INFO(wrong.why);
        auto arguments = wrong.arguments;
        arguments.insert(arguments.begin(), {"import", "roads"});
        bool const has_out = std::ranges::find(arguments, "--out") != arguments.end();
        if (!has_out) arguments.insert(arguments.end(), {"--out", path("before.roads")});
        auto const ran = run(folder, arguments);
        INFO(ran.said);
        CHECK(ran.code == 2);
        CHECK(ran.said.find(wrong.says) != ran.said.npos);
        CHECK(text_of(path("before.roads")) == "what was there");
        CHECK(!fs::exists(path("before.roads.part")));
    }
    CHECK(text_of(city) == small_city());
}

TEST_CASE("a folder that is read-only is told before the work") {
    if (::geteuid() == 0) {
        MESSAGE("skipped: root writes everywhere");
        return;
    }
    Folder const folder;
    auto const city = make_file(folder, "city.geojson", small_city());
    auto const shut = folder.path() / "shut";
    fs::create_directory(shut);
    fs::permissions(shut, fs::perms::owner_read | fs::perms::owner_exec);
    auto const ran = import_roads(folder, city, {"--out", (shut / "x.roads").string()});
    INFO(ran.said);
    CHECK(ran.code == 2);
    CHECK(ran.said.find("Permission denied") != ran.said.npos);
    CHECK(ran.said.find("reading") == ran.said.npos);
}

TEST_CASE("import says what there is, and its help has examples") {
    Folder const folder;
    auto const alone = run(folder, {"import"});
    CHECK(alone.code == 2);
    CHECK(alone.said.find("posthaste import roads city.osm.pbf") != alone.said.npos);
    auto const help = run(folder, {"import", "roads", "--help"});
    CHECK(help.code == 0);
    CHECK(help.said.find("--truck-height 3.5") != help.said.npos);
    auto const file = make_file(folder, "city.geojson", small_city()).string();
    auto const out = (folder.path() / "x.roads").string();
    auto const last = run(folder, {"import", "roads", "--out", out, "--profiles", "car", file});
    INFO(last.said);
    CHECK(last.code == 0);  // --profiles takes one argument, not the file's name too
}

}  // namespace
}  // namespace posthaste::testing
