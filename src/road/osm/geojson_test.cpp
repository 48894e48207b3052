// GeoJSON lines with OSM's tags, as overpass-turbo and as shapefiles write them.
#include <doctest/doctest.h>

#include <string>

#include "road/osm/collect_test.hpp"

namespace posthaste::road {

namespace {

std::string read_json_text(std::string const& file, OsmWanted wanted = {false, true, false}) {
    return testing::read_text(file, OsmFormat::geojson, OsmPacking::plain, wanted);
}

std::string collection(std::string const& features) {
    return R"({"type":"FeatureCollection","features":[)" + features + "]}";
}

std::string line(std::string const& members, std::string const& properties = "{}") {
    return "{" + members + R"("properties":)" + properties +
           R"(,"geometry":{"type":"LineString","coordinates":[[0,0],[0,0.0000001]]}})";
}

// The id of (lat 0, lon 0) is 0, of (lat 1e-7, lon 0) 2^32.
constexpr char const* nodes = " 0 4294967296";

std::string ids_of(std::string const& features) {
    std::string const read = read_json_text(collection(features));
    std::string ids;
    for (std::size_t at = 0; at < read.size(); at = read.find('\n', at) + 1)
        ids += read.substr(at, read.find(' ', at) - at) + ' ';
    return ids;
}

}  // namespace

TEST_CASE("a line is a way; equal coordinates are one node") {
    std::string const file = collection(R"(
        {"type":"Feature","id":"way/5",
         "geometry":{"coordinates":[[11.9,57.7,3],[-1e-7,-0.0000001]],"type":"LineString"},
         "properties":{"highway":"service","lanes":2,"lit":true,"bad":null,"list":[1],
                       "name":"\u00c5 \"B\""}},
        {"type":"Feature","properties":null,
         "geometry":{"type":"LineString","coordinates":[[11.90000000,57.7]]}})");
    // 577000000 << 32 | 119000000; (2^32 - 1) << 32 | (2^32 - 1) = -1.
    std::string const first = "2478196129911000000";
    CHECK(577'000'000LL * 4'294'967'296LL + 119'000'000 == std::stoll(first));
    CHECK(
        read_json_text(file, {}) == "n" + first + " 577000000,119000000\nn-1 -1,-1\n" + "w5 " +
                                        first +
                                        " -1 highway=service lanes=2 lit=true name=\u00c5 \"B\"\n" +
                                        "n" + first + " 577000000,119000000\nw-1 " + first + "\n"
    );
}

TEST_CASE("each line of a MultiLineString is a way; what is no line is passed over") {
    std::string const file = collection(R"(
        {"id":8, "geometry":{"type":"MultiLineString",
                             "coordinates":[[[0,0],[0,0.0000001]],[[0,0]]]}},
        {"geometry":{"type":"Point","coordinates":[0,0]},"properties":{"highway":"stop"}},
        {"geometry":{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}},
        {"geometry":null})");
    CHECK(read_json_text(file) == std::string{"w8"} + nodes + "\nw8 0\n");
    CHECK(read_json_text(collection("")).empty());
}

TEST_CASE("the id is the feature's, else a property's, else a negative count") {
    CHECK(ids_of(line(R"("id":"way/12",)", R"({"@id":"way/3"})")) == "w12 ");
    CHECK(ids_of(line(R"("id":12,)")) == "w12 ");
    CHECK(ids_of(line("", R"({"osm_id":4,"@id":"way/3","id":"way/2"})")) == "w3 ");
    CHECK(ids_of(line("", R"({"id":"2","osm_id":"4"})")) == "w4 ");
    CHECK(ids_of(line("", R"({"id":2})")) == "w2 ");
    CHECK(ids_of(line("", R"({"@id":"relation/2"})") + "," + line("")) == "w-1 w-2 ");
}

TEST_CASE("a shapefile's columns are read as the tags they stand for") {
    auto const tags = [](std::string const& properties) {
        return read_json_text(collection(line(R"("id":1,)", properties)));
    };
    std::string const way = std::string{"w1"} + nodes;
    CHECK(
        tags(R"({"fclass":"primary","oneway":"B","bridge":"F"})") ==
        way + " highway=primary oneway=no bridge=F\n"
    );
    CHECK(tags(R"({"oneway":"F","fclass":"primary"})") == way + " oneway=yes highway=primary\n");
    CHECK(tags(R"({"fclass":"primary","oneway":"T"})") == way + " highway=primary oneway=-1\n");
    CHECK(
        tags(R"({"fclass":"primary","oneway":"T","highway":"x"})") ==
        way + " fclass=primary oneway=T highway=x\n"
    );
}

TEST_CASE("members around the features may be anything") {
    CHECK(
        read_json_text(
            R"( { "crs" : {"a":["]}\"",{}]} , "n":1.5,"s":"features\\", "features" : [ )" +
            line(R"("id":1,)") + " , " + line(R"("id":2,)") + R"( ] , "bbox":[1,2] , "x":null } )"
        ) == std::string{"w1"} + nodes + "\nw2" + nodes + "\n"
    );
}

TEST_CASE("what is wrong is said with its byte") {
    CHECK(read_json_text("") == "byte 0: GeoJSON begins with an object");
    CHECK(read_json_text("[1]") == "byte 0: GeoJSON begins with an object");
    CHECK(read_json_text("{}") == "byte 1: the name of a member must stand here");
    CHECK(read_json_text(R"({"type":"Feature"})") == "byte 17: the file has no list of features");
    CHECK(read_json_text(R"({"features":{}})") == "byte 12: the features are an array");
    CHECK(read_json_text(R"({"features":[1]})") == "byte 13: a feature is an object");
    CHECK(read_json_text(R"({"features":[{},]})") == "byte 16: a feature is an object");
    CHECK(
        read_json_text(R"({"features":[{}{}]})") ==
        "byte 15: a comma or the list's end must stand here"
    );
    CHECK(
        read_json_text(R"({"features":[]}x)") == "byte 15: something stands after the file's end"
    );
    CHECK(read_json_text(R"({"a":[}],"features":[]})") == "byte 6: a bracket closes nothing");
    CHECK(read_json_text(R"({"features":[{"a":"b)") == "byte 20: the file is cut off");
    CHECK(read_json_text(collection("{]}")).starts_with("byte 40: in this feature: not JSON: "));
    CHECK(
        read_json_text(collection(R"({"geometry":{"type":"LineString","coordinates":[[0,90.1]]}})")
        ) == "byte 40: in this feature: a coordinate that is not on the earth"
    );
    CHECK(read_json_text(collection(R"({"geometry":{"type":"LineString","coordinates":[0]}})"))
              .starts_with("byte 40: in this feature: not JSON: "));
    CHECK(
        read_json_text(collection(R"({"a":")" + std::string(17U << 20U, 'a') + R"("})")) ==
        "byte 40: a feature that is too long"
    );
    CHECK(read_json_text(R"({"a":)" + std::string(100, '[')) == "byte 69: nested too deep");
}

TEST_CASE("a file cut anywhere is an error, and its whole features before are given") {
    std::string const file =
        collection(line(R"("id":1,)") + "," + line(R"("id":2,)", R"({"a":"\""})"));
    std::string const whole = read_json_text(file);
    for (std::size_t size = 0; size < file.size(); ++size) {
        testing::Text sink;
        Status const read = read_osm_bytes(
            file.substr(0, size), OsmFormat::geojson, OsmPacking::plain, {false, true, false}, sink
        );
        CHECK_FALSE(read.ok());
        CHECK(whole.starts_with(sink.text));
    }
}

}  // namespace posthaste::road
