#include "road/osm/read.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "road/osm/bytes.hpp"
#include "road/osm/formats.hpp"

namespace posthaste::road {

namespace {

struct Kind {
    OsmFormat format = OsmFormat::pbf;
    OsmPacking packing = OsmPacking::plain;
};

std::optional<Kind> kind_of(std::string_view name) {
    Kind kind;
    auto const take_end = [&](std::string_view end) {
        if (!name.ends_with(end)) return false;
        name.remove_suffix(end.size());
        return true;
    };
    if (take_end(".gz")) {
        kind.packing = OsmPacking::gzip;
    } else if (take_end(".bz2")) {
        kind.packing = OsmPacking::bzip2;
    }
    if (take_end(".pbf") && kind.packing == OsmPacking::plain) return kind;
    kind.format = OsmFormat::xml;
    if (take_end(".osm")) return kind;
    kind.format = OsmFormat::geojson;
    if (take_end(".geojson") || take_end(".json")) return kind;
    return std::nullopt;
}

Status read_source(std::unique_ptr<ByteSource> source, Kind kind, OsmWanted wanted, OsmSink& sink) {
    if (kind.packing == OsmPacking::gzip) source = unpack_gzip(std::move(source));
    if (kind.packing == OsmPacking::bzip2) source = unpack_bzip2(std::move(source));
    switch (kind.format) {
        case OsmFormat::pbf:
            return read_pbf(*source, wanted, sink);
        case OsmFormat::xml:
            return read_xml(*source, wanted, sink);
        case OsmFormat::geojson:
            return read_geojson(*source, wanted, sink);
    }
    return Unit{};
}

Status read_file(
    std::filesystem::path const& file, OsmWanted wanted, OsmSink& sink, ReadProgress const& progress
) {
    auto const kind = kind_of(file.filename().string());
    if (!kind) {
        return Error{
            Errc::malformed,
            "its name does not end in .osm.pbf, .osm or .geojson, or the latter two with .gz, "
            ".bz2"};
    }
    return read_source(TRY(open_file(file, progress)), *kind, wanted, sink);
}

}  // namespace

Status read_osm(
    std::filesystem::path const& file, OsmWanted wanted, OsmSink& sink, ReadProgress const& progress
) {
    Status const read = read_file(file, wanted, sink, progress);
    if (!read.ok()) return Error{read.error().code, file.string() + ": " + read.error().detail};
    return Unit{};
}

Status read_osm_bytes(
    std::string_view bytes, OsmFormat format, OsmPacking packing, OsmWanted wanted, OsmSink& sink
) {
    return read_source(memory_source(bytes), {format, packing}, wanted, sink);
}

}  // namespace posthaste::road
