// The newest decision records, by job, as bytes: what "why" is answered from without a disk.
//
// Takes    each record that holds decisions, sealed, once.
// Gives    a job's newest decisions, oldest first, decoded when they are asked for.
// Cost     keep(): one copy of the record's bytes. of(): one unseal for each record it looks into.
// Threads  any; one mutex, held to copy pointers.
// Limits   decision_bytes_max of records, the oldest go first; decisions_per_job_max of a job.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "model/record.hpp"

namespace posthaste::views {

constexpr std::size_t decision_bytes_max = std::size_t{64} * 1024 * 1024;
constexpr std::size_t decisions_per_job_max = 8;

class Decisions {
public:
    explicit Decisions(std::size_t bytes_max = decision_bytes_max) : bytes_max_{bytes_max} {}

    void keep(model::Record const& record, std::shared_ptr<std::string const> const& bytes);
    /// Errors: what unseal says.
    Result<std::vector<model::Decision>> of(model::JobId job) const;
    std::size_t bytes() const;

private:
    struct Place {
        std::uint64_t record = 0;  ///< its number, counted from the first that was kept
        std::uint32_t entry = 0;
        std::uint32_t index = 0;
    };
    struct Kept {
        std::shared_ptr<std::string const> bytes;
        std::vector<model::JobId> jobs;
    };
    using Places = boost::container::small_vector<Place, 2>;

    void drop_oldest();

    mutable std::mutex mutex_;
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::deque<Kept> records_;
    std::uint64_t first_ = 0;  ///< the number of records_.front()
    boost::unordered_flat_map<std::uint64_t, Places> places_;
};

}  // namespace posthaste::views
