#include "ingest/interval.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace posthaste::ingest {

namespace {

std::string whole_seconds(Millis interval) {
    return std::to_string(std::max<std::int64_t>(1, interval.count() / 1000));
}

/// As a JSON string. Bytes are taken to be UTF-8, as the parsers' own messages are.
void append_quoted(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') out += '\\';
        if (byte >= 0x20) {
            out += c;
            continue;
        }
        out += "\\u00";
        out += hex[byte >> 4U];
        out += hex[byte & 0xfU];
    }
    out += '"';
}

/// "name":[item,...] with at most reply_items_max of them.
template <class Item, class Body>
void append_list(
    std::string& out, std::string_view name, std::vector<Item> const& items, Body&& body
) {
    out.append(",\"").append(name).append("\":[");
    auto const count = std::min(items.size(), reply_items_max);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ',';
        out.append("{\"line\":").append(std::to_string(items[i].line));
        body(items[i]);
        out += '}';
    }
    out += ']';
}

}  // namespace

Millis next_interval(model::Agent const& agent, model::Policy const& policy) {
    if (!agent.offers.empty()) return policy.report_offered;
    return agent.assignments.empty() ? policy.report_idle : policy.report_moving;
}

std::string owntracks_reply(std::optional<Millis> next) {
    if (!next) return "[]";
    auto const seconds = whole_seconds(*next);
    return R"([{"_type":"cmd","action":"setConfiguration","configuration":{)"
           R"("_type":"configuration","locatorInterval":)" +
           seconds + R"(,"moveModeLocatorInterval":)" + seconds + "}}]";
}

std::string osmand_reply(std::optional<Millis> next) {
    return next ? "interval=" + whole_seconds(*next) + "\n" : std::string{};
}

std::string ndjson_reply(BatchReport const& report) {
    std::string out = "{\"accepted\":" + std::to_string(report.accepted);
    out.append(",\"history\":").append(std::to_string(report.history));
    out.append(",\"rejected\":").append(std::to_string(report.rejected));
    out.append(",\"malformed\":").append(std::to_string(report.errors.size()));
    append_list(out, "verdicts", report.verdicts, [&](LineVerdict const& verdict) {
        out.append(",\"reason\":");
        append_quoted(out, name_of(verdict.reason));
    });
    append_list(out, "errors", report.errors, [&](LineError const& error) {
        out.append(",\"error\":");
        append_quoted(out, error.error.detail);
    });
    if (report.next) {
        out.append(",\"next_interval_ms\":").append(std::to_string(report.next->count()));
    }
    return out += '}';
}

}  // namespace posthaste::ingest
