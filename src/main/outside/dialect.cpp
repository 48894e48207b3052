#include "main/outside/dialect.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "api/json_value.hpp"

namespace posthaste::main {

namespace {

using api::JsonValue;
using model::Position;
using road::Profile;

constexpr std::size_t values_max = 1'000'000;
constexpr double seconds_max = 30 * 86'400.0;

double degrees(std::int32_t units) {
    return units / 1e7;
}

std::string_view osrm_profile(Profile profile) {
    if (profile == Profile::bicycle) return "cycling";
    return profile == Profile::foot ? "foot" : "driving";
}

std::string_view valhalla_costing(Profile profile) {
    if (profile == Profile::bicycle) return "bicycle";
    if (profile == Profile::foot) return "pedestrian";
    return profile == Profile::truck ? "truck" : "auto";
}

std::string_view google_mode(Profile profile) {
    if (profile == Profile::bicycle) return "bicycling";
    return profile == Profile::foot ? "walking" : "driving";
}

std::string joined(
    std::vector<Position> const& places, std::string_view between, auto const& text_of
) {
    std::string text;
    for (auto const place : places) {
        if (!text.empty()) text += between;
        text += text_of(place);
    }
    return text;
}

std::string indices(std::size_t first, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += (i > 0 ? ";" : "") + std::to_string(first + i);
    return text;
}

load::Ask ask_osrm(TableQuestion const& question) {
    auto places = question.sources;
    places.insert(places.end(), question.targets.begin(), question.targets.end());
    auto const lon_lat = [](Position place) {
        return fmt::format("{:.5f},{:.5f}", degrees(place.lon), degrees(place.lat));
    };
    return {
        .path = fmt::format(
            "/table/v1/{}/{}?sources={}&destinations={}&annotations=duration",
            osrm_profile(question.profile),
            joined(places, ";", lon_lat),
            indices(0, question.sources.size()),
            indices(question.sources.size(), question.targets.size())
        )};
}

load::Ask ask_valhalla(TableQuestion const& question) {
    auto const place_text = [](Position place) {
        return fmt::format(
            R"({{"lat":{:.5f},"lon":{:.5f}}})", degrees(place.lat), degrees(place.lon)
        );
    };
    return {
        .verb = load::Verb::post,
        .path = "/sources_to_targets",
        .body = fmt::format(
            R"({{"sources":[{}],"targets":[{}],"costing":"{}"}})",
            joined(question.sources, ",", place_text),
            joined(question.targets, ",", place_text),
            valhalla_costing(question.profile)
        )};
}

load::Ask ask_matrix(TableQuestion const& question, std::string const& key) {
    auto const lat_lon = [](Position place) {
        return fmt::format("{:.5f}%2C{:.5f}", degrees(place.lat), degrees(place.lon));
    };
    auto path = fmt::format(
        "/maps/api/distancematrix/json?origins={}&destinations={}&mode={}&departure_time=now",
        joined(question.sources, "%7C", lat_lon),
        joined(question.targets, "%7C", lat_lon),
        google_mode(question.profile)
    );
    if (!key.empty()) path += "&key=" + key;
    return {.path = std::move(path)};
}

// --- answers ---

Error not_a_table(std::string_view why) {
    return Error{Errc::malformed, "not a table of times: " + std::string{why}};
}

std::optional<Millis> millis_of(JsonValue const* seconds) {
    if (seconds == nullptr || seconds->kind != JsonValue::Kind::number) return std::nullopt;
    double value = -1;
    auto const* const end = seconds->text.data() + seconds->text.size();
    auto const read = std::from_chars(seconds->text.data(), end, value);
    if (read.ec != std::errc{} || !(value >= 0 && value <= seconds_max)) return std::nullopt;
    return Millis{std::llround(value * 1000)};
}

// A grid of cells, each of which `time_in` reads.
Result<TableTimes> grid(
    TableQuestion const& question, JsonValue const* rows, auto const& cells_of, auto const& time_in
) {
    if (rows == nullptr || rows->elements.size() != question.sources.size())
        return not_a_table("it has not a row for each source");
    TableTimes times;
    for (auto const& row : rows->elements) {
        JsonValue const* const cells = cells_of(row);
        if (cells == nullptr || cells->elements.size() != question.targets.size())
            return not_a_table("a row has not a time for each target");
        for (auto const& cell : cells->elements)
            times.push_back(time_in(cell));
    }
    return times;
}

std::string word_of(JsonValue const& document, std::string_view name) {
    auto const* const member = document.member(name);
    return member == nullptr ? std::string{} : member->text;
}

constexpr auto itself = [](JsonValue const& row) { return &row; };

}  // namespace

load::Ask ask_of(Dialect dialect, TableQuestion const& question, std::string const& key) {
    switch (dialect) {
        case Dialect::osrm:
            return ask_osrm(question);
        case Dialect::valhalla:
            return ask_valhalla(question);
        case Dialect::distance_matrix:
            return ask_matrix(question, key);
    }
    ASSERT(false);
}

Result<TableTimes> times_of(
    Dialect dialect, TableQuestion const& question, std::string const& body
) {
    auto const document = TRY(api::parse_json(body, {.values_max = values_max}));
    switch (dialect) {
        case Dialect::osrm: {
            auto const code = word_of(document, "code");
            if (code != "Ok") return not_a_table(code + ": " + word_of(document, "message"));
            auto const number = [](JsonValue const& cell) { return millis_of(&cell); };
            return grid(question, document.member("durations"), itself, number);
        }
        case Dialect::valhalla: {
            auto const* const table = document.member("sources_to_targets");
            if (table == nullptr) return not_a_table(word_of(document, "error"));
            auto const time = [](JsonValue const& cell) { return millis_of(cell.member("time")); };
            return grid(question, table, itself, time);
        }
        case Dialect::distance_matrix: {
            auto const status = word_of(document, "status");
            if (status != "OK")
                return not_a_table(status + ": " + word_of(document, "error_message"));
            auto const cells = [](JsonValue const& row) { return row.member("elements"); };
            auto const time = [](JsonValue const& cell) {
                auto const* duration = cell.member("duration_in_traffic");
                if (duration == nullptr) duration = cell.member("duration");
                return duration == nullptr ? std::nullopt : millis_of(duration->member("value"));
            };
            return grid(question, document.member("rows"), cells, time);
        }
    }
    ASSERT(false);
}

}  // namespace posthaste::main
