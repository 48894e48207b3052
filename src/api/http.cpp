#include "api/http.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "api/problem.hpp"
#include "base/assert.hpp"

namespace posthaste::api {
namespace {

std::string_view value_of(std::vector<Field> const& fields, std::string_view name) {
    auto const found = std::ranges::find(fields, name, &Field::name);
    return found == fields.end() ? std::string_view{} : std::string_view{found->value};
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
    std::string decoded;
    decoded.reserve(text.size());
    while (!text.empty()) {
        char byte = text.front();
        std::size_t used = 1;
        if (byte == '%') {
            unsigned code = 0;
            char const* const end = text.data() + std::min<std::size_t>(3, text.size());
            auto const parsed = std::from_chars(text.data() + 1, end, code, 16);
            used = 3;
            if (text.size() < used || parsed.ptr != end || code == 0) return std::nullopt;
            byte = static_cast<char>(code);
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        decoded += byte;
        text.remove_prefix(used);
    }
    return decoded;
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    return value_of(headers, name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    auto const found = std::ranges::find(query, name, &Field::name);
    if (found == query.end()) return std::nullopt;
    return found->value;
}

std::string_view Request::parameter(std::string_view name) const {
    return value_of(parameters, name);
}

Responder::~Responder() {
    if (!exchange_) return;
    send(to_response({.status = 500, .detail = "No answer came."}));
}

void Responder::add_headers(std::vector<Field> headers) {
    headers_.insert(
        headers_.end(),
        std::make_move_iterator(headers.begin()),
        std::make_move_iterator(headers.end())
    );
}

void Responder::observe(std::function<void(Response const&)> observer) {
    observer_ = std::move(observer);
}

std::shared_ptr<detail::Exchange> Responder::leave(Response& response) {
    ASSERT(exchange_ != nullptr);
    response.headers.insert(response.headers.begin(), headers_.begin(), headers_.end());
    if (observer_) observer_(response);
    return std::exchange(exchange_, nullptr);
}

void Responder::send(Response response) {
    auto const exchange = leave(response);
    exchange->respond(ticket_, std::move(response));
}

std::shared_ptr<Stream> Responder::stream(Response head, std::function<void()> on_close) {
    auto const exchange = leave(head);
    return exchange->start_stream(ticket_, std::move(head), std::move(on_close));
}

std::shared_ptr<WsSession> Responder::upgrade(WsHandlers handlers) {
    ASSERT(exchange_ != nullptr);
    return std::exchange(exchange_, nullptr)->upgrade(ticket_, std::move(handlers));
}

std::optional<std::string> percent_decode(std::string_view text) {
    return decode(text, false);
}

std::optional<std::vector<Field>> parse_query(std::string_view text) {
    std::vector<Field> fields;
    while (!text.empty()) {
        auto const part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        if (part.empty()) continue;
        auto const equals = std::min(part.find('='), part.size());
        auto name = decode(part.substr(0, equals), true);
        auto value = decode(part.substr(std::min(equals + 1, part.size())), true);
        if (!name || !value || fields.size() == query_fields_max) return std::nullopt;
        fields.push_back({std::move(*name), std::move(*value)});
    }
    return fields;
}

std::string_view reason_phrase(int status) {
    struct Named {
        int status;
        std::string_view phrase;
    };
    constexpr auto names = std::to_array<Named>({
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {207, "Multi-Status"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {428, "Precondition Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    });
    auto const found = std::ranges::find(names, status, &Named::status);
    return found == names.end() ? std::string_view{} : found->phrase;
}

std::int64_t steady_micros() {
    auto const since = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace posthaste::api
