// name=value&name=value: the query of a URL, or a form body.
//
// Errors   a percent sign that is not followed by two hexadecimal digits.
// Order    as written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace posthaste::ingest {

class FormReader {
public:
    explicit FormReader(std::string_view text) : rest_{text} {}

    struct Parameter {
        std::string_view name;   ///< as written: no name we know needs an escape
        std::string_view value;  ///< decoded; holds until the next call
        bool ok = true;          ///< false: the value is badly escaped
    };
    std::optional<Parameter> next();

private:
    bool decode(std::string_view value);

    std::string_view rest_;
    std::string decoded_;
};

}  // namespace posthaste::ingest
