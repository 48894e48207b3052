#include "road/tiles/layer.hpp"

#include <protozero/pbf_writer.hpp>

#include "road/tiles/tile_format.hpp"

namespace posthaste::road {

namespace {

constexpr std::uint32_t move_to = 1;
constexpr std::uint32_t line_to = 2;

std::uint32_t command(std::uint32_t id, std::size_t count) {
    return id | static_cast<std::uint32_t>(count) << 3U;
}

/// Commands and steps from point to point.
class Pen {
public:
    void move(TilePoint to) {
        commands_.push_back(command(move_to, 1));
        step(to);
    }
    void draw(TileLine const& line) {
        move(line.front());
        commands_.push_back(command(line_to, line.size() - 1));
        for (std::size_t i = 1; i < line.size(); ++i)
            step(line[i]);
    }
    std::vector<std::uint32_t> const& commands() const { return commands_; }

private:
    void step(TilePoint to) {
        commands_.push_back(protozero::encode_zigzag32(to.x - at_.x));
        commands_.push_back(protozero::encode_zigzag32(to.y - at_.y));
        at_ = to;
    }

    TilePoint at_;
    std::vector<std::uint32_t> commands_;
};

std::string value_bytes(std::variant<std::string_view, std::int64_t> const& value) {
    std::string bytes;
    protozero::pbf_writer writer{bytes};
    if (auto const* const text = std::get_if<std::string_view>(&value)) {
        writer.add_string(mvt::value_string, text->data(), text->size());
    } else {
        writer.add_sint64(mvt::value_sint, std::get<std::int64_t>(value));
    }
    return bytes;
}

}  // namespace

void Layer::add(
    std::uint32_t type,
    std::vector<std::uint32_t> const& geometry,
    std::vector<Attribute> const& attributes
) {
    std::vector<std::uint32_t> tags;
    for (auto const& [key, value] : attributes) {
        auto known = keys_.find(key);
        if (known == keys_.end()) {
            known = keys_.emplace(key, static_cast<std::uint32_t>(keys_in_order_.size())).first;
            keys_in_order_.emplace_back(key);
        }
        auto const [same, is_new] = values_.emplace(
            value_bytes(value), static_cast<std::uint32_t>(values_in_order_.size())
        );
        if (is_new) values_in_order_.push_back(same->first);
        tags.push_back(known->second);
        tags.push_back(same->second);
    }
    auto& bytes = features_.emplace_back();
    protozero::pbf_writer writer{bytes};
    writer.add_packed_uint32(mvt::feature_tags, tags.begin(), tags.end());
    writer.add_enum(mvt::feature_type, static_cast<std::int32_t>(type));
    writer.add_packed_uint32(mvt::feature_geometry, geometry.begin(), geometry.end());
}

void Layer::add_lines(
    std::vector<TileLine> const& lines, std::vector<Attribute> const& attributes
) {
    Pen pen;
    for (auto const& line : lines)
        pen.draw(line);
    add(mvt::type_lines, pen.commands(), attributes);
}

void Layer::add_point(TilePoint point, std::vector<Attribute> const& attributes) {
    Pen pen;
    pen.move(point);
    add(mvt::type_points, pen.commands(), attributes);
}

std::string Layer::bytes() const {
    std::string bytes;
    protozero::pbf_writer writer{bytes};
    writer.add_string(mvt::layer_name, name_);
    for (auto const& feature : features_)
        writer.add_message(mvt::layer_features, feature);
    for (auto const& key : keys_in_order_)
        writer.add_string(mvt::layer_keys, key);
    for (auto const& value : values_in_order_)
        writer.add_message(mvt::layer_values, value);
    writer.add_uint32(mvt::layer_extent, mvt::extent);
    writer.add_uint32(mvt::layer_version, 2);
    return bytes;
}

std::string tile_of(std::vector<std::string> const& layers) {
    std::string bytes;
    protozero::pbf_writer writer{bytes};
    for (auto const& layer : layers)
        writer.add_message(mvt::tile_layers, layer);
    return bytes;
}

}  // namespace posthaste::road
