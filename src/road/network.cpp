#include "road/network.hpp"

#include <algorithm>

namespace posthaste::road {

ProfileMask Network::open_to(EdgeId edge) const {
    ProfileMask mask = 0;
    for (std::size_t i = 0; i < profile_count; ++i)
        if (edge_speeds[edge][i] > 0) mask |= static_cast<ProfileMask>(1U << i);
    return mask;
}

std::vector<Position> Network::shape_along(EdgeId edge) const {
    auto const points = shape(edge_segment[edge]);
    std::vector<Position> along{points.begin(), points.end()};
    if (edge_traits[edge].is_backward != 0) std::ranges::reverse(along);
    return along;
}

Network network_of(OwnedColumns const& columns) {
    Network network;
    auto const from = OwnedColumns::all(columns);
    auto const to = Network::all(network);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        ((std::get<I>(to) = std::get<I>(from)), ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(to)>>{});
    return network;
}

}  // namespace posthaste::road
