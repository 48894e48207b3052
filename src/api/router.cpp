#include "api/router.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::api {
namespace {

std::string_view next_segment(std::string_view& path) {
    path.remove_prefix(1);  // the '/'
    auto const segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

/// The decoded parameters when the path is one of the template's.
std::optional<std::vector<Field>> match(std::string_view pattern, std::string_view path) {
    std::vector<Field> parameters;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        auto const wanted = next_segment(pattern);
        if (wanted.ends_with("*}")) {
            auto value = percent_decode(path.substr(1));
            if (!value) return std::nullopt;
            parameters.push_back(
                {std::string{wanted.substr(1, wanted.size() - 3)}, std::move(*value)}
            );
            return parameters;
        }
        auto value = percent_decode(next_segment(path));
        if (!value) return std::nullopt;
        if (wanted.starts_with('{')) {
            auto const close = wanted.find('}');
            auto const end = wanted.substr(close + 1);
            if (value->size() <= end.size() || !value->ends_with(end)) return std::nullopt;
            value->resize(value->size() - end.size());
            parameters.push_back({std::string{wanted.substr(1, close - 1)}, std::move(*value)});
        } else if (wanted != *value) {
            return std::nullopt;
        }
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return parameters;
}

Problem forbidden() {
    return {.status = 403, .detail = "This key may not do that."};
}
Problem not_found() {
    return {.status = 404, .detail = "There is nothing at this path."};
}

}  // namespace

std::vector<std::string> path_parameters(std::string_view path) {
    std::vector<std::string> names;
    while (path.starts_with('/')) {
        auto segment = next_segment(path);
        if (!segment.starts_with('{')) continue;
        segment = segment.substr(1, segment.find_first_of("*}") - 1);
        names.emplace_back(segment);
    }
    return names;
}

Body raw_body(std::string media_type) {
    return {.media_type = std::move(media_type), .schema = [](Components&) {
                return std::string{R"({"type":"string"})"};
            }};
}

std::optional<Problem> detail::check_media_type(Request const& request, std::string_view wanted) {
    if (request.body.empty()) return std::nullopt;
    auto type = request.header("content-type");
    type = type.substr(0, type.find_first_of("; "));
    if (type == wanted) return std::nullopt;
    return Problem{.status = 415, .detail = "The body must be " + std::string{wanted} + "."};
}

Router::Router(RouterOptions options)
    : options_{std::move(options)},
      limiters_{RateLimiter{options_.rate}, RateLimiter{options_.fix_rate}} {
    ASSERT(options_.keys != nullptr);
    ASSERT(options_.clock != nullptr);
    Route document{
        .path = "/openapi.json",
        .text = {.summary = "This document."},
        .response = {.schema = [](Components&) { return std::string{R"({"type":"object"})"}; }},
        .handler = [this](Call const& call, Responder responder) {
            std::call_once(document_made_, [this] {
                document_.emplace("application/json", openapi());
            });
            responder.send(document_->answer(call.request));
        }};
    add(std::move(document));
}

void Router::add(Route route) {
    ASSERT(route.path.starts_with('/'));
    ASSERT(route.handler != nullptr);
    // Whoever needs a permission needs it for something.
    ASSERT(route.door.permission.has_value() == (route.door.whose != nullptr));
    for (auto const& other : routes_)
        ASSERT(other.path != route.path || other.method != route.method);
    routes_.push_back(std::move(route));
}

Router::Found Router::find(Request const& request) const {
    Found found;
    std::vector<std::string_view> methods;
    for (auto const& route : routes_) {
        auto parameters = match(route.path, request.path);
        if (!parameters) continue;
        methods.push_back(name_of(route.method));
        bool const head_of_get = request.method == Method::head && route.method == Method::get;
        if (found.route != nullptr || (route.method != request.method && !head_of_get)) continue;
        found.route = &route;
        found.parameters = std::move(*parameters);
    }
    std::ranges::sort(methods);
    methods.erase(std::unique(methods.begin(), methods.end()), methods.end());
    for (auto const method : methods)
        found.allow += (found.allow.empty() ? "" : ", ") + std::string{method};
    return found;
}

std::optional<Problem> Router::check_rate(
    Lane lane, Call const& call, bool is_known, Responder& responder
) {
    auto& limiter = limiters_.at(static_cast<std::size_t>(lane));
    auto const who =
        is_known ? "key " + std::to_string(raw(call.principal.key)) : "from " + call.request.remote;
    auto const answer = limiter.take(who, 1, call.now);
    responder.add_headers(limiter.headers(answer));
    if (answer.passes) return std::nullopt;
    return Problem{
        .status = 429, .detail = "Too many requests.", .retry_after = answer.retry_after};
}

std::optional<Problem> Router::check(Route const& route, Call& call, Responder& responder) {
    auto const lane = route.door.lane;
    if (!route.door.permission) return check_rate(lane, call, false, responder);
    if (route.door.key_in_query && call.request.header("authorization").empty()) {
        if (auto const key = call.request.query_value("key"))
            call.request.headers.push_back({"authorization", "Bearer " + std::string{*key}});
    }
    auto authenticated = authenticate(call.request, {options_.keys, sessions_}, call.now);
    if (auto const* const problem = std::get_if<Problem>(&authenticated)) {
        if (auto too_often = check_rate(lane, call, false, responder)) return too_often;
        return *problem;
    }
    call.principal = std::get<Principal>(std::move(authenticated));
    if (auto too_often = check_rate(lane, call, true, responder)) return too_often;
    auto const whose = route.door.whose(call);
    if (!whose) return not_found();
    if (authorise(call.principal, *route.door.permission, *whose) == Access::allow)
        return std::nullopt;
    // What is another tenant's is not even there.
    bool const is_theirs = call.principal.tenant == whose->tenant || whose->tenant.empty();
    return is_theirs ? forbidden() : not_found();
}

void Router::dispatch(Request request, Responder responder) {
    if (options_.on_answer) responder.observe(options_.on_answer);
    auto found = find(request);
    if (found.route == nullptr) {
        if (found.allow.empty()) return responder.send(to_response(not_found()));
        responder.add_headers({{"Allow", found.allow}});
        return responder.send(
            to_response({.status = 405, .detail = "The methods here are " + found.allow + "."})
        );
    }
    request.parameters = std::move(found.parameters);
    Call call{.request = std::move(request), .principal = {}, .now = options_.clock()};
    if (auto const problem = check(*found.route, call, responder))
        return responder.send(to_response(*problem));
    found.route->handler(std::move(call), std::move(responder));
}

}  // namespace posthaste::api
