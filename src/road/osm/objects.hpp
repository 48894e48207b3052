// OpenStreetMap's objects as they come out of a file: nodes, ways, relations and their tags.
//
// Shapes   views into the reader's memory: valid during the call that gives them.
// Units    positions in 1e-7 degree.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/place.hpp"

namespace posthaste::road {

struct Tag {
    std::string_view key;
    std::string_view value;
};

class Tags {
public:
    Tags() = default;
    explicit Tags(std::span<Tag const> all) : all_{all} {}

    /// Empty: there is none.
    std::string_view operator[](std::string_view key) const {
        for (auto const& tag : all_)
            if (tag.key == key) return tag.value;
        return {};
    }
    bool has(std::string_view key) const { return !(*this)[key].empty(); }
    std::span<Tag const> all() const { return all_; }

private:
    std::span<Tag const> all_;
};

struct OsmNode {
    std::int64_t id = 0;
    model::Position place;
    Tags tags;
};

struct OsmWay {
    std::int64_t id = 0;
    std::span<std::int64_t const> nodes;
    Tags tags;
};

enum class OsmKind : std::uint8_t { node, way, relation };

struct OsmMember {
    OsmKind kind = OsmKind::node;
    std::int64_t id = 0;
    std::string_view role;
};

struct OsmRelation {
    std::int64_t id = 0;
    std::span<OsmMember const> members;
    Tags tags;
};

/// Who wants them. The default takes nothing.
class OsmSink {
public:
    OsmSink() = default;
    OsmSink(OsmSink const&) = delete;
    OsmSink& operator=(OsmSink const&) = delete;
    virtual ~OsmSink() = default;

    virtual void node(OsmNode const&) {}
    virtual void way(OsmWay const&) {}
    virtual void relation(OsmRelation const&) {}
};

}  // namespace posthaste::road
