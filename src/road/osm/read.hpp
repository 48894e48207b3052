// An OpenStreetMap file, read once from its beginning to its end.
//
// Takes    .pbf; .osm (XML); .geojson, .json (a FeatureCollection of lines with OSM's tags as
//          properties, as overpass-turbo exports, or a shapefile's with `fclass`); the text formats
//          also packed, .gz or .bz2. The name's end says which.
// Gives    each object of a wanted kind, in the file's order, which may be any: ways may come
//          before their nodes. Deleted objects are left out; of a file with history each version
//          that is not deleted is given. GeoJSON has no nodes: each distinct coordinate is one, and
//          its id is made of it, so that lines that meet in a coordinate meet in a node; it comes
//          before the way that uses it, once for each use. A line without an id of OSM gets a
//          negative one; each line of a MultiLineString is a way, all of them with its id. Texts
//          are UTF-8.
// Errors   io_failed: cannot be opened or read; malformed, with the byte it was at: truncated, not
//          this format, a feature of the format that is required and unknown; limit_exceeded. What
//          was given before an error stays given. The byte is of the unpacked text where it was
//          packed; a PBF that is cut off just between two blocks cannot be told from a whole one.
// Cost     memory for one block (PBF), one object (XML) or one feature (GeoJSON).
// Threads  one
// Limits   block_bytes_max (PBF's own 32 MiB), nodes, tags and members of one object; 1 MiB for an
//          XML element, 8 MiB for an object's text, 16 MiB for a feature of GeoJSON.
// Source   https://wiki.openstreetmap.org/wiki/PBF_Format, /OSM_XML; RFC 7946.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

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

enum class OsmFormat : std::uint8_t { pbf, xml, geojson };
enum class OsmPacking : std::uint8_t { plain, gzip, bzip2 };

/// The same of bytes in memory.
Status read_osm_bytes(
    std::string_view bytes, OsmFormat format, OsmPacking packing, OsmWanted wanted, OsmSink& sink
);

}  // namespace posthaste::road
