// The document is what is served: a request made from any schema in it is taken or refused, and
// what is answered has the schema it is said to have.
#include <algorithm>

#include "api/service_test.hpp"
#include "api/town_test.hpp"
#include "base/prng.hpp"

namespace posthaste::api {
namespace {

using testing::Asked;
using testing::City;
using testing::header;
using testing::member;

constexpr std::uint64_t seed = 42;
constexpr int rounds = 12;
constexpr int depth_max = 6;

JsonValue const& referred(JsonValue const& document, std::string_view reference) {
    auto const* at = &document;
    reference.remove_prefix(2);  // "#/"
    while (!reference.empty()) {
        auto const part = reference.substr(0, reference.find('/'));
        reference.remove_prefix(std::min(part.size() + 1, reference.size()));
        at = at->member(part);
        REQUIRE(at != nullptr);
    }
    return *at;
}

/// Whether values are as the schemas of an OpenAPI document say.
class Judge {
public:
    explicit Judge(JsonValue const& document) : document_{document} {}

    /// Where it is not; "" when it is.
    std::string wrong(JsonValue const& schema, JsonValue const& value) const {
        if (auto const* const reference = schema.member("$ref"))
            return wrong(referred(document_, reference->text), value);
        for (auto const* const choice : {"oneOf", "anyOf"}) {
            if (auto const* const options = schema.member(choice))
                return wrong_in_all(*options, value);
        }
        if (auto const* const one = schema.member("const"))
            return one->text == value.text ? "" : "is not " + one->text;
        if (auto const* const names = schema.member("enum")) {
            bool const is_one =
                std::ranges::count(names->elements, value.text, &JsonValue::text) > 0;
            return is_one ? "" : value.text + " is none of the enum";
        }
        auto const* const type = schema.member("type");
        if (type == nullptr) return "";
        if (type->text == "object") return wrong_object(schema, value);
        if (type->text == "array") return wrong_array(schema, value);
        auto const wanted = type->text == "string"    ? JsonValue::Kind::string
                            : type->text == "boolean" ? JsonValue::Kind::boolean
                                                      : JsonValue::Kind::number;
        bool const is_whole = value.text.find_first_of(".eE") == std::string::npos;
        bool const is_right = value.kind == wanted && (type->text != "integer" || is_whole);
        return is_right ? "" : value.text + " is no " + type->text;
    }

private:
    std::string wrong_in_all(JsonValue const& options, JsonValue const& value) const {
        std::string all;
        for (auto const& option : options.elements) {
            auto const why = wrong(option, value);
            if (why.empty()) return "";
            all += "(" + why + ")";
        }
        return all;
    }
    std::string wrong_array(JsonValue const& schema, JsonValue const& value) const {
        if (value.kind != JsonValue::Kind::array) return "is no array";
        for (auto const& element : value.elements) {
            auto const why = wrong(*schema.member("items"), element);
            if (!why.empty()) return "[] " + why;
        }
        return "";
    }
    std::string wrong_object(JsonValue const& schema, JsonValue const& value) const {
        if (value.kind != JsonValue::Kind::object) return "is no object";
        auto const* const required = schema.member("required");
        for (std::size_t i = 0; required != nullptr && i < required->elements.size(); ++i) {
            auto const& name = required->elements[i].text;
            if (value.member(name) == nullptr) return name + " is missing";
        }
        auto const* const properties = schema.member("properties");
        auto const* const others = schema.member("additionalProperties");
        for (std::size_t i = 0; i < value.names.size(); ++i) {
            auto const* property =
                properties == nullptr ? nullptr : properties->member(value.names[i]);
            bool const is_closed = others != nullptr && others->kind == JsonValue::Kind::boolean;
            if (property == nullptr && is_closed) return value.names[i] + " is not in the schema";
            if (property == nullptr) property = others;
            auto const why = property == nullptr ? "" : wrong(*property, value.elements[i]);
            if (!why.empty()) return value.names[i] + " " + why;
        }
        return "";
    }

    JsonValue const& document_;
};

/// Random documents of the schemas of an OpenAPI document.
class Maker {
public:
    Maker(JsonValue const& document, Prng& prng) : document_{document}, prng_{prng} {}

    /// Ids and the like that mean something, and some that do not.
    std::vector<std::string> known;

    void write(JsonText& out, JsonValue const& schema, int depth) {
        if (auto const* const reference = schema.member("$ref"))
            return write(out, referred(document_, reference->text), depth);
        for (auto const* const choice : {"oneOf", "anyOf"}) {
            if (auto const* const options = schema.member(choice))
                return write(out, pick(options->elements), depth);
        }
        if (auto const* const one = schema.member("const")) return out.string(one->text);
        if (auto const* const names = schema.member("enum"))
            return out.string(pick(names->elements).text);
        auto const* const type = schema.member("type");
        REQUIRE(type != nullptr);
        if (type->text == "object") return write_object(out, schema, depth);
        if (type->text == "array") return write_array(out, schema, depth);
        if (type->text == "boolean") return out.boolean(prng_.chance(500));
        if (type->text == "string") return out.string(text_of(schema));
        out.integer(number_of(schema));
    }
    template <class T>
    T const& pick(std::vector<T> const& list) {
        return list[prng_.below(list.size())];
    }

private:
    void write_object(JsonText& out, JsonValue const& schema, int depth) {
        out.open('{');
        auto const* const properties = schema.member("properties");
        auto const* const required = schema.member("required");
        for (std::size_t i = 0; properties != nullptr && i < properties->names.size(); ++i) {
            auto const& name = properties->names[i];
            bool const needed = required != nullptr &&
                                std::ranges::count(required->elements, name, &JsonValue::text) > 0;
            if (!needed && (depth == 0 || prng_.chance(600))) continue;
            out.key(name);
            write(out, properties->elements[i], depth - 1);
        }
        out.close('}');
    }
    void write_array(JsonText& out, JsonValue const& schema, int depth) {
        out.open('[');
        for (auto count = prng_.below(4); count > 0 && depth > 0; --count)
            write(out, *schema.member("items"), depth - 1);
        out.close(']');
    }
    std::string text_of(JsonValue const& schema) {
        auto const* const pattern = schema.member("pattern");
        auto const* const format = schema.member("format");
        if (pattern != nullptr && pattern->text.find("{64}") != std::string::npos)
            return digest(std::to_string(prng_.below(3))).hex();
        if (format != nullptr && format->text == "date-time") return "2027-01-15T08:00:00Z";
        if (pattern != nullptr && prng_.chance(300)) return std::to_string(prng_.next());
        return pick(known);
    }
    std::int64_t number_of(JsonValue const& schema) {
        auto const bound = [&](char const* name, std::int64_t usual) {
            auto const* const found = schema.member(name);
            return found == nullptr ? usual : std::stoll(found->text);
        };
        auto const low = bound("minimum", std::numeric_limits<std::int32_t>::min());
        auto const high = bound("maximum", std::numeric_limits<std::int32_t>::max());
        if (prng_.chance(300)) return prng_.chance(500) ? low : high;
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(prng_.below(100)), low, high);
    }

    JsonValue const& document_;
    Prng& prng_;
};

Method method_of(std::string name) {
    for (char& letter : name)
        letter = static_cast<char>(letter - 'a' + 'A');
    return *from_name<Method>(name);
}

/// A request of one operation of the document.
Asked make(
    Maker& maker, std::string const& path, std::string const& method, JsonValue const& operation
) {
    Asked asked{.method = method_of(method), .path = {}, .key = {}};
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] != '{') {
            asked.path += path[i];
            continue;
        }
        i = path.find('}', i);
        asked.path += maker.pick(maker.known);
    }
    auto const* const body = operation.member("requestBody");
    if (body == nullptr) return asked;
    auto const& content = *body->member("content");
    asked.type = content.names[0];
    JsonText out;
    maker.write(out, *content.elements[0].member("schema"), depth_max);
    asked.body = std::move(out).text();
    return asked;
}

/// What the document says of an answer that is JSON; "" when that is so.
std::string wrong_answer(Judge const& judge, JsonValue const& operation, Response const& response) {
    auto const& answers = *operation.member("responses");
    auto const* said = answers.member(std::to_string(response.status));
    if (response.status < 300 && said == nullptr) said = &answers.elements[0];
    if (said == nullptr || response.content().empty()) return "";
    auto const* const content = said->member("content");
    if (content == nullptr) return "has a body";
    auto const type = header(response, "Content-Type");
    if (!type.starts_with(content->names[0])) return "is " + type + ", not " + content->names[0];
    if (type.find("json") == std::string::npos || type == "application/x-ndjson") return "";
    auto const value = parse_json(response.content(), {.values_max = 1'000'000});
    if (!value.ok()) return value.error().detail;
    return judge.wrong(*content->elements[0].member("schema"), value.value());
}

TEST_CASE("a request made from the document is taken or refused, never a failure of ours") {
    City city;
    add_fix_routes(city.router, *city.service);
    add_live_routes(city.router, *city.service);
    add_road_routes(city.router, *city.service);
    auto const agent = city.make_agent("anna", {577'000'000, 119'700'000});
    auto const job = city.ask({Method::post, "/v1/jobs", city.dispatcher, testing::ride()});
    REQUIRE(job.status == 202);
    auto const text = city.ask({Method::get, "/openapi.json"}).shared_body;
    REQUIRE(text != nullptr);
    auto const document = parse_json(*text);
    INFO((document.ok() ? "" : document.error().detail));
    REQUIRE(document.ok());
    Prng prng{seed};
    Maker maker{document.value(), prng};
    maker.known = {agent, member(job, "job"), "ride", "anna", "0", "1", "acme", digest("0").hex()};
    auto const& paths = *document.value().member("paths");
    Judge const judge{document.value()};
    CHECK(paths.names.size() > 48);
    std::vector<std::string> const keys{
        city.admin, city.dispatcher, city.viewer, city.stranger, city.operators, ""};
    std::size_t taken = 0;
    for (int round = 0; round < rounds; ++round) {
        for (std::size_t i = 0; i < paths.names.size(); ++i) {
            auto const& operations = paths.elements[i];
            for (std::size_t j = 0; j < operations.names.size(); ++j) {
                auto asked =
                    make(maker, paths.names[i], operations.names[j], operations.elements[j]);
                asked.key = round == 0 ? city.admin : maker.pick(keys);
                auto const response = city.ask(asked);
                INFO(operations.names[j] << " " << asked.path << " " << asked.body);
                CHECK(response.status < 504);
                CHECK(response.status != 500);
                CHECK(response.status != 0);
                CHECK(wrong_answer(judge, operations.elements[j], response) == "");
                if (response.status < 400) ++taken;
                bool const is_told =
                    operations.elements[j].member("responses")->member("400") != nullptr;
                if (response.status > 400 || (response.status == 400 && !is_told))
                    CHECK(header(response, "Content-Type") == "application/problem+json");
            }
        }
    }
    CHECK(taken > 100);
}

TEST_CASE("what is answered on a usual day has the shape that the document says") {
    City city;
    add_fix_routes(city.router, *city.service);
    add_live_routes(city.router, *city.service);
    posthaste::testing::write_town(city.folder.path / "town.roads");
    city.open_roads(city.folder.path / "town.roads");
    add_road_routes(city.router, *city.service);
    auto const text = city.ask({Method::get, "/openapi.json"}).shared_body;
    auto const document = parse_json(*text);
    REQUIRE(document.ok());
    Judge const judge{document.value()};
    auto const& paths = *document.value().member("paths");
    auto const judged = [&](std::string_view path, Asked const& asked) {
        INFO(path << " " << name_of(asked.method));
        std::string method{name_of(asked.method)};
        for (char& letter : method)
            letter = static_cast<char>(letter - 'A' + 'a');
        auto const* const operations = paths.member(path);
        REQUIRE(operations != nullptr);
        auto const* const operation = operations->member(method);
        REQUIRE(operation != nullptr);
        auto const response = city.ask(asked);
        CHECK(response.status < 300);
        CHECK(wrong_answer(judge, *operation, response) == "");
        return response;
    };
    auto const anna = city.make_agent("anna", testing::here);
    auto const contact = R"(,"contact":{"name":"Ann","phone":"070"},"reference":"r")";
    Asked post{Method::post, "/v1/jobs", city.dispatcher, testing::ride(contact)};
    auto const job = member(judged("/v1/jobs", post), "job");
    post.headers = {{"prefer", "wait=1"}};
    post.body = testing::ride(R"(,"slots":[{"skills":["flying"]}])");
    CHECK(member(judged("/v1/jobs", post), "outcome") == "waits");
    judged("/v1/agents/{agent}/pending", {Method::get, "/v1/agents/anna/pending", city.admin});
    auto const circle = R"({"name":"Centre","centre":{"lat":57.7,"lon":11.97},"radius":500})";
    judged("/v1/zones", {Method::post, "/v1/zones", city.admin, circle});
    auto const flood = R"({"line":[{"lat":57.7,"lon":11.97}]})";
    judged("/v1/road-reports", {Method::post, "/v1/road-reports", city.admin, flood});
    judged("/v1/keys", {Method::post, "/v1/keys", city.admin, R"({"role":"viewer"})"});
    judged(
        "/v1/jobs/{job}/assign",
        {Method::post, "/v1/jobs/" + job + "/assign", city.admin, R"({"agent":")" + anna + "\"}"}
    );
    judged(
        "/v1/session", {Method::post, "/v1/session", "", R"({"key":")" + city.dispatcher + "\"}"}
    );
    Asked fixes{Method::post, "/v1/fixes", city.dispatcher};
    fixes.type = "application/x-ndjson";
    fixes.body = R"({"agent":"anna","lat":57.7,"lon":11.97,"time":1800000000000})";
    judged("/v1/fixes", fixes);
    city.catch_up();
    for (auto const* const path :
         {"/v1/jobs",
          "/v1/agents",
          "/v1/zones",
          "/v1/road-reports",
          "/v1/travel",
          "/v1/policy",
          "/v1/workflows",
          "/v1/snapshot",
          "/v1/kpis",
          "/v1/keys",
          "/v1/regions"})
        judged(path, {Method::get, path, city.admin});
    for (auto const* const part : {"", "/contact", "/decisions", "/history"})
        judged(
            "/v1/jobs/{job}" + std::string{part},
            {Method::get, "/v1/jobs/" + job + part, city.admin}
        );
    judged("/v1/agents/{agent}", {Method::get, "/v1/agents/anna", city.admin});
    judged(
        "/v1/agents/{agent}/track-quality",
        {Method::get, "/v1/agents/anna/track-quality", city.admin}
    );
    std::string const places = "/driving/11.905,57.701;11.92,57.695";
    auto const every = places + "?steps=true&annotations=true&geometries=geojson";
    judged("/route/v1/{profile}/{coordinates}", {Method::get, "/route/v1" + every, city.admin});
    judged("/route/v1/{profile}/{coordinates}", {Method::get, "/route/v1" + places, city.admin});
    judged(
        "/table/v1/{profile}/{coordinates}",
        {Method::get, "/table/v1" + places + "?annotations=duration,distance", city.admin}
    );
    judged(
        "/nearest/v1/{profile}/{coordinates}",
        {Method::get, "/nearest/v1/driving/11.9,57.7?number=3", city.admin}
    );
    auto const minutes = std::string{"/isochrone/v1/car/11.9,57.7?contours_minutes=1,2"};
    for (auto const* const polygons : {"", "&polygons=true"})
        judged(
            "/isochrone/v1/{profile}/{coordinates}", {Method::get, minutes + polygons, city.admin}
        );
    judged("/search/v1", {Method::get, "/search/v1?q=main", city.admin});
    judged("/reverse/v1", {Method::get, "/reverse/v1?lat=57.7&lon=11.9", city.admin});
    judged("/tiles.json", {Method::get, "/tiles.json", city.admin});
    judged("/tiles/{z}/{x}/{y}.mvt", {Method::get, "/tiles/14/8734/4960.mvt", city.admin});
}

}  // namespace
}  // namespace posthaste::api
