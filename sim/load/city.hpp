// What a load is made of: places, fleet and demand, out of files or a seed.
//
// Gives    a fleet where its trips are: with a file of trips, agents live where its first trips
//          begin and end, so that a trace of another city brings its own centre.
// Errors   malformed or io_failed, with the file's name.
// Threads  one thread
#pragma once

#include <fstream>
#include <memory>
#include <vector>

#include "demand/places.hpp"
#include "load/load.hpp"
#include "load/pace.hpp"
#include "road/roads.hpp"

namespace posthaste::load {

struct City {
    demand::Places places;
    std::shared_ptr<road::Roads const> roads;  ///< may be nothing
    std::vector<demand::Member> fleet;
    std::unique_ptr<std::ifstream> file;  ///< of the trips; outlives them
    std::unique_ptr<demand::Source> trips;
    Instant trace_start;
    std::int64_t speed = 1000;
};

Result<std::unique_ptr<City>> make_city(LoadOptions const& options);

}  // namespace posthaste::load
