#include "road/roads.hpp"

namespace posthaste::road {

Roads::Roads(std::unique_ptr<NetworkFile> file)
    : file_{std::move(file)}, lower_{lower_of(network())}, index_{network()} {
    auto all = info().digest.hex();
    for (std::size_t i = 0; i < profile_count; ++i) {
        auto const profile = static_cast<Profile>(i);
        if (!is_for(profile)) continue;
        metrics_[i] = customize(network(), lower_, profile, edge_times(network(), profile));
        all += metrics_[i]->hash().hex();
    }
    hash_ = digest(all).head();
}

Result<std::shared_ptr<Roads const>> Roads::open(std::filesystem::path const& file) {
    auto opened = TRY(NetworkFile::open(file));
    return std::shared_ptr<Roads const>{new Roads{std::move(opened)}};
}

}  // namespace posthaste::road
