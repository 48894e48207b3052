// A gazetteer out of what an extract says: places, addresses, and the names of the network's roads.
//
// Takes    ways, then seal_ways(), then nodes, as builder.hpp does; then the network.
//          place=* and addr:housenumber with addr:street or addr:place, of nodes and of ways. A way
//          lies between its first node and the one halfway round. Several numbers ("12;14") are
//          several houses.
// Gives    finish(): entries for places; for streets, by the roads' names and the houses' streets,
//          one in each settlement, and two where what is called the same lies a kilometre or more
//          apart; houses with their streets. A settlement is what is near for its size; a house
//          that names its city is in that one, where it is near.
// Errors   limit_exceeded past things_max.
// Order    the same objects in another order give the same gazetteer.
// Cost     about 60 bytes of memory an address or place, and its texts.
// Threads  one
// Limits   names and numbers of more than text_bytes_max are passed over, as no name is so long.
//          Not read: relations, addr:interpolation, other languages' names.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "road/network.hpp"
#include "road/osm/objects.hpp"
#include "road/search/gazetteer.hpp"

namespace posthaste::road {

constexpr std::size_t text_bytes_max = 255;  // OpenStreetMap's own, in letters
constexpr std::size_t things_max = 100'000'000;

struct GazetteerCounts {
    std::uint64_t places = 0;
    std::uint64_t streets = 0;
    std::uint64_t houses = 0;
};

class GazetteerBuilder {
public:
    void add_way(OsmWay const& way);
    void seal_ways();
    void add_node(OsmNode const& node);

    Result<Gazetteer<OwnedColumn>> finish(Network const& network);
    GazetteerCounts const& counts() const { return counts_; }

    /// A place, or a house at its street.
    struct Thing {
        std::uint32_t name = 0;  ///< a text; of a house: its street's
        std::uint32_t number = none;
        std::uint32_t city = none;
        EntryKind kind = EntryKind::street;
        std::uint32_t corners = 0;  ///< how many are known
        std::int64_t lat_sum = 0;
        std::int64_t lon_sum = 0;

        bool is_house() const { return number != none; }
        Position place() const;
    };

private:
    struct Corner {
        std::int64_t node = 0;
        std::uint32_t thing = 0;
    };

    std::uint32_t text(std::string_view text);
    /// How many: none when the tags name nothing that is kept.
    std::size_t add_things(Tags const& tags);

    std::map<std::string, std::uint32_t, std::less<>> numbered_;  ///< texts
    std::vector<std::string const*> texts_;
    std::vector<Thing> things_;
    std::vector<Corner> corners_;  ///< by node, once sealed
    GazetteerCounts counts_;
};

}  // namespace posthaste::road
