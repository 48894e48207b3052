#include "ingest/json.hpp"

namespace posthaste::ingest {

JsonScratch::JsonScratch() : memory_{std::make_unique<Memory>()} {}
JsonScratch::~JsonScratch() = default;
JsonScratch::JsonScratch(JsonScratch&&) noexcept = default;
JsonScratch& JsonScratch::operator=(JsonScratch&&) noexcept = default;

std::string_view JsonScratch::Memory::load(std::string_view body) {
    bytes.assign(body);
    bytes.append(simdjson::SIMDJSON_PADDING, ' ');
    return std::string_view{bytes}.substr(0, body.size());
}

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text);
}

}  // namespace posthaste::ingest
