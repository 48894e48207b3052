#include "road/import.hpp"

#include "road/hierarchy.hpp"
#include "road/osm/read.hpp"

namespace posthaste::road {

namespace {

struct Makers {
    Builder network;
    GazetteerBuilder gazetteer;
};

class Ways final : public OsmSink {
public:
    Ways(Makers& makers, ImportOptions const& options, ImportReport& report)
        : makers_{makers}, options_{options}, report_{report} {}

    void way(OsmWay const& way) override {
        ++report_.ways_read;
        makers_.gazetteer.add_way(way);
        auto const use = use_of(way.tags, options_.truck);
        if (!use) return;
        report_.values_unread += use->unread;
        auto const name = way.tags["name"];
        makers_.network.add_way(way.id, way.nodes, *use, name.empty() ? way.tags["ref"] : name);
    }

    void relation(OsmRelation const& relation) override {
        ++report_.relations_read;
        auto restriction = restriction_of(relation);
        if (!restriction.ok()) {
            ++report_.restrictions_malformed;
        } else if (std::holds_alternative<Unsupported>(restriction.value())) {
            ++report_.restrictions_conditional;
        } else if (auto* const one = std::get_if<Restriction>(&restriction.value())) {
            makers_.network.add_restriction(std::move(*one));
        }
    }

private:
    Makers& makers_;
    ImportOptions const& options_;
    ImportReport& report_;
};

class Nodes final : public OsmSink {
public:
    Nodes(Makers& makers, ImportOptions const& options, ImportReport& report)
        : makers_{makers}, options_{options}, report_{report} {}

    void node(OsmNode const& node) override {
        ++report_.nodes_read;
        auto const use =
            node.tags.all().empty() ? NodeUse{} : node_use_of(node.tags, options_.truck);
        makers_.network.add_node(node.id, node.place, use);
        makers_.gazetteer.add_node(node);
    }

private:
    Makers& makers_;
    ImportOptions const& options_;
    ImportReport& report_;
};

}  // namespace

Result<OwnedColumns> import_network(
    std::filesystem::path const& file,
    ImportOptions const& options,
    ImportReport& report,
    ImportProgress const& progress
) {
    auto const tell = [&](ImportStage stage) {
        return [&progress, stage](std::uint64_t bytes, std::uint64_t of) {
            progress(stage, bytes, of);
        };
    };
    Makers makers{Builder{{options.profiles, options.drives_on_left}}, {}};
    auto& builder = makers.network;
    Ways ways{makers, options, report};
    TRY(read_osm(file, {.nodes = false}, ways, tell(ImportStage::ways)));
    builder.seal_ways();
    makers.gazetteer.seal_ways();
    Nodes nodes{makers, options, report};
    OsmWanted const only_nodes{.nodes = true, .ways = false, .relations = false};
    TRY(read_osm(file, only_nodes, nodes, tell(ImportStage::nodes)));
    progress(ImportStage::turns, 0, 1);
    auto columns = TRY(builder.finish());
    report.built = builder.counts();
    if (columns.edge_head.empty()) {
        return Error{
            Errc::not_found, file.string() + " has no road for these profiles that is whole"};
    }
    columns.gazetteer = TRY(makers.gazetteer.finish(network_of(columns)));
    report.found = makers.gazetteer.counts();
    progress(ImportStage::order, 0, 1);
    TRY(add_hierarchy(columns));
    return columns;
}

}  // namespace posthaste::road
