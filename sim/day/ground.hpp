// Where a service day takes place: places to be served, and the drives between them.
//
// Takes    what the caller has: roads, or the plane of make_plane().
// Gives    drives as they are expected, and where one is on the way.
// Threads  as the Travel it makes: one
#pragma once

#include <functional>
#include <memory>

#include "base/prng.hpp"
#include "match/travel.hpp"

namespace posthaste::day {

/// A drive from one place to another.
struct Drive {
    std::function<model::Position(std::int64_t per_mille)> at;  ///< after this part of its time
    Metres length;
};

class Ground {
public:
    Ground() = default;
    Ground(Ground const&) = delete;
    Ground& operator=(Ground const&) = delete;
    virtual ~Ground() = default;

    virtual model::Position place(Prng& prng) const = 0;
    virtual match::MakeTravel travel() const = 0;
    virtual Drive drive(model::Position from, model::Position to) const = 0;
};

/// 20 x 20 km without roads, more asked for in the middle.
std::unique_ptr<Ground> make_plane();

}  // namespace posthaste::day
