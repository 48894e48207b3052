// What the files of the routes share among themselves.
#pragma once

#include <string>

#include "api/answering.hpp"

namespace posthaste::api {

// Of add_job_routes.
void add_step_routes(Router& router, Service& service);        // transitions, quotes, why, history
void add_attachment_routes(Router& router, Service& service);  // what was photographed and signed
void add_batch_routes(Router& router, Service& service);       // many jobs in one request
// Of add_region_routes.
void add_travel_routes(Router& router, Service& service);   // road reports, where times come from
void add_control_routes(Router& router, Service& service);  // tenants, regions, keys, erasing

/// A decision as JSON, agents by their reference.
std::string explained(Service const& service, model::Decision const& decision);
std::string job_path(model::JobId job);

}  // namespace posthaste::api
