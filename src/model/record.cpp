#include "model/record.hpp"

#include "base/codec.hpp"

namespace posthaste::model {

namespace {

constexpr std::size_t checksum_bytes = sizeof(Digest::bytes);

std::string_view checksum_part(std::string_view bytes) {
    return bytes.substr(bytes.size() - checksum_bytes);
}

/// An entry without its decisions: the codec passes over a field that is not described.
struct EventsOnly : Entry {
    static void fields(auto& self, auto&& field) {
        field(1, "envelope", self.envelope);
        field(2, "events", self.events);
    }
};

Error too_new(std::uint64_t unknown_event) {
    if (unknown_event == 0)
        return {Errc::too_new, "record holds a value this version does not know"};
    return {
        Errc::too_new,
        "record holds event number " + std::to_string(unknown_event) +
            ", which this version does not know: its newest is " +
            std::to_string(event_names.size()) + ", " + std::string{event_names.back()}};
}

template <class E>
Result<Record> unseal_as(std::string_view bytes) {
    if (bytes.size() < checksum_bytes) return Error{Errc::corrupt, "record is too short"};
    std::string_view const body = bytes.substr(0, bytes.size() - checksum_bytes);
    Record record;
    Reader in{body};
    detail::Coder<RecordHeader>::read(in, record.header);
    if (in.ok() && record.header.format > record_format) {
        return Error{
            Errc::too_new,
            "record format " + std::to_string(record.header.format) +
                " is newer than this version's " + std::to_string(record_format)};
    }
    detail::ListCoder<std::vector<E>, E>::read_each(in, [&](E&& entry) {
        record.entries.push_back(std::move(entry));
    });
    // The checksum held, so these bytes are what a writer wrote: one that knows more than we do.
    if (!in.ok()) return too_new(in.unknown());
    if (!in.at_end()) return Error{Errc::corrupt, "bytes follow the record"};
    return record;
}

}  // namespace

void RecordBuilder::add(Entry const& entry) {
    encode(entries_, entry);
    ++count_;
}

SealedRecord RecordBuilder::seal(RecordHeader const& header) const {
    Writer out;
    encode(out, header);
    out.sized([&] {
        out.varint(count_);
        out.raw(entries_.bytes());
    });
    SealedRecord sealed{std::move(out).bytes(), {}};
    sealed.checksum = digest(sealed.bytes);
    sealed.bytes.append(
        reinterpret_cast<char const*>(sealed.checksum.bytes.data()), checksum_bytes
    );
    return sealed;
}

SealedRecord seal(Record const& record) {
    RecordBuilder builder;
    for (auto const& entry : record.entries)
        builder.add(entry);
    return builder.seal(record.header);
}

Digest checksum_of(std::string_view sealed_bytes) {
    ASSERT(sealed_bytes.size() >= checksum_bytes);
    Digest checksum;
    std::memcpy(checksum.bytes.data(), checksum_part(sealed_bytes).data(), checksum_bytes);
    return checksum;
}

Result<Record> unseal(std::string_view bytes) {
    if (bytes.size() < checksum_bytes) return Error{Errc::corrupt, "record is too short"};
    std::string_view const body = bytes.substr(0, bytes.size() - checksum_bytes);
    if (digest(body) != checksum_of(bytes)) return Error{Errc::corrupt, "record checksum differs"};
    return unseal_checked(bytes);
}

Result<Record> unseal_checked(std::string_view bytes) {
    return unseal_as<Entry>(bytes);
}

Result<Record> unseal_events(std::string_view bytes) {
    return unseal_as<EventsOnly>(bytes);
}

}  // namespace posthaste::model
