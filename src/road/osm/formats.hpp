// The formats of an OpenStreetMap file, one reader each, and what they share.
//
// Takes    the unpacked bytes; read.cpp chooses the reader.
// Gives    what read.hpp promises. Errors name the byte of the unpacked text.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/place.hpp"
#include "road/osm/bytes.hpp"
#include "road/osm/objects.hpp"
#include "road/osm/read.hpp"

namespace posthaste::road {

Status read_pbf(ByteSource& source, OsmWanted wanted, OsmSink& sink);
Status read_xml(ByteSource& source, OsmWanted wanted, OsmSink& sink);
Status read_geojson(ByteSource& source, OsmWanted wanted, OsmSink& sink);

inline Error error_at(std::uint64_t byte, Errc code, std::string const& what) {
    return Error{code, "byte " + std::to_string(byte) + ": " + what};
}

/// Nothing unless the whole text is one such number in its range.
inline std::optional<std::int64_t> parse_id(std::string_view text) {
    std::int64_t id = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

/// Decimal degrees to 1e-7 degree, rounded half away from zero.
inline std::optional<std::int32_t> parse_degrees(std::string_view text) {
    double degrees = 0;
    auto const [end, code] = std::from_chars(text.data(), text.data() + text.size(), degrees);
    if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (!(degrees >= -180 && degrees <= 180)) return std::nullopt;  // nan too
    return static_cast<std::int32_t>(degrees * 1e7 + (degrees < 0 ? -0.5 : 0.5));
}

/// Nothing when a text is no number, or the place is not on the earth.
inline std::optional<model::Position> parse_place(std::string_view lat, std::string_view lon) {
    auto const lat_e7 = parse_degrees(lat);
    auto const lon_e7 = parse_degrees(lon);
    if (!lat_e7 || !lon_e7) return std::nullopt;
    model::Position const place{*lat_e7, *lon_e7};
    if (!model::is_on_earth(place)) return std::nullopt;
    return place;
}

}  // namespace posthaste::road
