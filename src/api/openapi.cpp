// The OpenAPI document of a router's routes.
#include <algorithm>

#include "api/router.hpp"

namespace posthaste::api {
namespace {

/// get_v1_jobs_job for GET /v1/jobs/{job}.
std::string operation_id(Route const& route) {
    std::string id;
    for (char const letter : name_of(route.method))
        id += static_cast<char>(letter - 'A' + 'a');
    for (char const letter : route.path) {
        bool const is_plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
        if (letter == '/' || letter == '.' || letter == '_') {
            id += '_';
        } else if (is_plain) {
            id += letter;
        }
    }
    return id;
}

void write_parameter(
    JsonText& out, std::string_view name, std::string_view in, std::string_view schema
) {
    out.key("name");
    out.string(name);
    out.key("in");
    out.string(in);
    out.key("required");
    out.boolean(in == "path");
    out.key("schema");
    out.raw(schema);
}

void write_parameters(JsonText& out, Route const& route) {
    out.key("parameters");
    out.open('[');
    for (auto const& name : path_parameters(route.path)) {
        out.open('{');
        write_parameter(out, name, "path", R"({"type":"string"})");
        out.close('}');
    }
    for (auto const& parameter : route.text.query) {
        out.open('{');
        write_parameter(out, parameter.name, "query", parameter.schema);
        out.key("description");
        out.string(parameter.summary);
        out.close('}');
    }
    out.close(']');
}

void write_content(JsonText& out, Body const& body, Components& components) {
    out.key("content");
    out.open('{');
    out.key(body.media_type);
    out.open('{');
    out.key("schema");
    out.raw(body.schema(components));
    out.close('}');
    out.close('}');
}

void write_responses(JsonText& out, Route const& route, Components& components) {
    out.key("responses");
    out.open('{');
    out.key(std::to_string(route.text.success));
    out.open('{');
    out.key("description");
    out.string(reason_phrase(route.text.success));
    if (route.response.schema) write_content(out, route.response, components);
    out.close('}');
    if (route.refusal.schema) {
        out.key("400");
        out.open('{');
        out.key("description");
        out.string(reason_phrase(400));
        write_content(out, route.refusal, components);
        out.close('}');
    }
    out.key("default");
    out.raw(R"({"$ref":"#/components/responses/Problem"})");
    out.close('}');
}

void write_operation(JsonText& out, Route const& route, Components& components) {
    std::string method{name_of(route.method)};
    for (char& letter : method)
        letter = static_cast<char>(letter - 'A' + 'a');
    out.key(method);
    out.open('{');
    out.key("operationId");
    out.string(operation_id(route));
    out.key("summary");
    out.string(route.text.summary);
    if (!route.door.permission) {
        out.key("security");
        out.raw("[]");
    } else {
        out.key("x-permission");
        out.string(name_of(*route.door.permission));
    }
    write_parameters(out, route);
    if (route.request.schema) {
        out.key("requestBody");
        out.open('{');
        write_content(out, route.request, components);
        out.close('}');
    }
    write_responses(out, route, components);
    out.close('}');
}

void write_components(JsonText& out, Components const& components) {
    out.key("components");
    out.open('{');
    out.key("schemas");
    out.open('{');
    for (auto const& [name, schema] : components) {
        out.key(name);
        out.raw(schema);
    }
    out.key("Problem");
    out.raw(R"({"type":"object","properties":{"type":{"type":"string"},"title":{"type":"string"},)"
            R"("status":{"type":"integer"},"code":{"type":"string"},"detail":{"type":"string"},)"
            R"("field":{"type":"string"},"errors":{"type":"array","items":{"type":"object",)"
            R"("properties":{"field":{"type":"string"},"detail":{"type":"string"}}}}},)"
            R"("required":["type","title","status","code"]})");
    out.close('}');
    out.key("responses");
    out.raw(R"({"Problem":{"description":"Refused.","content":{"application/problem+json":)"
            R"({"schema":{"$ref":"#/components/schemas/Problem"}}}}})");
    out.key("securitySchemes");
    out.raw(R"({"key":{"type":"http","scheme":"bearer"},)"
            R"("session":{"type":"apiKey","in":"cookie","name":"posthaste_session"}})");
    out.close('}');
}

}  // namespace

std::string Router::openapi() const {
    std::vector<Route const*> sorted;
    sorted.reserve(routes_.size());
    for (auto const& route : routes_)
        sorted.push_back(&route);
    std::ranges::sort(sorted, {}, [](Route const* route) {
        return std::pair{std::string_view{route->path}, route->method};
    });
    Components components;
    JsonText out;
    out.open('{');
    out.key("openapi");
    out.string("3.1.0");
    out.key("info");
    out.open('{');
    out.key("title");
    out.string(options_.title);
    out.key("version");
    out.string(options_.version);
    out.close('}');
    out.key("security");
    out.raw(R"([{"key":[]},{"session":[]}])");
    out.key("paths");
    out.open('{');
    std::string_view path;
    for (auto const* const route : sorted) {
        if (route->path != path) {
            if (!path.empty()) out.close('}');
            path = route->path;
            std::string shown{path};
            std::erase(shown, '*');
            out.key(shown);
            out.open('{');
        }
        write_operation(out, *route, components);
    }
    if (!path.empty()) out.close('}');
    out.close('}');
    write_components(out, components);
    out.close('}');
    return std::move(out).text();
}

}  // namespace posthaste::api
