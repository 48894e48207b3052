// Tags for the tests of the rules, out of "highway=service access=private".
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "road/osm/objects.hpp"

namespace posthaste::road {

/// No value has a blank. Requires: the text lives on.
inline std::vector<Tag> tags_of_text(std::string_view text) {
    std::vector<Tag> tags;
    while (!text.empty()) {
        auto const end = std::min(text.find(' '), text.size());
        auto const tag = text.substr(0, end);
        auto const equals = tag.find('=');
        tags.push_back({tag.substr(0, equals), tag.substr(equals + 1)});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return tags;
}

}  // namespace posthaste::road
