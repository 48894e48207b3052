#include "road/network.hpp"

namespace posthaste::road {

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
