#include "api/kept.hpp"

#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>

#include "base/assert.hpp"
#include "base/digest.hpp"

namespace posthaste::api {
namespace {

void add_little_endian(std::string& bytes, std::uint32_t number) {
    for (unsigned shift = 0; shift < 32; shift += 8)
        bytes += static_cast<char>(number >> shift & 0xffU);
}

/// "gzip" or "gzip;q=0.5" among the codings, and not "gzip;q=0".
bool takes_gzip(Request const& request) {
    auto rest = request.header("accept-encoding");
    while (!rest.empty()) {
        auto part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(part.size() + 1, rest.size()));
        part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
        if (!part.starts_with("gzip")) continue;
        auto const weight = part.substr(std::min(part.find("q="), part.size()));
        return weight.find_first_not_of("q=0. ") != std::string_view::npos || weight.empty();
    }
    return false;
}

}  // namespace

std::string gzip(std::string_view text) {
    namespace zlib = boost::beast::zlib;
    constexpr int window_bits = 15;
    constexpr int memory_level = 8;
    zlib::deflate_stream deflate;
    deflate.reset(
        zlib::compression::default_size, window_bits, memory_level, zlib::Strategy::normal
    );
    // Magic, deflate, no flags, no time, nothing extra, unknown system: RFC 1952, 2.3.
    std::string bytes{"\x1f\x8b\x08\0\0\0\0\0\0\xff", 10};
    auto const head = bytes.size();
    bytes.resize(head + deflate.upper_bound(text.size()));
    zlib::z_params all;
    all.next_in = text.data();
    all.avail_in = text.size();
    all.next_out = bytes.data() + head;
    all.avail_out = bytes.size() - head;
    boost::beast::error_code end;
    deflate.write(all, zlib::Flush::finish, end);
    ASSERT(end == zlib::error::end_of_stream);
    bytes.resize(head + all.total_out);
    boost::crc_32_type crc;
    crc.process_bytes(text.data(), text.size());
    add_little_endian(bytes, crc.checksum());
    add_little_endian(bytes, static_cast<std::uint32_t>(text.size()));
    return bytes;
}

Kept::Kept(
    std::string_view type, std::string text, std::vector<Field> headers, std::string_view caching
)
    : headers_{std::move(headers)} {
    constexpr std::size_t digits = 32;
    auto const name = "\"" + digest(text).hex().substr(0, digits);
    small_ = {make_frame(gzip(text)), name + "-gzip\""};
    plain_ = {make_frame(std::move(text)), name + "\""};
    headers_.push_back({"Content-Type", std::string{type}});
    headers_.push_back({"Cache-Control", std::string{caching}});
    headers_.push_back({"Vary", "Accept-Encoding"});
}

Response Kept::answer(Request const& request) const {
    bool const is_small = takes_gzip(request);
    auto const& form = is_small ? small_ : plain_;
    Response response{.headers = headers_};
    response.headers.push_back({"ETag", form.etag});
    if (request.header("if-none-match").find(form.etag) != std::string_view::npos) {
        response.status = 304;
        return response;
    }
    if (is_small) response.headers.push_back({"Content-Encoding", "gzip"});
    response.shared_body = form.bytes;
    return response;
}

}  // namespace posthaste::api
