// Files by their names, packed ones, and the real cities, against counts made by another program
// (a plain protobuf walk, an XML and a JSON library of another language).
#include "road/osm/read.hpp"

#include <bzlib.h>
#include <doctest/doctest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "road/osm/collect_test.hpp"

namespace posthaste::road {

namespace {

namespace fs = std::filesystem;

std::string const xml = "<osm><node id='1' lat='1' lon='2'/></osm>";
constexpr char const* objects = "n1 10000000,20000000\n";

std::string gzip(std::string const& text) {
    std::string packed(text.size() + 100, '\0');
    z_stream stream{};
    REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string input = text;
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    packed.resize(stream.total_out);
    REQUIRE(deflateEnd(&stream) == Z_OK);
    return packed;
}

std::string bzip2(std::string const& text) {
    std::string packed(text.size() + 700, '\0');
    std::string input = text;
    auto size = static_cast<unsigned>(packed.size());
    REQUIRE(
        BZ2_bzBuffToBuffCompress(
            packed.data(), &size, input.data(), static_cast<unsigned>(input.size()), 1, 0, 0
        ) == BZ_OK
    );
    packed.resize(size);
    return packed;
}

fs::path shared_file(std::string const& name) {
    return fs::path{POSTHASTE_SHARED_DATA} / "roads" / name;
}

bool is_absent(fs::path const& file) {
    if (fs::exists(file)) return false;
    MESSAGE("skipped: there is no ", file.string());
    return true;
}

std::string content(fs::path const& file) {
    std::ifstream const stream{file, std::ios::binary};
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

struct City {
    char const* name;
    OsmFormat format;
    OsmPacking packing;
    std::int64_t nodes;
    std::int64_t lat_sum;
    std::int64_t lon_sum;
    std::size_t node_tags;
    std::int64_t ways;
    std::int64_t refs;
    std::size_t way_tags;
    std::int64_t relations;
    std::int64_t members;
    std::size_t relation_tags;
};

constexpr auto pbf = OsmFormat::pbf;
constexpr auto plain = OsmPacking::plain;

// clang-format off
constexpr City cities[] = {
    {"columbus_oh.osm.pbf", pbf, plain, 110'560, 44'193'213'600'806, -91'772'047'056'357, 1'722,
     15'503, 138'715, 46'507, 111, 1'718, 444},
    {"gothenburg_2016.osm.pbf", pbf, plain, 48'228, 27'829'010'915'830, 5'769'474'238'600, 0,
     9'307, 60'770, 26'611, 0, 0, 0},
    {"harrisburg_pa.osm.pbf", pbf, plain, 34'486, 13'879'306'827'608, -26'481'158'625'343, 2'304,
     3'537, 39'897, 20'777, 53, 7'928, 503},
    {"liechtenstein_2015.osm.pbf", pbf, plain, 142'832, 67'336'255'478'469, 13'628'801'553'792,
     8'483, 15'247, 159'076, 28'032, 358, 17'388, 2'985},
    {"monaco.osm.gz", OsmFormat::xml, OsmPacking::gzip, 13'739, 6'009'020'345'443,
     1'019'809'310'758, 1'814, 1'944, 16'573, 3'229, 77, 3'125, 803},
    {"manhattan_roads.geojson", OsmFormat::geojson, plain, 57'176, 23'307'087'765'065,
     -42'296'269'860'094, 0, 8'451, 57'176, 39'129, 0, 0, 0},
};
// clang-format on

}  // namespace

TEST_CASE("packed text is unpacked, also of several streams after each other") {
    using testing::read_text;
    CHECK(read_text(gzip(xml), OsmFormat::xml, OsmPacking::gzip) == objects);
    CHECK(read_text(bzip2(xml), OsmFormat::xml, OsmPacking::bzip2) == objects);
    std::string const front = xml.substr(0, 20);
    std::string const back = xml.substr(20);
    CHECK(read_text(gzip(front) + gzip(back), OsmFormat::xml, OsmPacking::gzip) == objects);
    CHECK(read_text(bzip2(front) + bzip2(back), OsmFormat::xml, OsmPacking::bzip2) == objects);
}

TEST_CASE("packed text that is cut off or broken is an error") {
    for (auto const packing : {OsmPacking::gzip, OsmPacking::bzip2}) {
        std::string const packed = packing == OsmPacking::gzip ? gzip(xml) : bzip2(xml);
        for (std::size_t size = 0; size < packed.size(); ++size) {
            testing::Text sink;
            std::string const cut = packed.substr(0, size);
            CHECK_FALSE(read_osm_bytes(cut, OsmFormat::xml, packing, {}, sink).ok());
        }
        std::string const broken = testing::read_text(packed + "junk", OsmFormat::xml, packing);
        CHECK_MESSAGE(broken.ends_with(" data is broken"), broken);
    }
}

TEST_CASE("too much is told from wrong by the code") {
    auto const code_of = [](std::string const& text, OsmFormat format) {
        testing::Text sink;
        Status const read = read_osm_bytes(text, format, plain, {}, sink);
        REQUIRE_FALSE(read.ok());
        return read.error().code;
    };
    std::string deep;
    for (int i = 0; i < 100; ++i)
        deep += "<osm>";
    CHECK(code_of(deep, OsmFormat::xml) == Errc::limit_exceeded);
    CHECK(code_of("<osm>", OsmFormat::xml) == Errc::malformed);
    std::string const nested = R"({"a":)" + std::string(100, '[');
    CHECK(code_of(nested, OsmFormat::geojson) == Errc::limit_exceeded);
    CHECK(code_of("{", OsmFormat::geojson) == Errc::malformed);
    CHECK(code_of("nonsense", pbf) == Errc::malformed);
}

TEST_CASE("the name says the format; errors say the file") {
    fs::path const folder = fs::temp_directory_path() / "posthaste_osm_read_test";
    fs::create_directories(folder);
    auto const read = [&](std::string const& name, std::string const& bytes) {
        std::ofstream{folder / name, std::ios::binary} << bytes;
        testing::Text sink;
        std::uint64_t last = 0;
        Status const status = read_osm(folder / name, {}, sink, [&](auto at, auto of) {
            CHECK(at >= last);
            CHECK(of == bytes.size());
            last = at;
        });
        if (!status.ok()) return status.error().detail.substr(folder.string().size() + 1);
        CHECK(last == bytes.size());
        return sink.text;
    };
    CHECK(read("a.osm", xml) == objects);
    CHECK(read("a.osm.gz", gzip(xml)) == objects);
    CHECK(read("a.osm.bz2", bzip2(xml)) == objects);
    CHECK(read("a.json", R"({"features":[]})").empty());
    CHECK(read("a.geojson.gz", gzip(R"({"features":[]})")).empty());
    CHECK(read("a.osm.pbf", "") == "a.osm.pbf: byte 0: the file is empty");
    CHECK(read("a.txt", xml).starts_with("a.txt: its name does not end in .osm.pbf, "));
    CHECK(read("a.pbf.gz", xml).starts_with("a.pbf.gz: its name does not end in .osm.pbf, "));

    testing::Text sink;
    Status const absent = read_osm(folder / "absent.osm", {}, sink);
    REQUIRE_FALSE(absent.ok());
    CHECK(absent.error().code == Errc::io_failed);
    fs::create_directories(folder / "folder.osm");
    Status const directory = read_osm(folder / "folder.osm", {}, sink);
    REQUIRE_FALSE(directory.ok());
    CHECK(directory.error().code == Errc::io_failed);
    fs::remove_all(folder);
}

TEST_CASE("real cities are read to the last object") {
    for (City const& city : cities) {
        fs::path const file = shared_file(city.name);
        if (is_absent(file)) continue;
        CAPTURE(city.name);
        testing::Counts counts;
        Status const read = read_osm(file, {}, counts);
        REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().detail));
        CHECK(counts.nodes == city.nodes);
        CHECK(counts.lat_sum == city.lat_sum);
        CHECK(counts.lon_sum == city.lon_sum);
        CHECK(counts.node_tags == city.node_tags);
        CHECK(counts.ways == city.ways);
        CHECK(counts.refs == city.refs);
        CHECK(counts.way_tags == city.way_tags);
        CHECK(counts.relations == city.relations);
        CHECK(counts.members == city.members);
        CHECK(counts.relation_tags == city.relation_tags);

        testing::Counts only_ways;
        REQUIRE(read_osm(file, {false, true, false}, only_ways).ok());
        CHECK(only_ways.objects() == city.ways);
        CHECK(only_ways.refs == city.refs);
    }
}

TEST_CASE("real cities cut at many bytes are an error, or hold fewer objects") {
    constexpr std::size_t cuts = 20;
    for (City const& city : cities) {
        fs::path const file = shared_file(city.name);
        if (is_absent(file)) continue;
        CAPTURE(city.name);
        std::string const bytes = content(file);
        std::int64_t const all = city.nodes + city.ways + city.relations;
        for (std::size_t i = 0; i < cuts; ++i) {
            std::size_t const size = bytes.size() * i / cuts;
            CAPTURE(size);
            testing::Counts counts;
            Status const read = read_osm_bytes(
                std::string_view{bytes}.substr(0, size), city.format, city.packing, {}, counts
            );
            CHECK(counts.objects() < all);
            if (!read.ok()) CHECK(read.error().detail.starts_with("byte "));
            if (city.format != pbf) CHECK_FALSE(read.ok());
        }
    }
}

}  // namespace posthaste::road
