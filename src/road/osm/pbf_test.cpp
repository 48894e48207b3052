// PBF files made by hand, byte by byte, and what must come of them.
#include <doctest/doctest.h>
#include <zlib.h>

#include <initializer_list>
#include <string>
#include <vector>

#include <protozero/pbf_writer.hpp>

#include "road/osm/collect_test.hpp"

namespace posthaste::road {

namespace {

using protozero::pbf_writer;
using testing::read_text;

enum class Packed { raw, zlib };

std::string blob_of(std::string const& block, Packed packed) {
    std::string blob;
    pbf_writer writer{blob};
    if (packed == Packed::raw) {
        writer.add_bytes(1, block);
        return blob;
    }
    std::string zlib(compressBound(block.size()), '\0');
    uLongf size = zlib.size();
    REQUIRE(
        compress(
            reinterpret_cast<Bytef*>(zlib.data()),
            &size,
            reinterpret_cast<Bytef const*>(block.data()),
            block.size()
        ) == Z_OK
    );
    zlib.resize(size);
    writer.add_int32(2, static_cast<std::int32_t>(block.size()));
    writer.add_bytes(3, zlib);
    return blob;
}

std::string framed(std::string_view kind, std::string const& blob, std::int32_t size) {
    std::string header;
    pbf_writer writer{header};
    writer.add_string(1, protozero::data_view{kind.data(), kind.size()});
    writer.add_int32(3, size);
    std::string const start{'\0', '\0', '\0', static_cast<char>(header.size())};
    return start + header + blob;
}

std::string framed(std::string_view kind, std::string const& blob) {
    return framed(kind, blob, static_cast<std::int32_t>(blob.size()));
}

std::string file_header(std::vector<std::string> const& required = {"OsmSchema-V0.6"}) {
    std::string block;
    pbf_writer writer{block};
    for (auto const& feature : required)
        writer.add_string(4, feature);
    return framed("OSMHeader", blob_of(block, Packed::raw));
}

std::string const strings = [] {
    std::string table;
    pbf_writer writer{table};
    for (char const* text : {"", "highway", "stop", "residential", "via", "type", "restriction"})
        writer.add_string(1, text);
    return table;
}();

std::string data(std::string const& group, Packed packed = Packed::raw) {
    std::string block;
    pbf_writer writer{block};
    writer.add_message(1, strings);
    writer.add_message(2, group);
    return framed("OSMData", blob_of(block, packed));
}

using Numbers = std::initializer_list<std::int64_t>;
using Indices = std::initializer_list<std::uint32_t>;

std::string way(Numbers refs_deltas, Indices keys = {1}, Indices values = {3}) {
    std::string message;
    pbf_writer writer{message};
    writer.add_int64(1, 7);
    writer.add_packed_uint32(2, keys.begin(), keys.end());
    writer.add_packed_uint32(3, values.begin(), values.end());
    writer.add_packed_sint64(8, refs_deltas.begin(), refs_deltas.end());
    return message;
}

std::string group_of(protozero::pbf_tag_type kind, std::string const& message) {
    std::string group;
    pbf_writer{group}.add_message(kind, message);
    return group;
}

struct Dense {
    std::vector<std::int64_t> ids;
    std::vector<std::int64_t> lats;
    std::vector<std::int64_t> lons;
    std::vector<std::int32_t> keys_values;
    std::vector<bool> visible;
};

std::string dense(Dense const& nodes) {
    std::string message;
    pbf_writer writer{message};
    writer.add_packed_sint64(1, nodes.ids.begin(), nodes.ids.end());
    writer.add_packed_sint64(8, nodes.lats.begin(), nodes.lats.end());
    writer.add_packed_sint64(9, nodes.lons.begin(), nodes.lons.end());
    writer.add_packed_int32(10, nodes.keys_values.begin(), nodes.keys_values.end());
    std::string info;
    pbf_writer{info}.add_packed_bool(6, nodes.visible.begin(), nodes.visible.end());
    writer.add_message(5, info);
    return group_of(2, message);
}

std::string relation(Indices roles, Numbers ids, Indices kinds) {
    std::string message;
    pbf_writer writer{message};
    writer.add_int64(1, 9);
    Indices const key{5};
    Indices const value{6};
    writer.add_packed_uint32(2, key.begin(), key.end());
    writer.add_packed_uint32(3, value.begin(), value.end());
    writer.add_packed_uint32(8, roles.begin(), roles.end());
    writer.add_packed_sint64(9, ids.begin(), ids.end());
    writer.add_packed_uint32(10, kinds.begin(), kinds.end());
    return group_of(4, message);
}

std::string read_pbf_text(std::string const& file, OsmWanted wanted = {}) {
    return read_text(file, OsmFormat::pbf, OsmPacking::plain, wanted);
}

// Two nodes (ids 5 and 4, the second with a tag), a way and a relation; ids and places as deltas.
std::string const dense_nodes =
    dense({{5, -1}, {577'000'000, 10}, {-119'000'000, -5}, {0, 1, 2, 0}, {}});
std::string const one_way = group_of(3, way({5, -1}));
std::string const one_relation = relation({4, 0}, {5, 2}, {0, 1});

}  // namespace

TEST_CASE("objects come in the file's order, from raw and from packed blocks") {
    std::string const file = file_header({"OsmSchema-V0.6", "DenseNodes"}) + data(one_way) +
                             data(one_relation, Packed::zlib) + data(dense_nodes, Packed::zlib);
    CHECK(
        read_pbf_text(file) ==
        "w7 5 4 highway=residential\n"
        "r9 n5:via w7: type=restriction\n"
        "n5 577000000,-119000000\n"
        "n4 577000010,-119000005 highway=stop\n"
    );
}

TEST_CASE("only the wanted kinds are given") {
    std::string const file = file_header() + data(dense_nodes + one_way + one_relation);
    CHECK(read_pbf_text(file, {false, true, false}) == "w7 5 4 highway=residential\n");
    CHECK(read_pbf_text(file, {false, false, true}) == "r9 n5:via w7: type=restriction\n");
    CHECK(
        read_pbf_text(file, {true, false, false}) ==
        "n5 577000000,-119000000\nn4 577000010,-119000005 highway=stop\n"
    );
}

TEST_CASE("a plain node in a block with its own granularity and offsets") {
    std::string node;
    pbf_writer writer{node};
    writer.add_sint64(1, -3);
    writer.add_sint64(8, 2);
    writer.add_sint64(9, -2);
    std::string block;
    pbf_writer block_writer{block};
    block_writer.add_message(1, strings);
    block_writer.add_message(2, group_of(1, node));
    block_writer.add_int32(17, 1000);
    block_writer.add_int64(19, 150);  // 2 x 1000 + 150 = 2150 nanodegrees: 21.5 of ours
    block_writer.add_int64(20, -149);
    // The fields after the group count too.
    CHECK(
        read_pbf_text(file_header() + framed("OSMData", blob_of(block, Packed::raw))) ==
        "n-3 22,-21\n"
    );
}

TEST_CASE("of a file with history the deleted objects are left out") {
    Dense nodes{{5, 1}, {1, 0}, {1, 0}, {}, {false, true}};
    std::string const history = file_header({"OsmSchema-V0.6", "HistoricalInformation"});
    CHECK(read_pbf_text(history + data(dense(nodes))) == "n6 1,1\n");
    nodes.lats = {4'000'000'000, -4'000'000'000};  // as deleted nodes are written
    CHECK(read_pbf_text(history + data(dense(nodes))) == "n6 0,1\n");
    std::string deleted = way({1});
    std::string info;
    pbf_writer{info}.add_bool(6, false);
    pbf_writer{deleted}.add_message(4, info);
    CHECK(read_pbf_text(history + data(group_of(3, deleted))).empty());
    CHECK(
        read_pbf_text(file_header() + data(group_of(3, deleted))) == "w7 1 highway=residential\n"
    );
}

TEST_CASE("unknown kinds of blocks are skipped") {
    std::string const file = framed("Index", "what it likes") + file_header() + data(one_way);
    CHECK(read_pbf_text(file) == "w7 5 4 highway=residential\n");
}

TEST_CASE("what is wrong is said with the block's byte and the object") {
    std::string const header = file_header();
    std::string const at = "byte " + std::to_string(header.size()) + ": ";
    auto const block_error = [&](std::string const& block) {
        return read_pbf_text(header + block);
    };

    CHECK(read_pbf_text("") == "byte 0: the file is empty");
    CHECK(read_pbf_text("<osm version='0.6'>") == "byte 0: no block of a PBF file begins so");
    CHECK(read_pbf_text(data(one_way)) == "byte 0: data before the file's header");
    CHECK(
        read_pbf_text(file_header({"OsmSchema-V0.6", "Moon"})) ==
        "byte 0: needs the feature 'Moon', which is not known here"
    );
    CHECK(block_error(framed("OSMData", "", -1)) == at + "a block without its length");
    CHECK(
        block_error(framed("OSMData", "", block_bytes_max + 1)) ==
        at + "a block longer than the format allows"
    );
    CHECK(block_error(framed("OSMData", "x", 9)) == at + "the file is cut off in this block");
    CHECK(block_error(framed("OSMData", "")) == at + "a block without data");
    CHECK(
        block_error(data(group_of(3, way({1}, {1}, {99})))) ==
        at + "way 7: a tag's text is not in the block"
    );
    CHECK(
        block_error(data(group_of(3, way({1}, {1, 1}, {3})))) ==
        at + "way 7: not as many values as keys"
    );
    CHECK(
        block_error(data(dense({{5, -1}, {1}, {1}, {}, {}}))) ==
        at + "node 4: the list of places or tags ends before"
    );
    CHECK(
        block_error(data(dense({{5}, {1, 1}, {1}, {}, {}}))) ==
        at + "more places or tags than nodes"
    );
    CHECK(
        block_error(data(dense({{5}, {900'000'001}, {1}, {}, {}}))) ==
        at + "node 5: not on the earth"
    );
    CHECK(
        block_error(data(dense({{5}, {INT64_MAX}, {1}, {}, {}}))) == at + "node 5: not on the earth"
    );
    CHECK(
        block_error(data(relation({4}, {1, 2}, {0, 0}))) ==
        at + "relation 9: more members than roles or kinds"
    );
    CHECK(
        block_error(data(relation({4}, {1}, {3}))) == at + "relation 9: a member of an unknown kind"
    );
    CHECK(block_error(data("\xff\xff")) == at + "in this block: end of buffer exception");
}

TEST_CASE("packed blocks are bounded before they are unpacked") {
    std::string const header = file_header();
    std::string const at = "byte " + std::to_string(header.size()) + ": ";
    auto const packed = [&](std::int32_t raw_bytes, std::string const& bytes, unsigned field = 3) {
        std::string blob;
        pbf_writer writer{blob};
        writer.add_int32(2, raw_bytes);
        writer.add_bytes(field, bytes);
        return read_pbf_text(header + framed("OSMData", blob));
    };
    std::string const good = blob_of("abc", Packed::zlib);
    std::string const zlib = good.substr(good.size() - 11);  // what compress makes of three bytes
    CHECK(
        packed(block_bytes_max + 1, zlib) == at + "a block unpacks to more than the format allows"
    );
    CHECK(packed(-1, zlib) == at + "a packed block without its unpacked length");
    CHECK(packed(4, zlib) == at + "the block unpacks to another length");
    CHECK(packed(1, zlib) == at + "the packed data is broken");
    CHECK(packed(3, "nonsense") == at + "the packed data is broken");
    CHECK(packed(3, zlib, 7) == at + "packed by other means than zlib");
}

TEST_CASE("one object's parts are bounded") {
    std::vector<std::int64_t> const refs(way_nodes_max + 1, 1);
    std::string message;
    pbf_writer{message}.add_packed_sint64(8, refs.begin(), refs.end());
    std::string const header = file_header();
    std::string const at = "byte " + std::to_string(header.size()) + ": ";
    CHECK(read_pbf_text(header + data(group_of(3, message))) == at + "way 0: too many nodes");

    std::vector<std::uint32_t> const ones(object_tags_max + 1, 1);
    message.clear();
    pbf_writer{message}.add_packed_uint32(2, ones.begin(), ones.end());
    pbf_writer{message}.add_packed_uint32(3, ones.begin(), ones.end());
    CHECK(read_pbf_text(header + data(group_of(3, message))) == at + "way 0: too many tags");
}

TEST_CASE("texts are bounded in number, and UTF-8") {
    auto const with_texts = [](std::string const& table) {
        std::string block;
        pbf_writer{block}.add_message(1, table);
        return framed("OSMData", blob_of(block, Packed::zlib));
    };
    std::string const header = file_header();
    std::string const at = "byte " + std::to_string(header.size()) + ": ";
    std::string const latin1{"\x0a\x01\xe5", 3};
    CHECK(read_pbf_text(header + with_texts(latin1)) == at + "a text that is not UTF-8");
    std::string many;
    for (int i = 0; i <= 1'000'000; ++i)
        many += std::string_view{"\x0a\x00", 2};
    CHECK(read_pbf_text(header + with_texts(many)) == at + "a block with too many texts");
}

TEST_CASE("a file cut anywhere, or with any byte changed, gives objects or an error") {
    std::string const file =
        file_header() + data(dense_nodes + one_way + one_relation) + data(one_way, Packed::zlib);
    for (std::size_t size = 0; size < file.size(); ++size)
        static_cast<void>(read_pbf_text(file.substr(0, size)));
    for (std::size_t i = 0; i < file.size(); ++i) {
        for (int const flip : {1, 0x80, 0xff}) {
            std::string changed = file;
            changed[i] = static_cast<char>(changed[i] ^ flip);
            static_cast<void>(read_pbf_text(changed));
        }
    }
}

}  // namespace posthaste::road
