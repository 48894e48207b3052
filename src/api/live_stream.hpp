// GET /v1/stream: which region, which topics, from where, and whether this caller may.
//
// Shapes   topics: region, zone:ID, agent:ID, job:ID, bbox:SOUTH,WEST,NORTH,EAST in degrees; with
//          commas, or the parameter several times. None means the region.
//          Where to go on: Last-Event-ID, or after=, a cursor or the number of a snapshot.
// Errors   400 for a topic or cursor that cannot be read, 403 for a topic that is not the caller's
//          to hear, 404 for another tenant's region.
// Limits   views::topics_max topics, all of one region.
#pragma once

#include "api/router.hpp"
#include "api/service.hpp"

namespace posthaste::api {

struct StreamRequest {
    views::Subscription subscription;
    std::optional<views::Cursor> after;
};
std::variant<StreamRequest, Problem> stream_request(Call const& call, Service const& service);

}  // namespace posthaste::api
