// Memory that the JSON formats parse in: kept between bodies so that a fix costs no allocation.
//
// Threads  one object per thread
// Limits   grows to the largest body it was given, which the formats bound.
#pragma once

#include <memory>

namespace posthaste::ingest {

class JsonScratch {
public:
    struct Memory;  // ingest/json.hpp, where the JSON library stands

    JsonScratch();
    ~JsonScratch();
    JsonScratch(JsonScratch&&) noexcept;
    JsonScratch& operator=(JsonScratch&&) noexcept;
    JsonScratch(JsonScratch const&) = delete;
    JsonScratch& operator=(JsonScratch const&) = delete;

    Memory& memory() { return *memory_; }

private:
    std::unique_ptr<Memory> memory_;
};

}  // namespace posthaste::ingest
