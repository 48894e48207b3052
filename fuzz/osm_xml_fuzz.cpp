// Bytes that claim to be OSM's XML, plain and packed: objects within the bounds or an Error, never
// a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/assert.hpp"
#include "road/osm/read.hpp"

namespace {

namespace road = posthaste::road;

class Bounds : public road::OsmSink {
public:
    void node(road::OsmNode const& node) override {
        ASSERT(posthaste::model::is_on_earth(node.place));
    }
    void way(road::OsmWay const& way) override { ASSERT(way.nodes.size() <= road::way_nodes_max); }
    void relation(road::OsmRelation const& relation) override {
        ASSERT(relation.members.size() <= road::relation_members_max);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input{reinterpret_cast<char const*>(data), size};
    for (auto const packing :
         {road::OsmPacking::plain, road::OsmPacking::gzip, road::OsmPacking::bzip2}) {
        Bounds sink;
        auto const status = road::read_osm_bytes(input, road::OsmFormat::xml, packing, {}, sink);
        ASSERT(status.ok() || !status.error().detail.empty());
    }
    return 0;
}
