#include <expat.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "road/osm/formats.hpp"

namespace posthaste::road {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{64} * 1024;
constexpr std::uint64_t token_bytes_max = std::uint64_t{1024} * 1024;
constexpr std::size_t object_text_bytes_max = std::size_t{8} * 1024 * 1024;
constexpr std::size_t depth_max = 32;
// Expat keeps each name it meets until the end, so a hostile file could fill the memory with them.
constexpr std::size_t strange_names_max = 1000;

constexpr std::array<std::string_view, 21> known_names{
    "id",   "lat",     "lon",     "k",   "v",        "ref",       "type",
    "role", "visible", "version", "uid", "user",     "timestamp", "changeset",
    "nd",   "tag",     "node",    "way", "relation", "member",    "osm"};

/// What an element says, of all that OSM's elements may say.
struct Attributes {
    std::string_view id;
    std::string_view lat;
    std::string_view lon;
    std::string_view key;
    std::string_view value;
    std::string_view ref;
    std::string_view type;
    std::string_view role;
    bool visible = true;
    bool has_key = false;
};

std::optional<OsmKind> kind_of(std::string_view name) {
    if (name == "node") return OsmKind::node;
    if (name == "way") return OsmKind::way;
    if (name == "relation") return OsmKind::relation;
    return std::nullopt;
}

struct FreeParser {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using Parser = std::unique_ptr<std::remove_pointer_t<XML_Parser>, FreeParser>;

/// One object at a time, from its first tag to its last.
class XmlReader {
public:
    XmlReader(Parser parser, OsmWanted wanted, OsmSink& sink);

    Status read(ByteSource& source);

private:
    /// A text of the open object: where it stands in `text_`, which may still move.
    struct Kept {
        std::size_t begin = 0;
        std::size_t bytes = 0;
    };
    struct KeptMember {
        OsmMember member;
        Kept role;
    };

    static void XMLCALL on_start(void* self, char const* name, char const** attributes);
    static void XMLCALL on_end(void* self, char const* name);
    static void XMLCALL on_doctype(
        void* self, char const* name, char const* system, char const* publ, int has_internal
    );

    Status start(std::string_view name, char const** attributes);
    Result<Attributes> read_attributes(char const** attributes);
    Status meet(std::string_view name);
    Status open(OsmKind kind, Attributes const& said);
    Status add_part(std::string_view name, Attributes const& said);
    Status add_tag(Attributes const& said);
    Status add_node(Attributes const& said);
    Status add_member(Attributes const& said);
    Result<Kept> keep(std::string_view text);
    std::string_view text(Kept kept) const;
    void close();
    Status check_progress(std::uint64_t fed, bool ended);
    void fail(Error const& error);
    std::uint64_t byte();

    Parser parser_;
    OsmWanted wanted_;
    OsmSink& sink_;
    std::optional<Error> error_;
    std::set<std::string, std::less<>> strange_names_;
    std::size_t depth_ = 0;
    std::uint64_t byte_ = 0;

    bool is_open_ = false;  ///< an object that is wanted; it stands at depth 2
    OsmKind kind_ = OsmKind::node;
    std::int64_t id_ = 0;
    model::Position place_;
    std::string text_;
    std::vector<std::pair<Kept, Kept>> kept_tags_;
    std::vector<KeptMember> kept_members_;
    std::vector<std::int64_t> nodes_;
    std::vector<Tag> tags_;
    std::vector<OsmMember> members_;
};

XmlReader::XmlReader(Parser parser, OsmWanted wanted, OsmSink& sink)
    : parser_{std::move(parser)}, wanted_{wanted}, sink_{sink} {
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
}

/// Where the element stands that is being read, or the one that is not yet whole.
std::uint64_t XmlReader::byte() {
    // Expat knows no place while it waits for more of an element: it stays where it began.
    XML_Index const known = XML_GetCurrentByteIndex(parser_.get());
    if (known >= 0) byte_ = static_cast<std::uint64_t>(known);
    return byte_;
}

void XmlReader::fail(Error const& error) {
    if (!error_) error_ = error_at(byte(), error.code, error.detail);
    XML_StopParser(parser_.get(), XML_FALSE);
}

void XmlReader::on_doctype(void* self, char const*, char const*, char const*, int) {
    static_cast<XmlReader*>(self)->fail(
        {Errc::malformed, "a DOCTYPE, which no OSM file has: entities are not expanded here"}
    );
}

void XmlReader::on_start(void* self, char const* name, char const** attributes) {
    auto& reader = *static_cast<XmlReader*>(self);
    if (reader.error_) return;  // the parser may call on after it was stopped
    ++reader.depth_;
    Status const started = reader.start(name, attributes);
    if (!started.ok()) reader.fail(started.error());
}

void XmlReader::on_end(void* self, char const*) {
    auto& reader = *static_cast<XmlReader*>(self);
    if (reader.error_) return;
    if (reader.depth_ == 2 && reader.is_open_) reader.close();
    --reader.depth_;
}

Status XmlReader::meet(std::string_view name) {
    if (std::ranges::find(known_names, name) != known_names.end()) return Unit{};
    if (strange_names_.contains(name)) return Unit{};
    if (strange_names_.size() == strange_names_max)
        return Error{Errc::limit_exceeded, "too many names that are not OSM's"};
    strange_names_.emplace(name);
    return Unit{};
}

Result<Attributes> XmlReader::read_attributes(char const** attributes) {
    Attributes read;
    for (; *attributes != nullptr; attributes += 2) {
        std::string_view const name = attributes[0];
        std::string_view const value = attributes[1];
        TRY(meet(name));
        if (name == "id") read.id = value;
        if (name == "lat") read.lat = value;
        if (name == "lon") read.lon = value;
        if (name == "v") read.value = value;
        if (name == "ref") read.ref = value;
        if (name == "type") read.type = value;
        if (name == "role") read.role = value;
        if (name == "visible") read.visible = value != "false";
        if (name == "k") {
            read.key = value;
            read.has_key = true;
        }
    }
    return read;
}

Status XmlReader::start(std::string_view name, char const** attributes) {
    if (depth_ > depth_max) return Error{Errc::limit_exceeded, "nested too deep"};
    TRY(meet(name));
    Attributes const said = TRY(read_attributes(attributes));
    if (depth_ == 1 && name != "osm") {
        return Error{
            Errc::malformed, "the root is <" + std::string{name.substr(0, 40)} + ">, not <osm>"};
    }
    if (depth_ == 2) {
        auto const kind = kind_of(name);
        if (kind) return open(*kind, said);
    }
    if (depth_ == 3 && is_open_) return add_part(name, said);
    return Unit{};
}

Status XmlReader::open(OsmKind kind, Attributes const& said) {
    bool const is_wanted = (kind == OsmKind::node && wanted_.nodes) ||
                           (kind == OsmKind::way && wanted_.ways) ||
                           (kind == OsmKind::relation && wanted_.relations);
    if (!is_wanted || !said.visible) return Unit{};
    auto const id = parse_id(said.id);
    if (!id) return Error{Errc::malformed, "an object whose id is no number"};
    is_open_ = true;
    kind_ = kind;
    id_ = *id;
    text_.clear();
    kept_tags_.clear();
    kept_members_.clear();
    nodes_.clear();
    if (kind != OsmKind::node) return Unit{};
    auto const place = parse_place(said.lat, said.lon);
    if (!place) return Error{Errc::malformed, "node " + std::to_string(id_) + ": not on the earth"};
    place_ = *place;
    return Unit{};
}

Status XmlReader::add_part(std::string_view name, Attributes const& said) {
    if (name == "tag") return add_tag(said);
    if (name == "nd" && kind_ == OsmKind::way) return add_node(said);
    if (name == "member" && kind_ == OsmKind::relation) return add_member(said);
    return Unit{};
}

Result<XmlReader::Kept> XmlReader::keep(std::string_view text) {
    if (text_.size() + text.size() > object_text_bytes_max)
        return Error{Errc::limit_exceeded, "an object with too much text"};
    Kept const kept{text_.size(), text.size()};
    text_ += text;
    return kept;
}

std::string_view XmlReader::text(Kept kept) const {
    return std::string_view{text_}.substr(kept.begin, kept.bytes);
}

Status XmlReader::add_tag(Attributes const& said) {
    if (!said.has_key) return Error{Errc::malformed, "a tag without its key"};
    if (kept_tags_.size() == object_tags_max)
        return Error{Errc::limit_exceeded, "an object with too many tags"};
    Kept const key = TRY(keep(said.key));
    kept_tags_.emplace_back(key, TRY(keep(said.value)));
    return Unit{};
}

Status XmlReader::add_node(Attributes const& said) {
    auto const ref = parse_id(said.ref);
    if (!ref) return Error{Errc::malformed, "a node reference that is no number"};
    if (nodes_.size() == way_nodes_max)
        return Error{Errc::limit_exceeded, "a way with too many nodes"};
    nodes_.push_back(*ref);
    return Unit{};
}

Status XmlReader::add_member(Attributes const& said) {
    auto const ref = parse_id(said.ref);
    if (!ref) return Error{Errc::malformed, "a member reference that is no number"};
    auto const kind = kind_of(said.type);
    if (!kind) return Error{Errc::malformed, "a member of an unknown kind"};
    if (kept_members_.size() == relation_members_max)
        return Error{Errc::limit_exceeded, "a relation with too many members"};
    kept_members_.push_back({{*kind, *ref, {}}, TRY(keep(said.role))});
    return Unit{};
}

void XmlReader::close() {
    is_open_ = false;
    tags_.clear();
    for (auto const& [key, value] : kept_tags_)
        tags_.push_back({text(key), text(value)});
    members_.clear();
    for (auto const& kept : kept_members_)
        members_.push_back({kept.member.kind, kept.member.id, text(kept.role)});
    switch (kind_) {
        case OsmKind::node:
            return sink_.node({id_, place_, Tags{tags_}});
        case OsmKind::way:
            return sink_.way({id_, nodes_, Tags{tags_}});
        case OsmKind::relation:
            return sink_.relation({id_, members_, Tags{tags_}});
    }
}

Status XmlReader::check_progress(std::uint64_t fed, bool ended) {
    if (error_) return *error_;
    if (XML_GetErrorCode(parser_.get()) != XML_ERROR_NONE) {
        char const* const why = XML_ErrorString(XML_GetErrorCode(parser_.get()));
        return error_at(byte(), Errc::malformed, std::string{"not XML: "} + why);
    }
    // Expat keeps an element's text until it is whole.
    if (!ended && fed - byte() > token_bytes_max)
        return error_at(byte(), Errc::limit_exceeded, "an element without end");
    return Unit{};
}

Status XmlReader::read(ByteSource& source) {
    std::uint64_t fed = 0;
    for (bool ended = false; !ended;) {
        auto* const buffer =
            static_cast<char*>(XML_GetBuffer(parser_.get(), static_cast<int>(chunk_bytes)));
        if (buffer == nullptr)
            return error_at(fed, Errc::limit_exceeded, "no memory for the XML parser");
        std::size_t const got = TRY(source.read(std::span{buffer, chunk_bytes}));
        fed += got;
        ended = got < chunk_bytes;
        static_cast<void>(
            XML_ParseBuffer(parser_.get(), static_cast<int>(got), ended ? XML_TRUE : XML_FALSE)
        );
        TRY(check_progress(fed, ended));
    }
    return Unit{};
}

}  // namespace

Status read_xml(ByteSource& source, OsmWanted wanted, OsmSink& sink) {
    Parser parser{XML_ParserCreate(nullptr)};
    if (!parser) return Error{Errc::limit_exceeded, "no memory for the XML parser"};
    return XmlReader{std::move(parser), wanted, sink}.read(source);
}

}  // namespace posthaste::road
