// Bytes in their order, from a file, from memory, or unpacked from other bytes.
//
// Errors   io_failed: the file; malformed: packed bytes that are cut off or broken, with the byte
//          of the packed file.
// Cost     memory for one buffer, however much comes out of it.
// Threads  one
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "road/osm/read.hpp"

namespace posthaste::road {

class ByteSource {
public:
    ByteSource() = default;
    ByteSource(ByteSource const&) = delete;
    ByteSource& operator=(ByteSource const&) = delete;
    virtual ~ByteSource() = default;

    /// Fills `into`; gives how many bytes there were: fewer than asked for only at the end.
    virtual Result<std::size_t> read(std::span<char> into) = 0;
};

Result<std::unique_ptr<ByteSource>> open_file(
    std::filesystem::path const& file, ReadProgress const& progress
);
/// Requires: `bytes` outlive it.
std::unique_ptr<ByteSource> memory_source(std::string_view bytes);

/// Any number of gzip members (.gz) or bzip2 streams, one after the other.
std::unique_ptr<ByteSource> unpack_gzip(std::unique_ptr<ByteSource> packed);
std::unique_ptr<ByteSource> unpack_bzip2(std::unique_ptr<ByteSource> packed);

}  // namespace posthaste::road
