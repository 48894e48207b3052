// Every *.scenario of this folder, played; what followed must be what stands below its ----.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "play.hpp"

namespace posthaste::scenarios {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> all_scenarios() {
    std::vector<fs::path> paths;
    for (auto const& entry : fs::directory_iterator{POSTHASTE_ROOT "/tests/scenarios"}) {
        if (entry.path().extension() == ".scenario") paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

}  // namespace

TEST_CASE("scenarios") {
    auto const paths = all_scenarios();
    CHECK(paths.size() >= 12);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    bool const update = std::getenv("UPDATE_GOLDEN") != nullptr;
    for (auto const& path : paths) {
        CAPTURE(path.filename().string());
        std::ostringstream text;
        text << std::ifstream{path}.rdbuf();
        constexpr std::string_view rule = "\n----\n";
        auto const whole = text.str();
        auto const at = whole.find(rule);
        REQUIRE(at != std::string::npos);
        auto const script = whole.substr(0, at);
        auto const followed = play(script);
        CHECK(play(script) == followed);  // the same day twice
        if (update) {
            std::ofstream{path} << script << rule << followed;
        } else {
            CHECK(whole.substr(at + rule.size()) == followed);
        }
    }
}

}  // namespace posthaste::scenarios
