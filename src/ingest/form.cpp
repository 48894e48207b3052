#include "ingest/form.hpp"

#include <algorithm>

namespace posthaste::ingest {

namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

bool FormReader::decode(std::string_view value) {
    decoded_.clear();
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '+') {
            decoded_ += ' ';
        } else if (value[i] == '%') {
            if (value.size() - i < 3) return false;
            int const high = hex_value(value[i + 1]);
            int const low = hex_value(value[i + 2]);
            if (high < 0 || low < 0) return false;
            decoded_ += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            decoded_ += value[i];
        }
    }
    return true;
}

std::optional<FormReader::Parameter> FormReader::next() {
    while (rest_.starts_with('&'))
        rest_.remove_prefix(1);
    if (rest_.empty()) return std::nullopt;
    std::string_view const pair = rest_.substr(0, rest_.find('&'));
    rest_.remove_prefix(pair.size());
    auto const equals = std::min(pair.find('='), pair.size());
    Parameter parameter{.name = pair.substr(0, equals)};
    parameter.value = pair.substr(std::min(equals + 1, pair.size()));
    if (parameter.value.find_first_of("%+") == std::string_view::npos) return parameter;
    parameter.ok = decode(parameter.value);
    parameter.value = decoded_;
    return parameter;
}

}  // namespace posthaste::ingest
