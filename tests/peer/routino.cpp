#include "routino.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace posthaste::peer {

namespace {

struct Said {
    int status = 0;
    std::string text;
};

Said run(std::string const& command) {
    Said said;
    auto* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> chunk{};
    while (auto const count = std::fread(chunk.data(), 1, chunk.size(), pipe))
        said.text.append(chunk.data(), count);
    said.status = ::pclose(pipe);
    return said;
}

// Neither its speeds nor its likes and dislikes: only lengths count.
void write_profile(std::filesystem::path const& file) {
    std::ofstream out{file};
    out << "<?xml version=\"1.0\"?>\n<routino-profiles>\n"
           "<profile name=\"even\" transport=\"motorcar\">\n";
    constexpr std::array kinds{
        "motorway",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "service",
        "track",
        "cycleway",
        "path",
        "steps",
        "ferry"};
    out << "<speeds>\n";
    for (auto const* const kind : kinds)
        out << fmt::format("<speed highway=\"{}\" kph=\"36\"/>\n", kind);
    out << "</speeds>\n<preferences>\n";
    for (auto const* const kind : kinds)
        out << fmt::format("<preference highway=\"{}\" percent=\"100\"/>\n", kind);
    out << "</preferences>\n<properties>\n";
    for (auto const* const property :
         {"paved", "multilane", "bridge", "tunnel", "footroute", "bicycleroute"})
        out << fmt::format("<property type=\"{}\" percent=\"50\"/>\n", property);
    out << "</properties>\n<restrictions>\n<oneway obey=\"1\"/>\n<turns obey=\"1\"/>\n";
    for (auto const* const limit : {"weight", "height", "width", "length"})
        out << fmt::format("<{} limit=\"0.0\"/>\n", limit);
    out << "</restrictions>\n</profile>\n</routino-profiles>\n";
}

std::string degrees(std::int32_t units) {
    return fmt::format("{:.7f}", units / 1e7);
}

std::int32_t units(double in_degrees) {
    return static_cast<std::int32_t>(std::lround(in_degrees * 1e7));
}

}  // namespace

bool Routino::is_installed() {
    auto const is_there = [](char const* program) {
        return run(fmt::format("command -v {}", program)).status == 0;
    };
    return is_there("planetsplitter") && is_there("routino-router");
}

Routino::Routino(std::filesystem::path const& osm) {
    auto name = (std::filesystem::temp_directory_path() / "routino-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder_ = name;
    write_profile(folder_ / "profiles.xml");
    // All nodes and all pieces of road stay: what it prunes by default are the short ones.
    auto const said = run(fmt::format(
        "planetsplitter --dir='{}' --prune-none --loggable "
        "--tagging=/usr/share/routino/tagging.xml "
        "'{}'",
        folder_.string(),
        osm.string()
    ));
    REQUIRE_MESSAGE(said.status == 0, said.text);
}

Routino::~Routino() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

std::optional<Routino::Way> Routino::shortest(model::Position from, model::Position to) const {
    auto const said = run(fmt::format(
        "routino-router --dir='{0}' --profiles='{0}/profiles.xml' --profile=even "
        "--translations=/usr/share/routino/translations.xml --exact-nodes-only --shortest --quiet "
        "--output-text-all --output-stdout --lat1={1} --lon1={2} --lat2={3} --lon2={4}",
        folder_.string(),
        degrees(from.lat),
        degrees(from.lon),
        degrees(to.lat),
        degrees(to.lon)
    ));
    if (said.status != 0) {
        CHECK_MESSAGE(said.text.find("Cannot find") != std::string::npos, said.text);
        return std::nullopt;
    }
    Way way;
    std::size_t nodes = 0;
    std::istringstream in{said.text};
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line[0] == '#') continue;
        double lat = 0;
        double lon = 0;
        double km = 0;
        std::string node;
        std::string kind;
        // The first node has no piece of road behind it, and says 0.
        REQUIRE_MESSAGE((std::istringstream{line} >> lat >> lon >> node >> kind >> km), line);
        way.last = {units(lat), units(lon)};
        if (nodes++ == 0) way.first = way.last;
        way.metres += std::lround(km * 1000);
    }
    REQUIRE(nodes >= 2);
    return way;
}

}  // namespace posthaste::peer
