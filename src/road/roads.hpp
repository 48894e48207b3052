// A network ready for questions: opened, with its index, and the metrics of all its profiles for
// empty roads. How they are now: conditions.hpp.
//
// Takes    a file of `posthaste import roads` (file.hpp).
// Gives    open(): everything that queries need, at the network's own speeds.
// Errors   file.hpp's.
// Cost     opening customises each profile once: 20,000 junctions in about 0.2 s.
// Threads  shared immutable; each thread makes a Query of its own.
#pragma once

#include <array>
#include <filesystem>
#include <memory>

#include "road/file.hpp"
#include "road/hierarchy.hpp"
#include "road/metric.hpp"
#include "road/query.hpp"
#include "road/snap.hpp"

namespace posthaste::road {

class Roads {
public:
    static Result<std::shared_ptr<Roads const>> open(std::filesystem::path const& file);

    Network const& network() const { return file_->network(); }
    FileInfo const& info() const { return file_->info(); }
    Lower const& lower() const { return lower_; }
    SnapIndex const& index() const { return index_; }
    bool is_for(Profile profile) const { return (info().profiles & bit_of(profile)) != 0; }
    /// When they are empty. Requires: is_for(profile).
    std::shared_ptr<Metric const> const& metric(Profile profile) const {
        return metrics_[index_of(profile)];
    }

private:
    explicit Roads(std::unique_ptr<NetworkFile> file);

    std::unique_ptr<NetworkFile> file_;
    Lower lower_;
    SnapIndex index_;
    std::array<std::shared_ptr<Metric const>, profile_count> metrics_;
};

}  // namespace posthaste::road
