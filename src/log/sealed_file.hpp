// A file that is written once, as a whole, and knows whether it is: a header, bytes, and the
// checksum of both. Snapshots, position checkpoints and archived segments are such files.
//
// Shapes   varint(length) header bytes checksum; docs/formats/log.md. A header is a struct with
//          fields(), the first of which is file_format.
// Gives    replace_file: under another name, synced, renamed, the folder synced; so a name always
//          means a whole file.
// Errors   io_failed naming the file and what the system said; of unpack also corrupt, too_new.
// Threads  any; two that write one file at once must not.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.hpp"
#include "base/digest.hpp"
#include "base/result.hpp"
#include "model/record.hpp"

namespace posthaste::log {

constexpr std::size_t checksum_bytes = sizeof(Digest::bytes);
constexpr std::size_t header_bytes_max = 256;

/// What the system says of errno, with what was being done and to which file.
Error system_error_of(std::string_view doing, std::filesystem::path const& path, int number);
Error too_new(std::filesystem::path const& path, std::uint32_t format, std::uint32_t known);

/// Syncs a folder, so that a file made or renamed in it is there after a power cut.
Status sync_folder(std::filesystem::path const& folder);
Result<std::vector<std::filesystem::path>> list(std::filesystem::path const& folder);
/// Also when it is not there.
Status remove_file(std::filesystem::path const& path);
/// Made when missing; what an interrupted replace_file left in it is removed.
Status make_folder(std::filesystem::path const& folder);

Status replace_file(std::filesystem::path const& path, std::string_view bytes);
/// Errors: corrupt when it is longer than one with so many bytes after the header.
Result<std::string> read_sealed(std::filesystem::path const& path, std::size_t bytes_max);

/// The header, the bytes, and a checksum of both.
template <class Header>
std::string pack(Header const& header, std::string_view bytes) {
    Writer out;
    out.sized([&] { posthaste::detail::Coder<Header>::write(out, header); });
    std::string packed = std::move(out).bytes();
    packed.reserve(packed.size() + bytes.size() + checksum_bytes);
    packed += bytes;
    Digest const checksum = digest(packed);
    packed.append(reinterpret_cast<char const*>(checksum.bytes.data()), checksum_bytes);
    return packed;
}

/// The header, and the bytes after it left in `packed`.
template <class Header>
Result<Header> unpack(std::filesystem::path const& path, std::string& packed) {
    if (packed.size() < checksum_bytes) {
        return Error{Errc::corrupt, path.string() + ": too short"};
    }
    std::string_view const body{packed.data(), packed.size() - checksum_bytes};
    if (digest(body) != model::checksum_of(packed)) {
        return Error{Errc::corrupt, path.string() + ": the bytes do not match their checksum"};
    }
    Reader in{body};
    Header header;
    std::size_t const size = in.varint();
    if (size <= header_bytes_max) {
        Reader inner{in.take(size)};
        posthaste::detail::Coder<Header>::read(inner, header);
        if (!inner.ok()) in.fail();
    } else {
        in.fail();
    }
    if (!in.ok()) return Error{Errc::corrupt, path.string() + ": the header cannot be read"};
    if (header.file_format > Header{}.file_format) {
        return too_new(path, header.file_format, Header{}.file_format);
    }
    packed.resize(packed.size() - checksum_bytes);
    packed.erase(0, body.size() - in.left());
    return header;
}

}  // namespace posthaste::log
