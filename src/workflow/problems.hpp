// What is wrong with a file, gathered: bounded, in order, safe to print.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "workflow/load.hpp"

namespace posthaste::workflow {

class Problems {
public:
    /// Beyond problems_max it is forgotten: who mends the first ones will load again.
    void add(std::uint32_t line, std::string reason) {
        if (found_.size() < problems_max) found_.push_back({line, std::move(reason)});
    }
    bool empty() const { return found_.empty(); }

    std::vector<Problem> sorted() && {
        std::sort(found_.begin(), found_.end());
        return std::move(found_);
    }

private:
    std::vector<Problem> found_;
};

/// The text between backticks, cut, and with what a terminal might obey replaced.
inline std::string quoted(std::string_view text) {
    constexpr std::size_t shown_max = 64;
    std::string out = "`";
    for (char const letter : text.substr(0, shown_max))
        out += letter >= ' ' && letter <= '~' ? letter : '?';
    return out + (text.size() > shown_max ? "...`" : "`");
}

}  // namespace posthaste::workflow
