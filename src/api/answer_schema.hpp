// What answers look like, for the document: JSON Schema of what views/show.hpp and the routes
// write.
//
// Gives    a Body for each kind of answer; what is named in them becomes a component.
// Order    properties in the order in which they are written.
// Source   JSON Schema 2020-12, as OpenAPI 3.1 has it; openapi_test holds every answer against it.
// Threads  pure
#pragma once

#include <string_view>

#include "api/router.hpp"

namespace posthaste::api::answers {

/// {"<subject>": id, "number": event number}
Body made(std::string_view subject);
Body new_key();
Body new_job();

Body job();
Body jobs();
Body agent();
Body agents();
Body pending();
Body zone();
Body zones();
Body workflows();
Body snapshot();
Body road_reports();
Body travel();
Body reach();
Body windows();
Body kpis();
Body decisions();
Body history();
Body contact();
Body keys();
Body regions();
Body session();
Body fixes();
Body track_quality();
Body status();
Body map();
/// Any JSON, where another protocol says what.
Body foreign();

}  // namespace posthaste::api::answers
