// A network as a file: written once, mapped by whoever reads it.
//
// Takes    a network's columns.
// Gives    write(): the whole file or none (beside it, then renamed). File::open(): a network in
//          the file's own bytes, shared between processes by the system.
// Shapes   docs/formats/roads.md: a head of 4,096 bytes (magic, version, sizes and the digest of
//          what follows), then each column at a multiple of 64 bytes.
// Errors   io_failed; corrupt: cut off, changed, or columns that contradict each other, with which;
//          too_new: a later version's. A file of version 1 has no gazetteer, and opens.
// Cost     open() reads the whole file once: about 1 ns a byte for its digest.
// Threads  shared immutable
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/digest.hpp"
#include "base/result.hpp"
#include "road/network.hpp"

namespace posthaste::road {

struct FileInfo {
    ProfileMask profiles = 0;
    std::uint64_t bytes = 0;
    std::uint64_t gazetteer_bytes = 0;  ///< of them, for what can be searched
    Digest digest;                      ///< of the columns: names the network
};

/// Gives the digest.
Result<FileInfo> write_network(
    OwnedColumns const& columns, ProfileMask profiles, std::filesystem::path const& file
);

class NetworkFile {
public:
    static Result<std::unique_ptr<NetworkFile>> open(std::filesystem::path const& file);
    ~NetworkFile();
    NetworkFile(NetworkFile const&) = delete;
    NetworkFile& operator=(NetworkFile const&) = delete;

    Network const& network() const { return network_; }
    FileInfo const& info() const { return info_; }

private:
    NetworkFile(std::byte const* bytes, std::size_t size) : bytes_{bytes}, size_{size} {}
    Status read();

    std::byte const* bytes_;
    std::size_t size_;
    Network network_;
    FileInfo info_;
};

}  // namespace posthaste::road
