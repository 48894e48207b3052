// A Report as people and programs read it.
//
// Gives    figures_of(): every figure with its name and unit, the same ones for the table and for
//          JSON lines. A latency is four or five figures: p50 p90 p99 p99.9 and the maximum.
// Order    fixed.
// Threads  pure
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "load/load.hpp"

namespace posthaste::load {

struct Figure {
    std::string metric;
    double value = 0;
    std::string_view unit;
};

std::vector<Figure> figures_of(Report const& report);

/// For people; lines end in LF.
std::string table_of(Report const& report);

/// One object a line: {"profile": ..., "agents": ..., "metric": ..., "value": ..., "unit": ...}.
std::string json_lines_of(Report const& report);

}  // namespace posthaste::load
