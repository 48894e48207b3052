// OSM's XML: what it says, what is refused, and with which words.
#include <doctest/doctest.h>

#include <string>

#include "road/osm/collect_test.hpp"

namespace posthaste::road {

namespace {

std::string read_xml_text(std::string const& file, OsmWanted wanted = {}) {
    return testing::read_text(file, OsmFormat::xml, OsmPacking::plain, wanted);
}

std::string in_osm(std::string const& body) {
    return "<osm>" + body + "</osm>";
}

std::string repeated(std::string const& text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

constexpr char const* city = R"(<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6" generator="by hand">
  <bounds minlat="57" minlon="11" maxlat="58" maxlon="12"/>
  <way id="7" version="3"><nd ref="5"/><nd ref="4"/>
    <tag k="name" v="A &amp; B"/><tag k="highway" v="service"/></way>
  <node id="5" lat="57.7" lon="-11.90000004"/>
  <node id="-4" lat="57.70000015" lon="1.19e1" visible="true"><tag k="highway" v="stop"/></node>
  <node id="6" visible="false" version="2"/>
  <relation id="9"><member type="node" ref="5" role="via"><nd lat="1" lon="1"/></member>
    <member type="way" ref="7" role=""/><tag k="type" v="restriction"/></relation>
  <changeset id="1"><tag k="comment" v="not an object"/></changeset>
</osm>
)";

}  // namespace

TEST_CASE("objects come in the file's order; what is no object is passed over") {
    CHECK(
        read_xml_text(city) ==
        "w7 5 4 name=A & B highway=service\n"
        "n5 577000000,-119000000\n"
        "n-4 577000002,119000000 highway=stop\n"
        "r9 n5:via w7: type=restriction\n"
    );
    CHECK(read_xml_text(city, {false, true, false}) == "w7 5 4 name=A & B highway=service\n");
    CHECK(read_xml_text(city, {false, false, true}) == "r9 n5:via w7: type=restriction\n");
}

TEST_CASE("what is wrong is said with its byte") {
    CHECK(read_xml_text("") == "byte 0: not XML: no element found");
    CHECK(read_xml_text("<html></html>") == "byte 0: the root is <html>, not <osm>");
    CHECK(read_xml_text("<osm><node") == "byte 5: not XML: unclosed token");
    CHECK(read_xml_text("<osm></way>") == "byte 7: not XML: mismatched tag");
    CHECK(read_xml_text(in_osm("<way/>")) == "byte 5: an object whose id is no number");
    CHECK(read_xml_text(in_osm("<way id='1x'/>")) == "byte 5: an object whose id is no number");
    CHECK(read_xml_text(in_osm("<node id='1'/>")) == "byte 5: node 1: not on the earth");
    CHECK(
        read_xml_text(in_osm("<node id='1' lat='nan' lon='1'/>")) ==
        "byte 5: node 1: not on the earth"
    );
    CHECK(
        read_xml_text(in_osm("<node id='1' lat='90.0000001' lon='1'/>")) ==
        "byte 5: node 1: not on the earth"
    );
    CHECK(
        read_xml_text(in_osm("<way id='1'><nd/></way>")) ==
        "byte 17: a node reference that is no number"
    );
    CHECK(
        read_xml_text(in_osm("<way id='1'><tag v='1'/></way>")) == "byte 17: a tag without its key"
    );
    CHECK(
        read_xml_text(in_osm("<relation id='1'><member ref='1' type='area'/></relation>")) ==
        "byte 22: a member of an unknown kind"
    );
}

TEST_CASE("entities cannot be declared, so none grows") {
    std::string const bomb =
        "<!DOCTYPE osm [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><osm>&b;</osm>";
    std::string const refused =
        ": a DOCTYPE, which no OSM file has: entities are not expanded here";
    CHECK(read_xml_text(bomb) == "byte 14" + refused);
    CHECK(read_xml_text("<!DOCTYPE osm SYSTEM 'file:///etc/passwd'><osm/>") == "byte 41" + refused);
    CHECK(read_xml_text("<osm>&b;</osm>") == "byte 5: not XML: undefined entity");
}

TEST_CASE("no part grows without end") {
    std::string const long_text(std::size_t{2} << 20U, 'a');
    CHECK(read_xml_text(in_osm("<way id='1'><tag k='k' v='" + long_text + "'/></way>"))
              .ends_with("an element without end"));
    std::string const tag = "<tag k='k' v='" + long_text.substr(0, 500'000) + "'/>";
    CHECK(read_xml_text(in_osm("<way id='1'>" + repeated(tag, 17) + "</way>"))
              .ends_with("an object with too much text"));
    CHECK(read_xml_text(in_osm("<way id='1'>" + repeated("<tag k='k' v='v'/>", 2001) + "</way>"))
              .ends_with("an object with too many tags"));
    CHECK(read_xml_text(
              in_osm("<way id='1'>" + repeated("<nd ref='1'/>", way_nodes_max + 1) + "</way>")
    )
              .ends_with("a way with too many nodes"));
    CHECK(read_xml_text("<osm>" + repeated("<x>", 100)).ends_with("nested too deep"));
    std::string names;
    for (int i = 0; i <= 1000; ++i)
        names += "<x" + std::to_string(i) + "/>";
    CHECK(read_xml_text(in_osm(names)).ends_with("too many names that are not OSM's"));
}

TEST_CASE("a file cut anywhere is an error, and its whole objects before are given") {
    std::string const file = city;
    std::string const whole = read_xml_text(file);
    std::size_t const end = file.find("</osm>") + 6;
    for (std::size_t size = 0; size < end; ++size) {
        testing::Text sink;
        Status const read =
            read_osm_bytes(file.substr(0, size), OsmFormat::xml, OsmPacking::plain, {}, sink);
        CHECK_FALSE(read.ok());
        CHECK(whole.starts_with(sink.text));
    }
}

}  // namespace posthaste::road
