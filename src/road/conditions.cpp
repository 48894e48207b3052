#include "road/conditions.hpp"

namespace posthaste::road {

Conditions::Conditions(std::shared_ptr<Roads const> roads) : roads_{std::move(roads)} {
    for (std::size_t i = 0; i < profile_count; ++i)
        metrics_[i] = roads_->metric(static_cast<Profile>(i));
}

void Conditions::set_hash() {
    auto all = roads_->info().digest.hex();
    for (auto const& metric : metrics_)
        if (metric) all += metric->hash().hex();
    if (!drives_.is_empty()) all += drives_.encode();
    hash_ = digest(all).head();
}

std::shared_ptr<Conditions const> Conditions::free_flow(std::shared_ptr<Roads const> roads) {
    std::shared_ptr<Conditions> conditions{new Conditions{std::move(roads)}};
    conditions->set_hash();
    return conditions;
}

std::shared_ptr<Conditions const> Conditions::make(
    std::shared_ptr<Roads const> roads, Traffic traffic, unsigned threads
) {
    std::shared_ptr<Conditions> conditions{new Conditions{std::move(roads)}};
    auto const& network = conditions->roads_->network();
    for (std::size_t i = 0; i < profile_count; ++i) {
        auto& metric = conditions->metrics_[i];
        if (!metric) continue;
        auto const profile = static_cast<Profile>(i);
        auto times = edge_times(network, profile, traffic.factors);
        if (times == metric->edges) continue;
        auto const& lower = conditions->roads_->lower();
        metric = std::make_shared<Metric const>(
            customize(network, lower, profile, std::move(times), threads)
        );
    }
    conditions->drives_ = std::move(traffic.drives);
    conditions->source_ = traffic.source;
    conditions->confidence_ = traffic.confidence;
    conditions->at_ = traffic.at;
    conditions->set_hash();
    return conditions;
}

}  // namespace posthaste::road
