#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "workflow/load.hpp"

namespace posthaste::workflow {
namespace {

Loaded load_shipped(std::string const& file_name) {
    std::ifstream file{std::string{POSTHASTE_ROOT "/workflows/"} + file_name};
    std::ostringstream text;
    text << file.rdbuf();
    return load(text.str(), file_name);
}

}  // namespace

TEST_CASE("the shipped workflows load") {
    for (char const* name : {"ride.toml", "field-service.toml", "parcel.toml"}) {
        auto const loaded = load_shipped(name);
        CHECK(text_of(loaded) == "");
        CHECK(loaded.ok());
    }
}

}  // namespace posthaste::workflow
