// An OpenStreetMap file, read once from its beginning to its end.
//
// Takes    .osm.pbf; .osm, .osm.gz, .osm.bz2 (XML); .geojson, .json (a FeatureCollection of
//          LineStrings with OSM's tags as properties, as overpass-turbo exports). The name's end
//          says which.
// Gives    each object of a wanted kind, in the file's order, which may be any: ways may come
//          before their nodes. GeoJSON has no nodes: each distinct coordinate is one, and its id
//          is made of it, so that lines that meet in a coordinate meet in a node; it comes before
//          the way that uses it, once for each use.
// Errors   io_failed: cannot be opened or read; malformed, with the byte it was at: truncated, not
//          this format, a feature of the format that is required and unknown; limit_exceeded.
// Cost     memory for one block (PBF), one object (XML) or one feature (GeoJSON).
// Threads  one
// Limits   block_bytes_max (PBF's own 32 MiB), node references and tags of one object.
// Source   https://wiki.openstreetmap.org/wiki/PBF_Format, /OSM_XML; RFC 7946.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/result.hpp"
#include "road/osm/objects.hpp"

namespace posthaste::road {

struct OsmWanted {
    bool nodes = true;
    bool ways = true;
    bool relations = true;
};

constexpr std::size_t block_bytes_max = std::size_t{32} * 1024 * 1024;
constexpr std::size_t way_nodes_max = 100'000;
constexpr std::size_t object_tags_max = 2000;
constexpr std::size_t relation_members_max = 100'000;

/// How many bytes of the file were read, now and then.
using ReadProgress = std::function<void(std::uint64_t bytes, std::uint64_t of)>;

Status read_osm(
    std::filesystem::path const& file,
    OsmWanted wanted,
    OsmSink& sink,
    ReadProgress const& progress = [](std::uint64_t, std::uint64_t) {}
);

}  // namespace posthaste::road
