// One layer of a vector tile while it is written.
//
// Takes    features: lines or a point in tile units, with their attributes.
// Gives    bytes(): the layer as the format has it, keys and values each once.
// Source   Mapbox Vector Tile Specification 2.1, 4.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace posthaste::road {

struct TilePoint {
    std::int32_t x = 0;
    std::int32_t y = 0;  ///< down

    bool operator==(TilePoint const&) const = default;
};

using TileLine = std::vector<TilePoint>;

struct Attribute {
    std::string_view key;
    std::variant<std::string_view, std::int64_t> value;
};

class Layer {
public:
    explicit Layer(std::string_view name) : name_{name} {}

    /// Requires: each line has two points or more, no two following ones the same.
    void add_lines(std::vector<TileLine> const& lines, std::vector<Attribute> const& attributes);
    void add_point(TilePoint point, std::vector<Attribute> const& attributes);

    bool empty() const { return features_.empty(); }
    std::string bytes() const;

private:
    void add(
        std::uint32_t type,
        std::vector<std::uint32_t> const& geometry,
        std::vector<Attribute> const& attributes
    );

    std::string name_;
    std::vector<std::string> features_;
    std::map<std::string, std::uint32_t, std::less<>> keys_;
    std::vector<std::string> keys_in_order_;
    std::map<std::string, std::uint32_t> values_;  ///< by their bytes
    std::vector<std::string> values_in_order_;
};

/// Requires: the layers' bytes.
std::string tile_of(std::vector<std::string> const& layers);

}  // namespace posthaste::road
