// What the files of the routes share among themselves.
#pragma once

#include <string>

#include "api/answering.hpp"

namespace posthaste::api {

// Of add_job_routes.
void add_step_routes(Router& router, Service& service);        // transitions, quotes, why, history
void add_attachment_routes(Router& router, Service& service);  // what was photographed and signed
void add_batch_routes(Router& router, Service& service);       // many jobs in one request
// Of add_agent_routes.
void add_booking_routes(Router& router, Service& service);   // is it drivable, windows, holds
void add_calendar_routes(Router& router, Service& service);  // feeds and busy times
// Of add_region_routes.
void add_travel_routes(Router& router, Service& service);   // road reports, where times come from
void add_control_routes(Router& router, Service& service);  // tenants, regions, keys, erasing

// Of add_road_routes.
void add_isochrone_routes(Router& router, Service& service);  // what is reached within a time
void add_tile_routes(Router& router, Service& service);       // vector tiles of the map
void add_search_routes(Router& router, Service& service);     // places, streets, houses

/// Whoever has a key of a tenant, or everybody where the roads are open.
Door road_door(Service const& service);

/// A decision as JSON, agents by their reference.
std::string explained(Service const& service, model::Decision const& decision);
std::string job_path(model::JobId job);

}  // namespace posthaste::api
