#include "road/osm/feature_scanner.hpp"

#include <span>

#include "road/osm/formats.hpp"

namespace posthaste::road {

namespace {

constexpr std::size_t chunk_bytes = std::size_t{256} * 1024;
constexpr std::size_t name_bytes_max = 64;  // longer names are none that is looked for

bool is_space(int byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

bool ends_literal(int byte) {
    return byte < 0 || is_space(byte) || byte == ',' || byte == '}' || byte == ']';
}

}  // namespace

FeatureScanner::FeatureScanner(ByteSource& source) : source_{source}, chunk_(chunk_bytes) {}

Error FeatureScanner::wrong(std::string const& what) const {
    return error_at(at(), Errc::malformed, what);
}

Result<int> FeatureScanner::peek() {
    if (used_ == filled_) {
        chunk_begin_ += filled_;
        used_ = 0;
        filled_ = TRY(source_.read(chunk_));
        if (filled_ == 0) return end_of_file;
    }
    return static_cast<int>(static_cast<unsigned char>(chunk_[used_]));
}

/// The next byte that is no blank.
Result<int> FeatureScanner::peek_token() {
    int byte = TRY(peek());
    while (is_space(byte)) {
        advance();
        byte = TRY(peek());
    }
    return byte;
}

Status FeatureScanner::expect(char byte, char const* what) {
    if (TRY(peek_token()) != byte) return wrong(what);
    advance();
    return Unit{};
}

/// Its first bytes; escapes as they are written.
Result<std::string> FeatureScanner::read_string() {
    TRY(expect('"', "the name of a member must stand here"));
    std::string text;
    for (bool escaped = false;;) {
        int const byte = TRY(peek());
        if (byte == end_of_file) return wrong("the file is cut off");
        advance();
        if (byte == '"' && !escaped) return text;
        escaped = byte == '\\' && !escaped;
        if (text.size() < name_bytes_max) text += static_cast<char>(byte);
    }
}

Status FeatureScanner::skip_structure() {
    std::string closers;
    do {
        int const byte = TRY(peek_token());
        if (byte == end_of_file) return wrong("the file is cut off");
        if (byte == '"') {
            static_cast<void>(TRY(read_string()));
            continue;
        }
        if (byte == '{' || byte == '[') {
            if (closers.size() == nesting_max)
                return error_at(at(), Errc::limit_exceeded, "nested too deep");
            closers += byte == '{' ? '}' : ']';
        }
        if (byte == '}' || byte == ']') {
            if (closers.back() != byte) return wrong("a bracket closes nothing");
            closers.pop_back();
        }
        advance();
    } while (!closers.empty());
    return Unit{};
}

Status FeatureScanner::skip_value() {
    int byte = TRY(peek_token());
    if (byte == '{' || byte == '[') return skip_structure();
    if (byte == '"') {
        static_cast<void>(TRY(read_string()));
        return Unit{};
    }
    if (ends_literal(byte)) return wrong("a value must stand here");
    while (!ends_literal(byte)) {
        advance();
        byte = TRY(peek());
    }
    return Unit{};
}

Status FeatureScanner::enter_features() {
    TRY(expect('{', "GeoJSON begins with an object"));
    for (;;) {
        std::string const name = TRY(read_string());
        TRY(expect(':', "a colon must stand here"));
        if (name == "features") break;
        TRY(skip_value());
        TRY(expect(',', "the file has no list of features"));
    }
    TRY(expect('[', "the features are an array"));
    where_ = Where::before_first;
    return Unit{};
}

Status FeatureScanner::leave_features() {
    TRY(expect(']', "a comma or the list's end must stand here"));
    while (TRY(peek_token()) == ',') {
        advance();
        static_cast<void>(TRY(read_string()));
        TRY(expect(':', "a colon must stand here"));
        TRY(skip_value());
    }
    TRY(expect('}', "a comma or the file's end must stand here"));
    if (TRY(peek_token()) != end_of_file) return wrong("something stands after the file's end");
    where_ = Where::after;
    return Unit{};
}

/// How many bytes of the chunk belong to the feature that is being read.
std::size_t FeatureScanner::feature_bytes_in_chunk() {
    for (std::size_t i = used_; i < filled_; ++i) {
        char const byte = chunk_[i];
        if (in_string_) {
            in_string_ = byte != '"' || escaped_;
            escaped_ = byte == '\\' && !escaped_;
        } else if (byte == '"') {
            in_string_ = true;
        } else if (byte == '{' || byte == '[') {
            ++depth_;
        } else if (byte == '}' || byte == ']') {
            if (--depth_ == 0) return i + 1 - used_;
        }
    }
    return filled_ - used_;
}

Result<FeatureScanner::Feature> FeatureScanner::read_feature() {
    std::uint64_t const begin = at();
    text_.clear();
    do {
        if (TRY(peek()) == end_of_file) return wrong("the file is cut off");
        std::size_t const count = feature_bytes_in_chunk();
        if (text_.size() + count > feature_bytes_max)
            return error_at(begin, Errc::limit_exceeded, "a feature that is too long");
        text_.append(chunk_.data() + used_, count);
        used_ += count;
    } while (depth_ > 0);
    std::size_t const size = text_.size();
    text_.append(feature_padding, ' ');
    return Feature{std::string_view{text_}.substr(0, size), begin};
}

Result<std::optional<FeatureScanner::Feature>> FeatureScanner::next() {
    if (where_ == Where::before) TRY(enter_features());
    if (where_ == Where::after) return std::optional<Feature>{};
    int const byte = TRY(peek_token());
    bool const has_more = where_ == Where::before_first ? byte != ']' : byte == ',';
    if (!has_more) {
        TRY(leave_features());
        return std::optional<Feature>{};
    }
    if (where_ == Where::after_one) advance();  // the comma
    if (TRY(peek_token()) != '{') return wrong("a feature is an object");
    where_ = Where::after_one;
    return std::optional{TRY(read_feature())};
}

}  // namespace posthaste::road
