#include "road/roads.hpp"

namespace posthaste::road {

Roads::Roads(std::unique_ptr<NetworkFile> file)
    : file_{std::move(file)}, lower_{lower_of(network())}, index_{network()} {
    for (std::size_t i = 0; i < profile_count; ++i) {
        auto const profile = static_cast<Profile>(i);
        if (!is_for(profile)) continue;
        auto metric = customize(network(), lower_, profile, edge_times(network(), profile));
        metrics_[i] = std::make_shared<Metric const>(std::move(metric));
    }
}

Result<std::shared_ptr<Roads const>> Roads::open(std::filesystem::path const& file) {
    auto opened = TRY(NetworkFile::open(file));
    return std::shared_ptr<Roads const>{new Roads{std::move(opened)}};
}

}  // namespace posthaste::road
