#include "bench/plan/gzip.hpp"

#include <zlib.h>

#include <array>

namespace posthaste::bench {

Result<std::string> text_of_gzip(std::filesystem::path const& file) {
    auto* const packed = gzopen(file.c_str(), "rb");
    if (packed == nullptr) return Error{Errc::io_failed, "cannot read " + file.string()};
    std::string text;
    std::array<char, 65'536> part{};
    int count = 0;
    while ((count = gzread(packed, part.data(), part.size())) > 0)
        text.append(part.data(), static_cast<std::size_t>(count));
    bool const whole = gzclose(packed) == Z_OK && count == 0;
    if (!whole) return Error{Errc::io_failed, "cannot unpack " + file.string()};
    return text;
}

}  // namespace posthaste::bench
