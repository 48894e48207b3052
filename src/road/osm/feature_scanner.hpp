// The features of a GeoJSON file one after the other, each as its own text, so that a file of any
// size needs memory for one.
//
// Takes    a FeatureCollection: an object with the member `features`, an array of objects.
// Gives    each feature's bytes, from its brace to the brace that closes it; nothing after the
//          last, when the file is whole. What stands in a feature is not looked at.
// Errors   malformed, with the byte: not such a file, or cut off; limit_exceeded.
// Limits   feature_bytes_max; nesting_max outside of features.
// Threads  one
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "road/osm/bytes.hpp"

namespace posthaste::road {

constexpr std::size_t feature_bytes_max = std::size_t{16} * 1024 * 1024;
constexpr std::size_t feature_padding =
    64;  ///< readable bytes after each text, for the JSON parser

class FeatureScanner {
public:
    struct Feature {
        std::string_view text;  ///< valid until the next one
        std::uint64_t begin = 0;
    };

    explicit FeatureScanner(ByteSource& source);

    Result<std::optional<Feature>> next();

private:
    static constexpr int end_of_file = -1;
    static constexpr std::size_t nesting_max = 64;

    Result<int> peek();
    Result<int> peek_token();
    void advance() { ++used_; }
    std::uint64_t at() const { return chunk_begin_ + used_; }
    Error wrong(std::string const& what) const;

    Status expect(char byte, char const* what);
    Result<std::string> read_string();
    Status skip_value();
    Status skip_structure();
    Status enter_features();
    Status leave_features();
    Result<Feature> read_feature();
    std::size_t feature_bytes_in_chunk();

    ByteSource& source_;
    std::vector<char> chunk_;
    std::size_t filled_ = 0;
    std::size_t used_ = 0;
    std::uint64_t chunk_begin_ = 0;

    enum class Where : std::uint8_t { before, before_first, after_one, after };
    Where where_ = Where::before;
    std::string text_;
    std::size_t depth_ = 0;  ///< in the feature
    bool in_string_ = false;
    bool escaped_ = false;
};

}  // namespace posthaste::road
