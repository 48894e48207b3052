// Routino as a peer: an importer and router of OpenStreetMap that shares no line with ours.
//
// Takes    a file of OpenStreetMap whose objects are sorted; places at nodes of roads for cars.
// Gives    the shortest way for cars by its own reading of the tags: all kinds of road alike,
//          one-ways and turn restrictions obeyed. Nothing: there is none.
// Units    whole metres: of each piece between two nodes what is beyond is cut off, on a sphere of
//          routino_earth_km. The way that is shortest so is the one it takes.
// Errors   a program that fails fails the test, with what it said.
// Cost     an import of Columbus 0.5 s, a way 5 ms: a process each.
// Source   Debian's package routino 3.3.3, https://routino.org/.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "model/place.hpp"

namespace posthaste::peer {

constexpr double routino_earth_km = 6378.137;

class Routino {
public:
    static bool is_installed();
    explicit Routino(std::filesystem::path const& osm);
    ~Routino();
    Routino(Routino const&) = delete;
    Routino& operator=(Routino const&) = delete;

    struct Way {
        model::Position first;  ///< its node nearest to where the way was to begin
        model::Position last;
        std::int64_t metres = 0;
    };
    std::optional<Way> shortest(model::Position from, model::Position to) const;

private:
    std::filesystem::path folder_;
};

}  // namespace posthaste::peer
