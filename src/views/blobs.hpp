// Attachments as files, each named by the digest of its content.
//
// Takes    bytes, and the digest that they were said to have.
// Gives    put: durable when ok (written aside, synced, renamed). get: the bytes, checked again.
//          The same content twice is one file.
// Shapes   folder/ab/cdef...: the first two digits of the digest, then the rest.
// Errors   put: malformed when the digest is another; limit_exceeded past blob_bytes_max;
// io_failed.
//          get: not_found; corrupt when the file no longer has its digest. All name the digest.
// Threads  any
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace posthaste::views {

constexpr std::size_t blob_bytes_max = std::size_t{16} * 1024 * 1024;

class Blobs {
public:
    /// Makes the folder.
    static Result<Blobs> open(std::filesystem::path const& folder);

    Status put(Digest const& expected, std::string_view bytes) const;
    Result<std::string> get(Digest const& content) const;
    bool has(Digest const& content) const;
    /// Nothing happens when it is not there.
    Status erase(Digest const& content) const;

private:
    explicit Blobs(std::filesystem::path folder) : folder_{std::move(folder)} {}
    std::filesystem::path path_of(Digest const& content) const;

    std::filesystem::path folder_;
};

}  // namespace posthaste::views
