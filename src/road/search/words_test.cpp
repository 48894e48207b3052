#include "road/search/words.hpp"

#include <doctest/doctest.h>

#include "base/prng.hpp"

namespace posthaste::road {
namespace {

TEST_CASE("names are compared in lower case, without accents and marks") {
    CHECK(folded("Städtle") == "stadtle");
    CHECK(folded("  Rue de l'Abbaye ") == "rue de l abbaye");
    CHECK(folded("Straße des 17. Juni") == "strasse des 17 juni");
    CHECK(folded("Sjælør—Åboulevard") == "sjaelor aboulevard");
    CHECK(folded("Łódź, Čakovec, Șos") == "lodz cakovec sos");
    CHECK(folded("e\xcc\x81t\xc3\xa9") == "ete");  // an accent by itself, and one with its letter
    CHECK(folded("Улица Ёлочная") == "улица елочная");
    CHECK(folded("ΟΔΟΣ") == "οδοσ");
    CHECK(folded("東京 駅") == "東京 駅");
    CHECK(folded("12-A/3") == "12 a 3");
    CHECK(folded("—,;") == "");
}

TEST_CASE("bytes that are no text part words, and are never read past their end") {
    CHECK(
        folded("a\xff"
               "b") == "a b"
    );
    CHECK(folded("a\xc3") == "a");
    CHECK(folded("a\xe2\x82") == "a");
    CHECK(folded("\xed\xa0\x80x") == "x");  // half of a surrogate pair
    CHECK(folded("\xc0\xafy") == "y");      // '/' written too long
    Prng prng{42};
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (auto count = prng.below(20); count > 0; --count)
            text += static_cast<char>(prng.below(256));
        auto const once = folded(text);
        CHECK(folded(once) == once);
        for (auto const word : words_of(once))
            CHECK_FALSE(word.empty());
    }
}

TEST_CASE("an abbreviation stands for its long forms") {
    CHECK(long_forms("blvd") == std::vector<std::string>{"boulevard"});
    CHECK(long_forms("st").size() == 3);
    CHECK(long_forms("bahnhofstr") == std::vector<std::string>{"bahnhofstrasse"});
    CHECK(long_forms("street").empty());
}

}  // namespace
}  // namespace posthaste::road
