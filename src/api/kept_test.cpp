#include "api/kept.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "api/service_test.hpp"

namespace posthaste::api {
namespace {

using testing::header;

Request with(std::string name, std::string value) {
    return {.path = "/", .headers = {{std::move(name), std::move(value)}}};
}

/// By gzip(1), which is not ours.
std::string unzipped(std::string const& bytes) {
    testing::Folder const folder;
    auto const file = folder.path / "text.gz";
    std::ofstream{file, std::ios::binary} << bytes;
    auto const command = "gzip -dc " + file.string();
    auto* const pipe = ::popen(command.c_str(), "r");  // NOLINT(cert-env33-c): a test
    REQUIRE(pipe != nullptr);
    std::string text;
    for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe))
        text += static_cast<char>(letter);
    REQUIRE(::pclose(pipe) == 0);
    return text;
}

}  // namespace

TEST_CASE("what is compressed is what another program unpacks") {
    std::string roads;
    for (int i = 0; i < 20'000; ++i)
        roads += "[11." + std::to_string(i * 7919 % 100'000) + ",57.7],";
    for (auto const& text : {std::string{}, std::string{"a"}, std::string(100'000, 'x'), roads}) {
        auto const bytes = gzip(text);
        CHECK(unzipped(bytes) == text);
    }
    CHECK(gzip(roads).size() * 2 < roads.size());
}

TEST_CASE("a kept answer is small for those who take it so, and nothing for those who have it") {
    Kept const kept{"text/plain", std::string(1000, 'x'), {{"X-Mine", "1"}}};
    auto const plain = kept.answer({.path = "/"});
    CHECK(plain.content() == std::string(1000, 'x'));
    CHECK(header(plain, "X-Mine") == "1");
    CHECK(header(plain, "Content-Type") == "text/plain");
    CHECK(header(plain, "Content-Encoding").empty());
    auto const small = kept.answer(with("accept-encoding", "br, gzip;q=0.8"));
    CHECK(header(small, "Content-Encoding") == "gzip");
    CHECK(header(small, "Vary") == "Accept-Encoding");
    CHECK(unzipped(std::string{small.content()}) == plain.content());
    CHECK(header(small, "ETag") != header(plain, "ETag"));
    for (auto const* const no : {"identity", "gzip;q=0", "gzip; q=0.000", "br"})
        CHECK(header(kept.answer(with("accept-encoding", no)), "Content-Encoding").empty());
    auto const known = kept.answer(with("if-none-match", "\"x\", W/" + header(plain, "ETag")));
    CHECK(known.status == 304);
    CHECK(known.content().empty());
    CHECK(kept.answer(with("if-none-match", header(small, "ETag"))).status == 200);
}

}  // namespace posthaste::api
