// Bytes that claim to be GeoJSON, and the same as the one feature of a good file: ways whose nodes
// were given before them or an Error, never a crash.
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/assert.hpp"
#include "road/osm/read.hpp"

namespace {

namespace road = posthaste::road;

class NodesFirst : public road::OsmSink {
public:
    void node(road::OsmNode const& node) override {
        ASSERT(posthaste::model::is_on_earth(node.place));
        nodes_.insert(node.id);
    }
    void way(road::OsmWay const& way) override {
        ASSERT(way.nodes.size() <= road::way_nodes_max);
        for (auto const node : way.nodes)
            ASSERT(nodes_.contains(node));
    }

private:
    std::set<std::int64_t> nodes_;
};

void read(std::string_view bytes) {
    NodesFirst sink;
    auto const status =
        road::read_osm_bytes(bytes, road::OsmFormat::geojson, road::OsmPacking::plain, {}, sink);
    ASSERT(status.ok() || !status.error().detail.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const input{reinterpret_cast<char const*>(data), size};
    read(input);
    read(R"({"features":[)" + std::string{input} + "]}");
    return 0;
}
