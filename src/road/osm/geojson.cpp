#define SIMDJSON_EXCEPTIONS 0

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "road/osm/feature_scanner.hpp"
#include "road/osm/formats.hpp"

namespace posthaste::road {

namespace {

namespace json = simdjson::ondemand;

Error not_json(simdjson::error_code code) {
    return Error{Errc::malformed, std::string{"not JSON: "} + simdjson::error_message(code)};
}

/// The value of a simdjson result, or the reason as our Error.
template <class T>
Result<T> taken(simdjson::simdjson_result<T> result) {
    T value;
    if (auto const code = std::move(result).get(value); code != simdjson::SUCCESS)
        return not_json(code);
    return value;
}

/// A number, true, false or null as it was written.
std::string_view token_of(json::value& value) {
    std::string_view const token = value.raw_json_token();
    return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

/// "way/123", "123" or 123.
std::optional<std::int64_t> way_id(std::string_view text) {
    constexpr std::string_view prefix = "way/";
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    return parse_id(text);
}

/// Coordinates are nodes: where two lines meet in one, they meet in a node.
std::int64_t node_id(model::Position place) {
    auto const lat = static_cast<std::uint32_t>(place.lat);
    auto const lon = static_cast<std::uint32_t>(place.lon);
    return static_cast<std::int64_t>(std::uint64_t{lat} << 32U | lon);
}

/// Reads a feature's text and gives its lines.
class FeatureReader {
public:
    FeatureReader(OsmWanted wanted, OsmSink& sink) : wanted_{wanted}, sink_{sink} {}

    /// `feature` has simdjson's padding after it.
    Status read(simdjson::padded_string_view feature);

private:
    // The members that may say the id, the best last.
    enum class IdFrom : std::uint8_t { counter, id_property, osm_id, at_id, feature };

    Status read_member(std::string_view name, json::value value);
    Status read_properties(json::object properties);
    Status read_geometry(json::object geometry);
    Status read_lines(json::array lines, bool is_multi);
    Status read_line(json::array line);
    Status read_place(json::array place);
    void offer_id(IdFrom from, std::string_view text);
    Status add_tag(std::string_view key, std::string_view value);
    void translate_shapefile_tags();
    void give();

    OsmWanted wanted_;
    OsmSink& sink_;
    json::parser parser_;
    std::int64_t without_id_ = 0;

    std::int64_t id_ = 0;
    IdFrom id_from_ = IdFrom::counter;
    std::vector<Tag> tags_;
    std::vector<model::Position> places_;
    std::vector<std::size_t> line_ends_;  ///< in places_, of each line
    std::vector<std::int64_t> nodes_;
};

void FeatureReader::offer_id(IdFrom from, std::string_view text) {
    auto const id = way_id(text);
    if (!id || from < id_from_) return;
    id_ = *id;
    id_from_ = from;
}

Status FeatureReader::add_tag(std::string_view key, std::string_view value) {
    if (tags_.size() == object_tags_max)
        return Error{Errc::limit_exceeded, "a feature with too many properties"};
    tags_.push_back({key, value});
    return Unit{};
}

Status FeatureReader::read_properties(json::object properties) {
    for (auto result : properties) {
        json::field field = TRY(taken(std::move(result)));
        std::string_view const key = TRY(taken(field.unescaped_key()));
        json::value value = field.value();
        json::json_type const type = TRY(taken(value.type()));
        std::string_view text;
        switch (type) {
            case json::json_type::string:
                text = TRY(taken(value.get_string()));
                break;
            case json::json_type::number:
            case json::json_type::boolean:
                text = token_of(value);
                break;
            case json::json_type::null:
            case json::json_type::array:
            case json::json_type::object:
                continue;
        }
        TRY(add_tag(key, text));
        if (key == "@id") offer_id(IdFrom::at_id, text);
        if (key == "osm_id") offer_id(IdFrom::osm_id, text);
        if (key == "id") offer_id(IdFrom::id_property, text);
    }
    return Unit{};
}

Status FeatureReader::read_place(json::array place) {
    std::array<std::string_view, 2> lon_lat;
    std::size_t count = 0;
    for (auto result : place) {
        json::value number = TRY(taken(result));
        if (count < lon_lat.size()) lon_lat[count] = token_of(number);
        ++count;  // a height may follow
    }
    auto const parsed = parse_place(lon_lat[1], lon_lat[0]);
    if (!parsed) return Error{Errc::malformed, "a coordinate that is not on the earth"};
    if (places_.size() == way_nodes_max)
        return Error{Errc::limit_exceeded, "a feature with too many coordinates"};
    places_.push_back(*parsed);
    return Unit{};
}

Status FeatureReader::read_line(json::array line) {
    for (auto place : line) {
        json::value value = TRY(taken(place));
        json::array const coordinates = TRY(taken(value.get_array()));
        TRY(read_place(coordinates));
    }
    line_ends_.push_back(places_.size());
    return Unit{};
}

Status FeatureReader::read_lines(json::array lines, bool is_multi) {
    if (!is_multi) return read_line(lines);
    for (auto line : lines) {
        json::value value = TRY(taken(line));
        json::array const places = TRY(taken(value.get_array()));
        TRY(read_line(places));
    }
    return Unit{};
}

Status FeatureReader::read_geometry(json::object geometry) {
    json::value type_value = TRY(taken(geometry["type"]));
    std::string_view const type = TRY(taken(type_value.get_string()));
    bool const is_multi = type == "MultiLineString";
    if (!is_multi && type != "LineString") return Unit{};
    json::value coordinates = TRY(taken(geometry["coordinates"]));
    return read_lines(TRY(taken(coordinates.get_array())), is_multi);
}

Status FeatureReader::read_member(std::string_view name, json::value value) {
    json::json_type const type = TRY(taken(value.type()));
    if (name == "properties" && type == json::json_type::object)
        return read_properties(TRY(taken(value.get_object())));
    if (name == "geometry" && type == json::json_type::object)
        return read_geometry(TRY(taken(value.get_object())));
    if (name == "id" && type == json::json_type::string)
        offer_id(IdFrom::feature, TRY(taken(value.get_string())));
    if (name == "id" && type == json::json_type::number) offer_id(IdFrom::feature, token_of(value));
    return Unit{};
}

/// Geofabrik's shapefiles: `fclass` for `highway`; `oneway` B both, F forwards, T against the line.
void FeatureReader::translate_shapefile_tags() {
    Tags const tags{tags_};
    if (tags.has("highway") || !tags.has("fclass")) return;
    for (Tag& tag : tags_) {
        if (tag.key == "fclass") tag.key = "highway";
        if (tag.key != "oneway") continue;
        if (tag.value == "B") tag.value = "no";
        if (tag.value == "F") tag.value = "yes";
        if (tag.value == "T") tag.value = "-1";
    }
}

void FeatureReader::give() {
    if (line_ends_.empty()) return;
    translate_shapefile_tags();
    if (id_from_ == IdFrom::counter) id_ = --without_id_;
    std::size_t begin = 0;
    for (std::size_t const end : line_ends_) {
        nodes_.clear();
        for (; begin < end; ++begin) {
            nodes_.push_back(node_id(places_[begin]));
            if (wanted_.nodes) sink_.node({nodes_.back(), places_[begin], {}});
        }
        if (wanted_.ways) sink_.way({id_, nodes_, Tags{tags_}});
    }
}

Status FeatureReader::read(simdjson::padded_string_view feature) {
    id_from_ = IdFrom::counter;
    tags_.clear();
    places_.clear();
    line_ends_.clear();
    json::document document;
    if (auto const code = parser_.iterate(feature).get(document); code != simdjson::SUCCESS)
        return not_json(code);
    json::object object = TRY(taken(document.get_object()));
    for (auto result : object) {
        json::field field = TRY(taken(std::move(result)));
        std::string_view const name = TRY(taken(field.unescaped_key()));
        TRY(read_member(name, field.value()));
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
        return Error{Errc::malformed, "not JSON: more than one value"};
    give();
    return Unit{};
}

}  // namespace

Status read_geojson(ByteSource& source, OsmWanted wanted, OsmSink& sink) {
    FeatureScanner scanner{source};
    FeatureReader reader{wanted, sink};
    for (;;) {
        auto const found = TRY(scanner.next());
        if (!found) return Unit{};
        Status const read = reader.read(simdjson::padded_string_view{
            found->text, found->text.size() + feature_padding});
        if (!read.ok()) {
            return error_at(
                found->begin, read.error().code, "in this feature: " + read.error().detail
            );
        }
    }
}

static_assert(feature_padding >= simdjson::SIMDJSON_PADDING);

}  // namespace posthaste::road
