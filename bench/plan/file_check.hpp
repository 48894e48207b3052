// Checks routes against an instance's file in double precision: nothing of ours but the routes.
//
// Takes    the file's text, and routes as the numbers of its rows.
// Gives    what they cost by the convention of the benchmark: DIMACS (distances cut to one decimal)
//          for Solomon's and Homberger's, double precision for Li and Lim's.
// Errors   corrupt: the first rule that is broken.
// Threads  pure
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace posthaste::bench {

using NumberedRoutes = std::vector<std::vector<std::size_t>>;

struct FileCost {
    std::size_t vehicles = 0;
    double distance = 0;
};

Result<FileCost> check_solomon(std::string const& text, NumberedRoutes const& routes);
Result<FileCost> check_lilim(std::string const& text, NumberedRoutes const& routes);

}  // namespace posthaste::bench
