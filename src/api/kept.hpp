// An answer that is made once and given often: the page, the map, the document.
//
// Takes    its text, once.
// Gives    200 with the text, compressed for those who take gzip; 304 to those who have it already.
// Errors   none
// Cost     memory for the text and for its compressed form; an answer copies neither.
// Threads  shared immutable
// Source   RFC 1952 (gzip) by Boost.Beast's deflate; RFC 9110, 8.8.3 (an ETag for each form).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/http.hpp"

namespace posthaste::api {

class Kept {
public:
    /// `caching`: what others may do with it; "no-cache": ask each time whether it is new.
    Kept(
        std::string_view type,
        std::string text,
        std::vector<Field> headers = {},
        std::string_view caching = "no-cache"
    );

    Response answer(Request const& request) const;

private:
    struct Form {
        Frame bytes;
        std::string etag;
    };
    std::vector<Field> headers_;
    Form plain_;
    Form small_;
};

std::string gzip(std::string_view text);

}  // namespace posthaste::api
