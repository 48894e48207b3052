#include "road/osm/bytes.hpp"

#include <bzlib.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace posthaste::road {

namespace {

constexpr std::size_t packed_buffer_bytes = std::size_t{64} * 1024;

struct CloseFile {
    void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

class FileSource final : public ByteSource {
public:
    FileSource(File file, std::uint64_t size, ReadProgress progress)
        : file_{std::move(file)}, size_{size}, progress_{std::move(progress)} {}

    Result<std::size_t> read(std::span<char> into) override {
        std::size_t const got = std::fread(into.data(), 1, into.size(), file_.get());
        if (std::ferror(file_.get()) != 0) {
            return Error{
                Errc::io_failed,
                "byte " + std::to_string(at_ + got) + ": " +
                    std::generic_category().message(errno)};
        }
        at_ += got;
        progress_(at_, std::max(at_, size_));
        return got;
    }

private:
    File file_;
    std::uint64_t size_;
    std::uint64_t at_ = 0;
    ReadProgress progress_;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) : rest_{bytes} {}

    Result<std::size_t> read(std::span<char> into) override {
        std::size_t const count = rest_.copy(into.data(), into.size());
        rest_.remove_prefix(count);
        return count;
    }

private:
    std::string_view rest_;
};

/// What a decompressor did with a piece of its input.
struct Step {
    std::size_t taken = 0;
    std::size_t given = 0;
    bool stream_ended = false;
    bool broken = false;
};

class Gzip {
public:
    static constexpr std::string_view name = "gzip";

    Gzip() { ready_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK; }
    Gzip(Gzip const&) = delete;
    Gzip& operator=(Gzip const&) = delete;
    ~Gzip() { static_cast<void>(inflateEnd(&stream_)); }

    Step unpack(std::span<char> from, std::span<char> into) {
        if (!ready_) return {.broken = true};
        stream_.next_in = reinterpret_cast<Bytef*>(from.data());
        stream_.avail_in = static_cast<uInt>(from.size());
        stream_.next_out = reinterpret_cast<Bytef*>(into.data());
        stream_.avail_out = static_cast<uInt>(into.size());
        int const code = inflate(&stream_, Z_NO_FLUSH);
        return {
            from.size() - stream_.avail_in,
            into.size() - stream_.avail_out,
            code == Z_STREAM_END,
            code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR};
    }
    void restart() { ready_ = inflateReset(&stream_) == Z_OK; }

private:
    z_stream stream_{};
    bool ready_ = false;
};

class Bzip2 {
public:
    static constexpr std::string_view name = "bzip2";

    Bzip2() { ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK; }
    Bzip2(Bzip2 const&) = delete;
    Bzip2& operator=(Bzip2 const&) = delete;
    ~Bzip2() { static_cast<void>(BZ2_bzDecompressEnd(&stream_)); }

    Step unpack(std::span<char> from, std::span<char> into) {
        if (!ready_) return {.broken = true};
        stream_.next_in = from.data();
        stream_.avail_in = static_cast<unsigned>(from.size());
        stream_.next_out = into.data();
        stream_.avail_out = static_cast<unsigned>(into.size());
        int const code = BZ2_bzDecompress(&stream_);
        return {
            from.size() - stream_.avail_in,
            into.size() - stream_.avail_out,
            code == BZ_STREAM_END,
            code != BZ_OK && code != BZ_STREAM_END};
    }
    void restart() {
        static_cast<void>(BZ2_bzDecompressEnd(&stream_));
        stream_ = bz_stream{};
        ready_ = BZ2_bzDecompressInit(&stream_, 0, 0) == BZ_OK;
    }

private:
    bz_stream stream_{};
    bool ready_ = false;
};

template <class Unpacker>
class UnpackedSource final : public ByteSource {
public:
    explicit UnpackedSource(std::unique_ptr<ByteSource> packed)
        : packed_{std::move(packed)}, buffer_(packed_buffer_bytes) {}

    Result<std::size_t> read(std::span<char> into) override {
        std::size_t filled = 0;
        while (filled < into.size()) {
            if (rest_.empty() && !at_end_) TRY(refill());
            if (rest_.empty() && is_between_streams_) break;
            if (is_between_streams_ && had_stream_) unpacker_.restart();
            is_between_streams_ = false;
            Step const step = unpacker_.unpack(rest_, into.subspan(filled));
            if (step.broken) return error("broken");
            if (step.taken == 0 && step.given == 0 && at_end_ && !step.stream_ended)
                return error("cut off");
            rest_ = rest_.subspan(step.taken);
            taken_ += step.taken;
            filled += step.given;
            is_between_streams_ = step.stream_ended;
            had_stream_ = had_stream_ || step.stream_ended;
        }
        return filled;
    }

private:
    Status refill() {
        std::size_t const got = TRY(packed_->read(buffer_));
        rest_ = std::span{buffer_}.first(got);
        at_end_ = got < buffer_.size();
        return Unit{};
    }
    Error error(std::string_view what) const {
        return Error{
            Errc::malformed,
            "byte " + std::to_string(taken_) + ": the " + std::string{Unpacker::name} +
                " data is " + std::string{what}};
    }

    std::unique_ptr<ByteSource> packed_;
    std::vector<char> buffer_;
    std::span<char> rest_;  ///< of the buffer, not yet unpacked
    std::uint64_t taken_ = 0;
    bool at_end_ = false;
    bool is_between_streams_ = true;
    bool had_stream_ = false;
    Unpacker unpacker_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(
    std::filesystem::path const& file, ReadProgress const& progress
) {
    std::error_code code;
    std::uint64_t const size = std::filesystem::file_size(file, code);
    if (code) return Error{Errc::io_failed, code.message()};
    File opened{std::fopen(file.c_str(), "rb")};
    if (!opened) return Error{Errc::io_failed, std::generic_category().message(errno)};
    std::unique_ptr<ByteSource> source =
        std::make_unique<FileSource>(std::move(opened), size, progress);
    return source;
}

std::unique_ptr<ByteSource> memory_source(std::string_view bytes) {
    return std::make_unique<MemorySource>(bytes);
}

std::unique_ptr<ByteSource> unpack_gzip(std::unique_ptr<ByteSource> packed) {
    return std::make_unique<UnpackedSource<Gzip>>(std::move(packed));
}

std::unique_ptr<ByteSource> unpack_bzip2(std::unique_ptr<ByteSource> packed) {
    return std::make_unique<UnpackedSource<Bzip2>>(std::move(packed));
}

}  // namespace posthaste::road
