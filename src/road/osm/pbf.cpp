#include <simdjson.h>
#include <zlib.h>

#include <array>
#include <span>
#include <utility>
#include <vector>

#include <protozero/pbf_reader.hpp>

#include "road/osm/formats.hpp"

namespace posthaste::road {

namespace {

using protozero::data_view;
using protozero::pbf_reader;

constexpr std::size_t blob_header_bytes_max = std::size_t{64} * 1024;  // the format's own bound
// A block is meant for 8,000 objects; without a bound 32 MiB of empty texts would become 256 MiB.
constexpr std::size_t block_strings_max = 1'000'000;

// A field's number with its wire type: what has another type than the format says is skipped, as
// reading it would be a bug in protozero's eyes.
constexpr std::uint32_t bytes_field(std::uint32_t number) {
    return protozero::tag_and_type(number, protozero::pbf_wire_type::length_delimited);
}
constexpr std::uint32_t number_field(std::uint32_t number) {
    return protozero::tag_and_type(number, protozero::pbf_wire_type::varint);
}

std::string_view text_of(data_view view) {
    return {view.data(), view.size()};
}

/// The numbers of a packed field. Reading past the end throws, as all of protozero does.
class Packed {
public:
    Packed() = default;
    explicit Packed(data_view bytes) : at_{bytes.data()}, end_{at_ + bytes.size()} {}

    bool empty() const { return at_ == end_; }
    std::uint64_t next() { return protozero::decode_varint(&at_, end_); }
    std::int64_t next_delta() {
        sum_ += static_cast<std::uint64_t>(protozero::decode_zigzag64(next()));
        return static_cast<std::int64_t>(sum_);
    }

private:
    char const* at_ = nullptr;
    char const* end_ = nullptr;
    std::uint64_t sum_ = 0;  ///< unsigned: a hostile one may wrap
};

Error error_in(std::string_view kind, std::int64_t id, Errc code, std::string_view what) {
    return Error{code, std::string{kind} + " " + std::to_string(id) + ": " + std::string{what}};
}

/// Objects of one block. Its buffers are kept from block to block.
class Block {
public:
    Block(OsmWanted wanted, OsmSink& sink) : wanted_{wanted}, sink_{sink} {}

    /// Files with history say so in their header: then an object may be a deleted one.
    void expect_history() { has_history_ = true; }

    Status read(data_view bytes);

private:
    Status read_strings(data_view bytes);
    Status read_group(pbf_reader group);
    Status read_node(pbf_reader message);
    Status read_dense(pbf_reader message);
    Status read_dense_tags(Packed& keys_values);
    Status read_way(pbf_reader message);
    Status read_relation(pbf_reader message);
    Status read_members(std::int64_t id, Packed roles, Packed ids, Packed kinds);
    Status read_tags(Packed keys, Packed values);
    Status add_tag(std::uint64_t key, std::uint64_t value);
    bool is_visible(pbf_reader info) const;
    std::optional<model::Position> place(std::int64_t lat, std::int64_t lon) const;

    OsmWanted wanted_;
    OsmSink& sink_;
    bool has_history_ = false;

    std::int64_t granularity_ = 100;  ///< 1e-9 degree, as the offsets
    std::int64_t lat_offset_ = 0;
    std::int64_t lon_offset_ = 0;
    std::vector<std::string_view> strings_;
    std::vector<Tag> tags_;
    std::vector<std::int64_t> nodes_;
    std::vector<OsmMember> members_;
};

Status Block::read(data_view bytes) {
    granularity_ = 100;
    lat_offset_ = 0;
    lon_offset_ = 0;
    strings_.clear();
    pbf_reader message{bytes};
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes_field(1):
                TRY(read_strings(message.get_view()));
                break;
            case number_field(17):
                granularity_ = message.get_int32();
                break;
            case number_field(19):
                lat_offset_ = message.get_int64();
                break;
            case number_field(20):
                lon_offset_ = message.get_int64();
                break;
            default:
                message.skip();
        }
    }
    // The groups only now: what they need may stand behind them.
    pbf_reader groups{bytes};
    while (groups.next(2, protozero::pbf_wire_type::length_delimited))
        TRY(read_group(groups.get_message()));
    return Unit{};
}

Status Block::read_strings(data_view bytes) {
    pbf_reader message{bytes};
    while (message.next(1, protozero::pbf_wire_type::length_delimited)) {
        std::string_view const text = text_of(message.get_view());
        if (!simdjson::validate_utf8(text))
            return Error{Errc::malformed, "a text that is not UTF-8"};
        if (strings_.size() == block_strings_max)
            return Error{Errc::limit_exceeded, "a block with too many texts"};
        strings_.push_back(text);
    }
    return Unit{};
}

Status Block::read_group(pbf_reader group) {
    while (group.next()) {
        std::uint32_t const field = group.tag_and_type();
        if (wanted_.nodes && field == bytes_field(1)) {
            TRY(read_node(group.get_message()));
        } else if (wanted_.nodes && field == bytes_field(2)) {
            TRY(read_dense(group.get_message()));
        } else if (wanted_.ways && field == bytes_field(3)) {
            TRY(read_way(group.get_message()));
        } else if (wanted_.relations && field == bytes_field(4)) {
            TRY(read_relation(group.get_message()));
        } else {
            group.skip();
        }
    }
    return Unit{};
}

std::optional<model::Position> Block::place(std::int64_t lat, std::int64_t lon) const {
    constexpr std::int64_t unit = 100;  // of ours in 1e-9 degree
    auto const to_e7 = [&](std::int64_t units, std::int64_t offset, std::int64_t limit) {
        std::int64_t nano = 0;
        bool const overflows = __builtin_mul_overflow(granularity_, units, &nano) ||
                               __builtin_add_overflow(nano, offset, &nano);
        if (overflows || nano < -limit * unit || nano > limit * unit)
            return std::optional<std::int32_t>{};
        std::int64_t const half = nano < 0 ? -unit / 2 : unit / 2;
        return std::optional{static_cast<std::int32_t>((nano + half) / unit)};
    };
    auto const lat_e7 = to_e7(lat, lat_offset_, model::lat_max);
    auto const lon_e7 = to_e7(lon, lon_offset_, model::lon_max);
    if (!lat_e7 || !lon_e7) return std::nullopt;
    return model::Position{*lat_e7, *lon_e7};
}

Status Block::add_tag(std::uint64_t key, std::uint64_t value) {
    if (key >= strings_.size() || value >= strings_.size())
        return Error{Errc::malformed, "a tag's text is not in the block"};
    if (tags_.size() == object_tags_max) return Error{Errc::limit_exceeded, "too many tags"};
    tags_.push_back({strings_[key], strings_[value]});
    return Unit{};
}

Status Block::read_tags(Packed keys, Packed values) {
    tags_.clear();
    while (!keys.empty() && !values.empty())
        TRY(add_tag(keys.next(), values.next()));
    if (!keys.empty() || !values.empty())
        return Error{Errc::malformed, "not as many values as keys"};
    return Unit{};
}

bool Block::is_visible(pbf_reader info) const {
    if (!has_history_) return true;
    bool visible = true;
    while (info.next(6, protozero::pbf_wire_type::varint))
        visible = info.get_bool();
    return visible;
}

Status Block::read_node(pbf_reader message) {
    std::int64_t id = 0;
    std::int64_t lat = 0;
    std::int64_t lon = 0;
    bool visible = true;
    Packed keys;
    Packed values;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case number_field(1):
                id = message.get_sint64();
                break;
            case bytes_field(2):
                keys = Packed{message.get_view()};
                break;
            case bytes_field(3):
                values = Packed{message.get_view()};
                break;
            case bytes_field(4):
                visible = is_visible(message.get_message());
                break;
            case number_field(8):
                lat = message.get_sint64();
                break;
            case number_field(9):
                lon = message.get_sint64();
                break;
            default:
                message.skip();
        }
    }
    if (!visible) return Unit{};
    auto const where = place(lat, lon);
    if (!where) return error_in("node", id, Errc::malformed, "not on the earth");
    Status const tagged = read_tags(keys, values);
    if (!tagged.ok()) return error_in("node", id, tagged.error().code, tagged.error().detail);
    sink_.node({id, *where, Tags{tags_}});
    return Unit{};
}

Packed dense_visible(pbf_reader info) {
    Packed visible;
    while (info.next(6, protozero::pbf_wire_type::length_delimited))
        visible = Packed{info.get_view()};
    return visible;
}

/// Key, value, key, value, 0 for each node; nothing at all when no node has a tag.
Status Block::read_dense_tags(Packed& keys_values) {
    tags_.clear();
    if (keys_values.empty()) return Unit{};
    while (std::uint64_t const key = keys_values.next())
        TRY(add_tag(key, keys_values.next()));
    return Unit{};
}

Status Block::read_dense(pbf_reader message) {
    Packed ids;
    Packed lats;
    Packed lons;
    Packed keys_values;
    Packed visible;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes_field(1):
                ids = Packed{message.get_view()};
                break;
            case bytes_field(5):
                if (has_history_) {
                    visible = dense_visible(message.get_message());
                } else {
                    message.skip();
                }
                break;
            case bytes_field(8):
                lats = Packed{message.get_view()};
                break;
            case bytes_field(9):
                lons = Packed{message.get_view()};
                break;
            case bytes_field(10):
                keys_values = Packed{message.get_view()};
                break;
            default:
                message.skip();
        }
    }
    bool const has_tags = !keys_values.empty();
    while (!ids.empty()) {
        std::int64_t const id = ids.next_delta();
        if (lats.empty() || lons.empty() || (has_tags && keys_values.empty()))
            return error_in("node", id, Errc::malformed, "the list of places or tags ends before");
        auto const where = place(lats.next_delta(), lons.next_delta());
        Status const tagged = read_dense_tags(keys_values);
        if (!tagged.ok()) return error_in("node", id, tagged.error().code, tagged.error().detail);
        if (!visible.empty() && visible.next() == 0) continue;
        if (!where) return error_in("node", id, Errc::malformed, "not on the earth");
        sink_.node({id, *where, Tags{tags_}});
    }
    if (!lats.empty() || !lons.empty() || !keys_values.empty())
        return Error{Errc::malformed, "more places or tags than nodes"};
    return Unit{};
}

Status Block::read_way(pbf_reader message) {
    std::int64_t id = 0;
    bool visible = true;
    Packed keys;
    Packed values;
    Packed refs;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case number_field(1):
                id = message.get_int64();
                break;
            case bytes_field(2):
                keys = Packed{message.get_view()};
                break;
            case bytes_field(3):
                values = Packed{message.get_view()};
                break;
            case bytes_field(4):
                visible = is_visible(message.get_message());
                break;
            case bytes_field(8):
                refs = Packed{message.get_view()};
                break;
            default:
                message.skip();
        }
    }
    if (!visible) return Unit{};
    Status const tagged = read_tags(keys, values);
    if (!tagged.ok()) return error_in("way", id, tagged.error().code, tagged.error().detail);
    nodes_.clear();
    while (!refs.empty()) {
        if (nodes_.size() == way_nodes_max)
            return error_in("way", id, Errc::limit_exceeded, "too many nodes");
        nodes_.push_back(refs.next_delta());
    }
    sink_.way({id, nodes_, Tags{tags_}});
    return Unit{};
}

Status Block::read_members(std::int64_t id, Packed roles, Packed ids, Packed kinds) {
    members_.clear();
    while (!ids.empty()) {
        if (members_.size() == relation_members_max)
            return error_in("relation", id, Errc::limit_exceeded, "too many members");
        if (roles.empty() || kinds.empty())
            return error_in("relation", id, Errc::malformed, "more members than roles or kinds");
        std::uint64_t const role = roles.next();
        std::uint64_t const kind = kinds.next();
        if (role >= strings_.size())
            return error_in("relation", id, Errc::malformed, "a role's text is not in the block");
        if (kind > static_cast<std::uint64_t>(OsmKind::relation))
            return error_in("relation", id, Errc::malformed, "a member of an unknown kind");
        members_.push_back({static_cast<OsmKind>(kind), ids.next_delta(), strings_[role]});
    }
    return Unit{};
}

Status Block::read_relation(pbf_reader message) {
    std::int64_t id = 0;
    bool visible = true;
    Packed keys;
    Packed values;
    Packed roles;
    Packed ids;
    Packed kinds;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case number_field(1):
                id = message.get_int64();
                break;
            case bytes_field(2):
                keys = Packed{message.get_view()};
                break;
            case bytes_field(3):
                values = Packed{message.get_view()};
                break;
            case bytes_field(4):
                visible = is_visible(message.get_message());
                break;
            case bytes_field(8):
                roles = Packed{message.get_view()};
                break;
            case bytes_field(9):
                ids = Packed{message.get_view()};
                break;
            case bytes_field(10):
                kinds = Packed{message.get_view()};
                break;
            default:
                message.skip();
        }
    }
    if (!visible) return Unit{};
    Status const tagged = read_tags(keys, values);
    if (!tagged.ok()) return error_in("relation", id, tagged.error().code, tagged.error().detail);
    TRY(read_members(id, roles, ids, kinds));
    sink_.relation({id, members_, Tags{tags_}});
    return Unit{};
}

/// A file is blobs, one after the other: four bytes of length, a header, then the data.
class PbfFile {
public:
    PbfFile(ByteSource& source, OsmWanted wanted, OsmSink& sink)
        : source_{source}, block_{wanted, sink} {}

    /// False: the file has ended.
    Result<bool> read_blob();
    bool has_header() const { return has_header_; }
    std::uint64_t bytes_read() const { return bytes_read_; }

private:
    struct BlobHeader {
        std::string kind;
        std::int64_t bytes = -1;
    };

    Result<bool> read_next_blob();
    Result<BlobHeader> read_blob_header(std::size_t size);
    Result<data_view> read_bytes(std::size_t size);
    Result<data_view> unpack(data_view blob);
    Result<data_view> inflate(data_view zlib, std::int64_t raw_bytes);
    Status read_file_header(data_view bytes);

    ByteSource& source_;
    Block block_;
    bool has_header_ = false;
    std::uint64_t bytes_read_ = 0;
    std::vector<char> packed_;  ///< grow only, so that no byte is cleared twice
    std::vector<char> unpacked_;
};

Result<data_view> PbfFile::read_bytes(std::size_t size) {
    if (packed_.size() < size) packed_.resize(size);
    if (TRY(source_.read(std::span{packed_}.first(size))) < size)
        return Error{Errc::malformed, "the file is cut off in this block"};
    bytes_read_ += size;
    return data_view{packed_.data(), size};
}

Result<PbfFile::BlobHeader> PbfFile::read_blob_header(std::size_t size) {
    if (size > blob_header_bytes_max)
        return Error{Errc::malformed, "no block of a PBF file begins so"};
    pbf_reader message{TRY(read_bytes(size))};
    BlobHeader header;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes_field(1):
                header.kind = text_of(message.get_view());
                break;
            case number_field(3):
                header.bytes = message.get_int32();
                break;
            default:
                message.skip();
        }
    }
    if (header.bytes < 0) return Error{Errc::malformed, "a block without its length"};
    if (static_cast<std::size_t>(header.bytes) > block_bytes_max)
        return Error{Errc::limit_exceeded, "a block longer than the format allows"};
    return header;
}

Result<data_view> PbfFile::inflate(data_view zlib, std::int64_t raw_bytes) {
    if (raw_bytes < 0) return Error{Errc::malformed, "a packed block without its unpacked length"};
    auto size = static_cast<std::size_t>(raw_bytes);
    if (size > block_bytes_max)
        return Error{Errc::limit_exceeded, "a block unpacks to more than the format allows"};
    // One byte more, so that what is longer than it says does not fit by chance.
    if (unpacked_.size() < size + 1) unpacked_.resize(size + 1);
    uLongf given = size + 1;
    int const code = uncompress(
        reinterpret_cast<Bytef*>(unpacked_.data()),
        &given,
        reinterpret_cast<Bytef const*>(zlib.data()),
        zlib.size()
    );
    if (code != Z_OK) return Error{Errc::malformed, "the packed data is broken"};
    if (given != size) return Error{Errc::malformed, "the block unpacks to another length"};
    return data_view{unpacked_.data(), size};
}

Result<data_view> PbfFile::unpack(data_view blob) {
    pbf_reader message{blob};
    std::int64_t raw_bytes = -1;
    data_view zlib;
    while (message.next()) {
        switch (message.tag_and_type()) {
            case bytes_field(1):
                return message.get_view();
            case number_field(2):
                raw_bytes = message.get_int32();
                break;
            case bytes_field(3):
                zlib = message.get_view();
                break;
            case bytes_field(4):
            case bytes_field(5):
            case bytes_field(6):
            case bytes_field(7):
                return Error{Errc::malformed, "packed by other means than zlib"};
            default:
                message.skip();
        }
    }
    if (zlib.empty()) return Error{Errc::malformed, "a block without data"};
    return inflate(zlib, raw_bytes);
}

Status PbfFile::read_file_header(data_view bytes) {
    pbf_reader message{bytes};
    while (message.next(4, protozero::pbf_wire_type::length_delimited)) {
        std::string_view const feature = text_of(message.get_view());
        if (feature == "HistoricalInformation") {
            block_.expect_history();
        } else if (feature != "OsmSchema-V0.6" && feature != "DenseNodes") {
            return Error{
                Errc::malformed,
                "needs the feature '" + std::string{feature.substr(0, 80)} +
                    "', which is not known here"};
        }
    }
    has_header_ = true;
    return Unit{};
}

Result<bool> PbfFile::read_next_blob() {
    std::array<char, 4> length{};
    std::size_t const got = TRY(source_.read(length));
    if (got == 0) return false;
    if (got < length.size()) return Error{Errc::malformed, "the file is cut off in this block"};
    bytes_read_ += length.size();
    std::size_t header_bytes = 0;
    for (char const byte : length)
        header_bytes = header_bytes << 8U | static_cast<unsigned char>(byte);
    BlobHeader const header = TRY(read_blob_header(header_bytes));
    data_view const blob = TRY(read_bytes(static_cast<std::size_t>(header.bytes)));
    if (header.kind == "OSMHeader") {
        data_view const block = TRY(unpack(blob));
        TRY(read_file_header(block));
    } else if (header.kind == "OSMData") {
        if (!has_header_) return Error{Errc::malformed, "data before the file's header"};
        data_view const block = TRY(unpack(blob));
        TRY(block_.read(block));
    }
    return true;  // the format wants unknown kinds of blocks skipped
}

Result<bool> PbfFile::read_blob() {
    try {
        return read_next_blob();
    } catch (protozero::exception const& exception) {
        return Error{Errc::malformed, std::string{"in this block: "} + exception.what()};
    }
}

}  // namespace

Status read_pbf(ByteSource& source, OsmWanted wanted, OsmSink& sink) {
    PbfFile file{source, wanted, sink};
    for (;;) {
        std::uint64_t const begin = file.bytes_read();
        auto const more = file.read_blob();
        if (!more.ok()) return error_at(begin, more.error().code, more.error().detail);
        if (!more.value()) break;
    }
    if (!file.has_header()) return error_at(0, Errc::malformed, "the file is empty");
    return Unit{};
}

}  // namespace posthaste::road
