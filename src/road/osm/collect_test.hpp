// What a reader gave, kept as text and sums, so that a test can say it in a line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "road/osm/objects.hpp"
#include "road/osm/read.hpp"

namespace posthaste::road::testing {

/// "n1 1234,5678 highway=stop\nw2 1 3 oneway=yes\nr3 n1:via w2:from type=restriction\n"
class Text : public OsmSink {
public:
    std::string text;

    void node(OsmNode const& node) override {
        text += 'n' + std::to_string(node.id) + ' ' + std::to_string(node.place.lat) + ',' +
                std::to_string(node.place.lon);
        end(node.tags);
    }
    void way(OsmWay const& way) override {
        text += 'w' + std::to_string(way.id);
        for (auto const node : way.nodes)
            text += ' ' + std::to_string(node);
        end(way.tags);
    }
    void relation(OsmRelation const& relation) override {
        text += 'r' + std::to_string(relation.id);
        for (auto const& member : relation.members) {
            text += ' ';
            text += std::string_view{"nwr"}[static_cast<std::size_t>(member.kind)];
            text += std::to_string(member.id) + ':' + std::string{member.role};
        }
        end(relation.tags);
    }

private:
    void end(Tags tags) {
        for (Tag const& tag : tags.all())
            text += ' ' + std::string{tag.key} + '=' + std::string{tag.value};
        text += '\n';
    }
};

class Counts : public OsmSink {
public:
    std::int64_t nodes = 0;
    std::int64_t lat_sum = 0;
    std::int64_t lon_sum = 0;
    std::int64_t ways = 0;
    std::int64_t refs = 0;
    std::int64_t relations = 0;
    std::int64_t members = 0;
    std::size_t node_tags = 0;
    std::size_t way_tags = 0;
    std::size_t relation_tags = 0;

    void node(OsmNode const& node) override {
        ++nodes;
        lat_sum += node.place.lat;
        lon_sum += node.place.lon;
        node_tags += node.tags.all().size();
    }
    void way(OsmWay const& way) override {
        ++ways;
        refs += static_cast<std::int64_t>(way.nodes.size());
        way_tags += way.tags.all().size();
    }
    void relation(OsmRelation const& relation) override {
        ++relations;
        members += static_cast<std::int64_t>(relation.members.size());
        relation_tags += relation.tags.all().size();
    }
    std::int64_t objects() const { return nodes + ways + relations; }
};

/// The objects as text, or "Errc number: detail".
inline std::string read_text(
    std::string_view bytes,
    OsmFormat format,
    OsmPacking packing = OsmPacking::plain,
    OsmWanted wanted = {}
) {
    Text sink;
    Status const read = read_osm_bytes(bytes, format, packing, wanted, sink);
    return read.ok() ? sink.text : read.error().detail;
}

}  // namespace posthaste::road::testing
