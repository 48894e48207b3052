#include "api/vroom_input.hpp"

#include <algorithm>
#include <array>

#include "api/json.hpp"
#include "api/vroom_question.hpp"

namespace posthaste::api {

template <>
inline constexpr auto required_fields<vroom::Task> = std::to_array<std::string_view>({"id"});
template <>
inline constexpr auto required_fields<vroom::Job> = std::to_array<std::string_view>({"id"});
template <>
inline constexpr auto required_fields<vroom::Shipment> =
    std::to_array<std::string_view>({"pickup", "delivery"});
template <>
inline constexpr auto required_fields<vroom::Vehicle> = std::to_array<std::string_view>({"id"});
template <>
inline constexpr auto required_fields<vroom::Break> = std::to_array<std::string_view>({"id"});
template <>
inline constexpr auto required_fields<vroom::Step> = std::to_array<std::string_view>({"type"});
template <>
inline constexpr auto required_fields<vroom::Matrices> =
    std::to_array<std::string_view>({"durations"});
template <>
inline constexpr auto required_fields<vroom::Question> =
    std::to_array<std::string_view>({"vehicles"});

namespace detail {

template <>
struct JsonCoder<vroom::Coordinates> {
    static void read(JsonIn const& in, vroom::Coordinates& value) {
        if (!in.is(JsonValue::Kind::array) || in.value().elements.size() != 2)
            return in.fail("must be [lon, lat]");
        read_degrees(in.element(0), model::lon_max, value.at.lon);
        read_degrees(in.element(1), model::lat_max, value.at.lat);
    }
};

template <>
struct JsonCoder<vroom::Slot> {
    static void read(JsonIn const& in, vroom::Slot& value) {
        if (!in.is(JsonValue::Kind::array) || in.value().elements.size() != 2)
            return in.fail("must be [start, end]");
        JsonCoder<std::int64_t>::read(in.element(0), value.start);
        JsonCoder<std::int64_t>::read(in.element(1), value.end);
        if (value.start > value.end || value.start <= -plan::time_max || value.end > plan::time_max)
            in.fail("must be [start, end] in seconds, the start not after the end");
    }
};

template <>
struct JsonCoder<vroom::PerType> {
    static void read(JsonIn const& in, vroom::PerType& value) {
        if (!in.is(JsonValue::Kind::object)) return in.fail("must be an object of seconds");
        for (std::size_t i = 0; i < in.value().elements.size(); ++i) {
            auto& time = value.times.emplace_back(in.value().names[i], 0);
            JsonCoder<std::int64_t>::read(in.member(i), time.second);
        }
    }
};

template <>
struct JsonCoder<vroom::Factor> {
    static void read(JsonIn const& in, vroom::Factor& value) {
        auto const percent =
            in.is(JsonValue::Kind::number) ? parse_scaled(in.value().text, 2) : std::nullopt;
        if (!percent || *percent < 1 || *percent > 500)
            return in.fail("must be a number from 0.01 to 5");
        value.percent = *percent;
    }
};

template <>
struct JsonCoder<vroom::Matrix> {
    static void read(JsonIn const& in, vroom::Matrix& value) {
        auto const size = in.value().elements.size();
        bool const is_list = in.is(JsonValue::Kind::array) && size > 0;
        if (!is_list || size > plan::places_max) return in.fail("must be a list of rows");
        JsonCoder<std::vector<std::vector<std::int64_t>>>::read(in, value.rows);
        for (std::size_t i = 0; i < size; ++i) {
            bool const fits = std::ranges::all_of(value.rows[i], [](std::int64_t leg) {
                return leg >= 0 && leg < plan::no_way;
            });
            if (!fits || value.rows[i].size() != size)
                in.element(i).fail("must be as many whole numbers from 0 as there are rows");
        }
    }
};

template <>
struct JsonCoder<vroom::Profiles> {
    static void read(JsonIn const& in, vroom::Profiles& value) {
        if (!in.is(JsonValue::Kind::object)) return in.fail("must be an object by profile");
        for (std::size_t i = 0; i < in.value().elements.size(); ++i) {
            auto& matrices = value.matrices.emplace_back(in.value().names[i], vroom::Matrices{});
            JsonCoder<vroom::Matrices>::read(in.member(i), matrices.second);
        }
    }
};

}  // namespace detail

Result<vroom::Question> vroom::read(std::string_view text) {
    auto const document = TRY(parse_json(text, {.depth_max = 8, .values_max = vroom_values_max}));
    std::vector<FieldError> errors;
    Question in;
    detail::JsonCoder<Question>::read(JsonIn{document, errors}, in);
    std::string wrong;
    for (auto const& error : errors)
        wrong += (wrong.empty() ? "" : "; ") + error.field + " " + error.detail;
    if (!wrong.empty()) return Error{Errc::malformed, wrong};
    return in;
}

}  // namespace posthaste::api
