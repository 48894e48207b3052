// Bytes that claim to be a PBF file, and the same as one block of data behind a good header:
// objects within the bounds or an Error, never a crash.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "road/osm/read.hpp"

namespace {

namespace road = posthaste::road;

class Bounds : public road::OsmSink {
public:
    void node(road::OsmNode const& node) override {
        ASSERT(posthaste::model::is_on_earth(node.place));
        ASSERT(node.tags.all().size() <= road::object_tags_max);
    }
    void way(road::OsmWay const& way) override {
        ASSERT(way.nodes.size() <= road::way_nodes_max);
        ASSERT(way.tags.all().size() <= road::object_tags_max);
    }
    void relation(road::OsmRelation const& relation) override {
        ASSERT(relation.members.size() <= road::relation_members_max);
        ASSERT(relation.tags.all().size() <= road::object_tags_max);
    }
};

void read(std::string_view bytes) {
    Bounds sink;
    auto const status =
        road::read_osm_bytes(bytes, road::OsmFormat::pbf, road::OsmPacking::plain, {}, sink);
    ASSERT(status.ok() || !status.error().detail.empty());
}

std::string varint(std::size_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7U)
        bytes += static_cast<char>(value | 0x80U);
    return bytes + static_cast<char>(value);
}

// A raw blob: random bytes seldom have lengths that fit.
std::string framed(std::string_view kind, std::string_view block) {
    std::string const blob = '\x0a' + varint(block.size()) + std::string{block};
    std::string const header =
        '\x0a' + varint(kind.size()) + std::string{kind} + '\x18' + varint(blob.size());
    return std::string{'\0', '\0', '\0', static_cast<char>(header.size())} + header + blob;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input{reinterpret_cast<char const*>(data), size};
    read(input);
    read(framed("OSMHeader", "") + framed("OSMData", input));
    read(framed("OSMHeader", "\x22\x15HistoricalInformation") + framed("OSMData", input));
    return 0;
}
