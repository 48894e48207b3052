#include "bench/plan/dispatch_wire.hpp"

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <istream>
#include <optional>
#include <ostream>

namespace posthaste::bench {

namespace {

namespace json = simdjson::dom;
using Numbers = std::vector<std::int64_t>;

Error unlike(std::string const& what) {
    return Error{Errc::malformed, "the environment's line has no " + what};
}

Result<std::int64_t> number(json::element in, std::string_view field) {
    std::int64_t value = 0;
    if (in[field].get(value) != simdjson::SUCCESS) return unlike(std::string{field});
    return value;
}

Result<Numbers> numbers(json::element list, std::string const& what) {
    json::array array;
    if (list.get(array) != simdjson::SUCCESS) return unlike(what);
    Numbers values;
    for (auto const each : array) {
        if (each.get(values.emplace_back()) != simdjson::SUCCESS) return unlike(what);
    }
    return values;
}

Result<Numbers> numbers_at(json::element in, std::string const& field) {
    json::element list;
    if (in[field].get(list) != simdjson::SUCCESS) return unlike(field);
    return numbers(list, field);
}

Result<std::vector<Numbers>> rows_at(json::element in, std::string const& field) {
    json::array array;
    if (in[field].get(array) != simdjson::SUCCESS) return unlike(field);
    std::vector<Numbers> rows;
    for (auto const each : array)
        rows.push_back(TRY(numbers(each, field)));
    return rows;
}

Result<std::vector<plan::Window>> windows_at(json::element in, plan::Time from) {
    std::vector<plan::Window> windows;
    for (auto const& row : TRY(rows_at(in, "time_windows"))) {
        if (row.size() != 2) return unlike("time_windows");
        windows.push_back({from + row[0], from + row[1]});
    }
    return windows;
}

Result<Region> region_in(json::element context) {
    Region region;
    region.windows = TRY(windows_at(context, 0));
    region.services = TRY(numbers_at(context, "service_times"));
    for (auto const load : TRY(numbers_at(context, "demands")))
        region.loads.push_back(static_cast<std::int32_t>(load));
    region.capacity = static_cast<std::int32_t>(TRY(number(context, "capacity")));
    for (auto const& row : TRY(rows_at(context, "duration_matrix"))) {
        for (auto const each : row) {
            auto const drive = static_cast<std::int32_t>(each);
            region.drives.legs.push_back({drive, drive});
        }
    }
    auto const places = region.windows.size();
    bool const whole = places > 2 && region.services.size() == places &&
                       region.loads.size() == places &&
                       region.drives.legs.size() == places * places;
    if (!whole) return unlike("whole dynamic_context");
    return region;
}

Result<Epoch> epoch_in(json::element seen, Region const& region) {
    Epoch epoch;
    epoch.number = TRY(number(seen, "current_epoch"));
    json::element instance;
    if (seen["epoch_instance"].get(instance) != simdjson::SUCCESS) return unlike("epoch_instance");
    auto const ids = TRY(numbers_at(instance, "request_idx"));
    auto const places = TRY(numbers_at(instance, "customer_idx"));
    auto const loads = TRY(numbers_at(instance, "demands"));
    auto const services = TRY(numbers_at(instance, "service_times"));
    auto const windows = TRY(windows_at(instance, departure(epoch.number)));
    json::array must_go;
    if (instance["must_dispatch"].get(must_go) != simdjson::SUCCESS) return unlike("must_dispatch");
    auto const count = ids.size();
    bool const whole = places.size() == count && loads.size() == count &&
                       services.size() == count && windows.size() == count &&
                       must_go.size() == count;
    if (!whole) return unlike("whole epoch_instance");
    for (std::size_t i = 1; i < count; ++i) {
        auto const place = static_cast<std::uint32_t>(places[i]);
        if (place >= region.place_count()) return unlike("customer_idx of its context");
        bool must = false;
        if (must_go.at(i).get(must) != simdjson::SUCCESS) return unlike("must_dispatch");
        epoch.open.push_back(
            {static_cast<std::uint32_t>(ids[i]),
             place,
             windows[i],
             services[i],
             static_cast<std::int32_t>(loads[i])}
        );
        epoch.must_go.push_back(must);
    }
    return epoch;
}

class Conversation {
public:
    Conversation(std::istream& in, std::ostream& out) : in_{in}, out_{out} {}

    /// Valid until the next one.
    Result<json::element> ask(std::string const& action, std::string const& data) {
        out_ << R"({"action": ")" << action << R"(", "data": )" << data << "}" << std::endl;
        json::element answer;
        if (!std::getline(in_, line_)) return Error{Errc::io_failed, "the environment is gone"};
        auto const code = parser_.parse(line_).get(answer);
        if (code != simdjson::SUCCESS) return Error{Errc::malformed, simdjson::error_message(code)};
        return answer;
    }

private:
    std::istream& in_;
    std::ostream& out_;
    std::string line_;
    json::parser parser_;
};

std::string written(RequestRoutes const& routes) {
    std::string text = "[";
    for (auto const& route : routes) {
        text += text.size() > 1 ? ", [" : "[";
        for (std::size_t i = 0; i < route.size(); ++i)
            text += (i == 0 ? "" : ", ") + std::to_string(route[i]);
        text += "]";
    }
    return text + "]";
}

// Nothing: it is done.
Result<std::optional<Epoch>> send(
    Conversation& conversation, RequestRoutes const& routes, Region const& region
) {
    auto const answer = TRY(conversation.ask("step", written(routes)));
    std::string_view refusal;
    if (answer.at_pointer("/info/error").get(refusal) == simdjson::SUCCESS)
        return Error{Errc::corrupt, "the environment refused: " + std::string{refusal}};
    bool done = false;
    if (answer["done"].get(done) != simdjson::SUCCESS) return unlike("done");
    if (done) return std::optional<Epoch>{};
    json::element seen;
    if (answer["observation"].get(seen) != simdjson::SUCCESS) return unlike("observation");
    return std::optional{TRY(epoch_in(seen, region))};
}

}  // namespace

Status serve_environment(std::istream& in, std::ostream& out, Effort const& effort) {
    Conversation conversation{in, out};
    auto const first = TRY(conversation.ask("reset", "null"));
    json::element context;
    if (first.at_pointer("/info/dynamic_context").get(context) != simdjson::SUCCESS ||
        context.is_null())
        return unlike("dynamic_context; the static variant has none");
    json::element seen;
    if (first["observation"].get(seen) != simdjson::SUCCESS) return unlike("observation");
    auto const region = TRY(region_in(context));
    std::optional<Epoch> epoch = TRY(epoch_in(seen, region));
    DispatchPolicy policy{region, effort};
    while (epoch)
        epoch = TRY(send(conversation, policy.routes_of(*epoch), region));
    return Unit{};
}

}  // namespace posthaste::bench
