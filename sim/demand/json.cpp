#include "demand/json.hpp"

#include <string_view>

namespace posthaste::demand {

namespace {

constexpr int end_of_file = std::char_traits<char>::eof();

bool is_space(int byte) {
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

int unescaped(int escape) {
    switch (escape) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return escape;
    }
}

}  // namespace

int JsonReader::get() {
    int const byte = in_->rdbuf()->sbumpc();
    if (byte == '\n') ++line_;
    return byte;
}

int JsonReader::skip_space() {
    int byte = get();
    while (is_space(byte) || byte == ',' || byte == ':')
        byte = get();
    return byte;
}

Error JsonReader::error(Errc code, std::string const& what) const {
    return Error{code, "line " + std::to_string(line_) + ": " + what};
}

Result<JsonReader::Token> JsonReader::open(char bracket, Token token) {
    if (open_.size() == depth_max) return error(Errc::limit_exceeded, "nested too deep");
    open_.push_back(bracket);
    return token;
}

Result<JsonReader::Token> JsonReader::close(char bracket, Token token) {
    if (open_.empty() || open_.back() != bracket)
        return error(Errc::malformed, "a bracket closes nothing");
    open_.pop_back();
    return token;
}

Result<JsonReader::Token> JsonReader::string() {
    text_.clear();
    for (;;) {
        int byte = get();
        if (byte == '"') break;
        if (text_.size() == text_bytes_max)
            return error(Errc::limit_exceeded, "a string is too long");
        if (byte == '\\') {
            byte = get();
            if (byte == 'u') text_ += '\\';
            if (byte != end_of_file) byte = unescaped(byte);
        }
        if (byte == end_of_file) return error(Errc::malformed, "a string is never closed");
        text_ += static_cast<char>(byte);
    }
    // A key is what a colon follows.
    while (is_space(in_->rdbuf()->sgetc()))
        get();
    bool const is_key = in_->rdbuf()->sgetc() == ':';
    return is_key ? Token::key : Token::string;
}

Result<JsonReader::Token> JsonReader::word(char first, Token token) {
    constexpr std::string_view ends = ",:]} \n\r\t";
    text_ = first;
    for (;;) {
        int const byte = in_->rdbuf()->sgetc();
        if (byte == end_of_file || ends.find(static_cast<char>(byte)) != std::string_view::npos)
            break;
        if (text_.size() == text_bytes_max)
            return error(Errc::limit_exceeded, "a word is too long");
        text_ += static_cast<char>(get());
    }
    bool const is_literal = text_ == "true" || text_ == "false" || text_ == "null";
    if (token == Token::literal && !is_literal)
        return error(Errc::malformed, "'" + text_.substr(0, 20) + "' is no JSON");
    return token;
}

Result<JsonReader::Token> JsonReader::next() {
    int const byte = skip_space();
    if (byte == end_of_file) {
        if (!open_.empty()) return error(Errc::malformed, "the file ends early");
        return Token::end;
    }
    char const c = static_cast<char>(byte);
    switch (c) {
        case '{':
            return open('}', Token::begin_object);
        case '[':
            return open(']', Token::begin_array);
        case '}':
            return close('}', Token::end_object);
        case ']':
            return close(']', Token::end_array);
        case '"':
            return string();
        default:
            bool const is_number = c == '-' || (c >= '0' && c <= '9');
            return word(c, is_number ? Token::number : Token::literal);
    }
}

Status JsonReader::skip(Token token) {
    if (token != Token::begin_object && token != Token::begin_array) return Unit{};
    std::size_t const depth_before = depth() - 1;
    while (depth() > depth_before)
        static_cast<void>(TRY(next()));
    return Unit{};
}

}  // namespace posthaste::demand
