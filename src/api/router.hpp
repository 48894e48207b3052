// The routes: one table from which requests are dispatched and /openapi.json is written.
//
// Takes    routes, added before the server starts; then requests.
// Gives    each request to its route's handler, after these steps in this order: the path (404),
//          the method (405 with Allow), who asks (401), how often (429), what for (403), whose it
//          is (404, 403), the body's type and fields (415, 400, 422).
// Shapes   a path template: /v1/jobs/{job}/quote. A parameter whose name is a field of the
//          request's struct fills that field, and the body may not give it. A parameter that ends a
//          path as {name*} takes the rest of it; of {name}.mvt the name is what stands before.
// Errors   every refusal is problem+json (api/problem.hpp), but for what a route says is otherwise.
// Order    routes in the document go by path, then method.
// Threads  adding: one; dispatching: any, the routes do not change any more.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/auth.hpp"
#include "api/http.hpp"
#include "api/json.hpp"
#include "api/json_schema.hpp"
#include "api/kept.hpp"
#include "api/rate_limit.hpp"

namespace posthaste::api {

/// A request that may pass, and by whom.
struct Call {
    Request request;
    Principal principal;  ///< nobody's on an open route
    Instant now;
};

struct QueryParameter {
    std::string name;
    std::string schema;  ///< JSON Schema
    std::string summary;
};

/// Who may come this far. Whose the resource is says `whose`: nothing for one that is not there.
struct Door {
    std::optional<Permission> permission;  ///< nothing: open to everybody
    std::function<std::optional<Resource>(Call const&)> whose;
    bool key_in_query = false;  ///< a tracker that cannot set a header gives it as key=
    Lane lane = Lane::requests;
};

/// What the document says of a body, and who makes its schema.
struct Body {
    std::string media_type = "application/json";
    std::function<std::string(Components&)> schema;  ///< nothing: no body
};

struct RouteText {
    std::string summary;
    std::vector<QueryParameter> query;
    int success = 200;
};

struct Route {
    Method method = Method::get;
    std::string path;
    Door door;
    RouteText text;
    Body request;
    Body response;
    Body refusal = {};  ///< of 400, where another protocol says what; nothing: a problem
    std::function<void(Call, Responder)> handler;
};

/// A body of a described struct as JSON.
template <class T>
Body json_body() {
    return {.schema = [](Components& components) { return schema_of<T>(components); }};
}
/// A body in another form; its schema is a string.
Body raw_body(std::string media_type);
inline Body no_body() {
    return {};
}

struct RouterOptions {
    KeyLookup keys;
    RatePolicy rate;
    RatePolicy fix_rate;
    std::function<Instant()> clock;
    std::function<void(Response const&)> on_answer;  ///< nothing, or sees every answer
    std::string title = "Posthaste";
    std::string version;
};

class Router {
public:
    explicit Router(RouterOptions options);
    Router(Router const&) = delete;
    Router& operator=(Router const&) = delete;
    ~Router() = default;

    void add(Route route);
    /// For a route that takes a T in its body: the handler gets it whole, the path's fields filled
    /// in.
    template <Described T>
    void add(Route route, std::function<void(Call, T, Responder)> handler);

    void dispatch(Request request, Responder responder);

    std::vector<Route> const& routes() const { return routes_; }
    Sessions& sessions() { return sessions_; }
    KeyLookup const& keys() const { return options_.keys; }
    /// OpenAPI 3.1, of all routes.
    std::string openapi() const;

private:
    struct Found {
        Route const* route = nullptr;
        std::vector<Field> parameters;
        std::string allow;  ///< the methods that the path has
    };
    Found find(Request const& request) const;
    /// Nothing: it may pass, and the call's principal is set.
    std::optional<Problem> check(Route const& route, Call& call, Responder& responder);
    std::optional<Problem> check_rate(
        Lane lane, Call const& call, bool is_known, Responder& responder
    );

    RouterOptions options_;
    Sessions sessions_;
    std::array<RateLimiter, 2> limiters_;  ///< by lane
    std::vector<Route> routes_;
    std::once_flag document_made_;
    std::optional<Kept> document_;
};

/// {job} and {name*} of a template, without braces and star.
std::vector<std::string> path_parameters(std::string_view path);

namespace detail {
std::optional<Problem> check_media_type(Request const& request, std::string_view wanted);

/// The path's parameters that are fields of T.
template <Described T>
std::vector<std::string> hidden_fields(std::string_view path) {
    auto names = path_parameters(path);
    std::vector<std::string> fields;
    T const empty{};
    T::fields(empty, [&](unsigned, char const* name, auto const&) { fields.emplace_back(name); });
    std::erase_if(names, [&](auto const& name) { return !std::ranges::count(fields, name); });
    return names;
}

template <class F>
bool set_field(F& field, std::string_view text) {
    if constexpr (std::same_as<F, std::string>) {
        field = text;
        return true;
    } else if constexpr (BigNumber<F>) {
        std::uint64_t number = 0;
        auto const [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        field = static_cast<F>(number);
        return error == std::errc{} && stop == text.data() + text.size();
    } else {
        return false;
    }
}

/// The body and the path together; a path that is no id names nothing: 404.
template <Described T>
JsonRead<T> read_call(Call const& call, std::vector<std::string> const& hidden) {
    if (auto problem = check_media_type(call.request, "application/json")) return *problem;
    std::vector<std::string_view> const names{hidden.begin(), hidden.end()};
    auto const& body = call.request.body;
    auto read = read_json<T>(body.empty() ? std::string_view{"{}"} : body, names);
    auto* const value = std::get_if<T>(&read);
    if (value == nullptr) return read;
    bool all_set = true;
    T::fields(*value, [&](unsigned, char const* name, auto& field) {
        if (!std::ranges::count(hidden, name)) return;
        all_set = set_field(field, call.request.parameter(name)) && all_set;
    });
    if (!all_set) return Problem{.status = 404, .detail = "The path names nothing."};
    return read;
}
}  // namespace detail

template <Described T>
void Router::add(Route route, std::function<void(Call, T, Responder)> handler) {
    auto const hidden = detail::hidden_fields<T>(route.path);
    route.request = {.schema = [hidden](Components& components) {
        std::vector<std::string_view> const names{hidden.begin(), hidden.end()};
        return schema_of<T>(components, names);
    }};
    route.handler = [hidden, handler = std::move(handler)](Call call, Responder responder) {
        auto read = detail::read_call<T>(call, hidden);
        if (auto const* const problem = std::get_if<Problem>(&read))
            return responder.send(to_response(*problem));
        handler(std::move(call), std::get<T>(std::move(read)), std::move(responder));
    };
    add(std::move(route));
}

}  // namespace posthaste::api
