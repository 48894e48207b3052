// What those who run it ask: is it alive, can it serve, how does it do.
#include "api/routes_parts.hpp"

namespace posthaste::api {
namespace {

Response status_response(bool good, std::string_view why) {
    if (!good) return to_response({.status = 503, .detail = std::string{why}});
    return json_response(R"({"status":"ok"})");
}

/// Open: whoever watches the process has no key.
Route open_route(std::string path, std::string summary, std::function<Response()> make) {
    return {
        .path = std::move(path),
        .text = {.summary = std::move(summary)},
        .response = answers::status(),
        .handler = [make = std::move(make)](Call const&, Responder responder) {
            responder.send(make());
        }};
}

}  // namespace

void add_system_routes(Router& router, Service& service) {
    constexpr auto stopped = "The log failed; the process must be started again.";
    router.add(open_route(
        "/healthz",
        "Whether the process does its work; if not, it must be started again.",
        [&service] { return status_response(!service.shard.is_stopped(), stopped); }
    ));
    router.add(open_route("/readyz", "Whether requests can be served.", [&service] {
        bool const has_board = service.board.has(core::control_region);
        if (!has_board) return status_response(false, "The log is still being read.");
        return status_response(!service.shard.is_stopped(), stopped);
    }));
    router.add(
        {.path = "/metrics",
         .door =
             {.permission = Permission::read_metrics,
              .whose = [](Call const&) -> std::optional<Resource> { return Resource{}; }},
         .text = {.summary = "Prometheus' text format; for a key of the installation."},
         .response = raw_body("text/plain"),
         .handler =
             [&service](Call const&, Responder responder) {
                 responder.send(
                     {.headers = {{"Content-Type", "text/plain; version=0.0.4"}},
                      .body = service.metrics.text(
                          service.server_stats(), service.travel(), service.replans()
                      )}
                 );
             }}
    );
}

}  // namespace posthaste::api
