#include "api/json_value.hpp"

#include <algorithm>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>

#include "base/assert.hpp"

namespace posthaste::api {
namespace {

namespace json = boost::json;
using Kind = JsonValue::Kind;
using ErrorCode = boost::system::error_code;

/// What Boost.JSON tells as it goes. Returning false stops it; the reason is kept here.
class Builder {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);

    explicit Builder(std::size_t values_max) : values_max_{values_max} { open_.emplace_back(); }

    JsonValue&& result() && { return std::move(open_.front().elements.front()); }
    std::string const& reason() const { return reason_; }

    bool on_document_begin(ErrorCode&) { return true; }
    bool on_document_end(ErrorCode&) { return true; }
    bool on_object_begin(ErrorCode& error) { return begin(Kind::object, error); }
    bool on_object_end(std::size_t, ErrorCode& error) {
        std::vector<std::string_view> names{open_.back().names.begin(), open_.back().names.end()};
        std::ranges::sort(names);
        auto const twice = std::ranges::adjacent_find(names);
        if (twice != names.end())
            return fail("the name '" + std::string{*twice} + "' is there twice", error);
        return end();
    }
    bool on_array_begin(ErrorCode& error) { return begin(Kind::array, error); }
    bool on_array_end(std::size_t, ErrorCode&) { return end(); }
    bool on_key_part(json::string_view part, std::size_t, ErrorCode&) { return collect(part); }
    bool on_key(json::string_view part, std::size_t, ErrorCode&) {
        collect(part);
        open_.back().names.push_back(std::exchange(part_, {}));
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, ErrorCode&) { return collect(part); }
    bool on_string(json::string_view part, std::size_t, ErrorCode& error) {
        collect(part);
        return add({.kind = Kind::string, .text = std::exchange(part_, {})}, error);
    }
    bool on_number_part(json::string_view part, ErrorCode&) { return collect(part); }
    bool on_int64(std::int64_t, json::string_view part, ErrorCode& error) {
        return number(part, error);
    }
    bool on_uint64(std::uint64_t, json::string_view part, ErrorCode& error) {
        return number(part, error);
    }
    bool on_double(double, json::string_view part, ErrorCode& error) { return number(part, error); }
    bool on_bool(bool truth, ErrorCode& error) {
        return add({.kind = Kind::boolean, .truth = truth}, error);
    }
    bool on_null(ErrorCode& error) { return add({}, error); }
    bool on_comment_part(json::string_view, ErrorCode&) { return true; }
    bool on_comment(json::string_view, ErrorCode&) { return true; }

private:
    bool collect(json::string_view part) {
        part_.append(part.data(), part.size());
        return true;
    }
    bool number(json::string_view part, ErrorCode& error) {
        collect(part);
        return add({.kind = Kind::number, .text = std::exchange(part_, {})}, error);
    }
    bool count(ErrorCode& error) {
        return ++values_ <= values_max_ || fail("there are too many values", error);
    }
    bool add(JsonValue value, ErrorCode& error) {
        if (!count(error)) return false;
        open_.back().elements.push_back(std::move(value));
        return true;
    }
    bool begin(Kind kind, ErrorCode& error) {
        if (!count(error)) return false;
        open_.push_back({.kind = kind});
        return true;
    }
    bool end() {
        auto value = std::move(open_.back());
        open_.pop_back();
        open_.back().elements.push_back(std::move(value));
        return true;
    }
    bool fail(std::string reason, ErrorCode& error) {
        reason_ = std::move(reason);
        error = json::make_error_code(json::error::syntax);
        return false;
    }

    std::vector<JsonValue> open_;  ///< the ones being read, the outermost first
    std::string part_;
    std::string reason_;
    std::size_t values_ = 0;
    std::size_t values_max_;
};

}  // namespace

JsonValue const* JsonValue::member(std::string_view name) const {
    auto const found = std::ranges::find(names, name);
    if (found == names.end()) return nullptr;
    return &elements[static_cast<std::size_t>(found - names.begin())];
}

Result<JsonValue> parse_json(std::string_view text, JsonLimits const& limits) {
    json::parse_options options;
    options.max_depth = limits.depth_max;
    json::basic_parser<Builder> parser{options, limits.values_max};
    ErrorCode error;
    std::size_t const used = parser.write_some(false, text.data(), text.size(), error);
    if (!error && used < text.size()) error = json::make_error_code(json::error::extra_data);
    if (error) {
        auto const& reason = parser.handler().reason();
        return Error{
            Errc::malformed,
            "Not acceptable JSON near byte " + std::to_string(used) + ": " +
                (reason.empty() ? error.message() : reason) + "."};
    }
    return std::move(parser.handler()).result();
}

}  // namespace posthaste::api
