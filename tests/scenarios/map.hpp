// The map of a scenario: places by letter, and the roads between them where it has any.
//
// Takes    the script; of it the lines
//            grid 100 m                 the size of a cell, both ways
//            map                        the indented lines below it; a letter is a place
//            roads                      the indented lines below it:
//              ABC CE  36 km/h          streets from letter to letter, straight
//              A>B>C   36 km/h          one way, from left to right
//              no ABC                   who comes along AB may not go on along BC
//              only ABC                 who comes along AB may go nowhere else
//              no ABCD                  who comes along AB by BC may not go on along CD
// Gives    places, and roads as an import would make them: each piece between two letters is a way
//          of its own, for cars, vans, trucks and blue lights, who drive on the right.
// Errors   a line that is not understood fails the test, and names itself.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/place.hpp"
#include "road/roads.hpp"

namespace posthaste::scenarios {

using Words = std::vector<std::string>;
Words split(std::string const& text, char by);

struct Map {
    static Map read(std::string const& script);
    /// Whether a line is of the map, not of the day; lines are asked for in their order.
    class Lines {
    public:
        bool is_of_map(std::string const& line);
        std::string const& section() const { return section_; }

    private:
        std::string section_;  ///< "map", "roads" or neither
    };

    std::map<std::string, model::Position> places;
    std::shared_ptr<road::Roads const> roads;  ///< null: it has none
};

}  // namespace posthaste::scenarios
