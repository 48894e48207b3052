#include "demand/csv.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <sstream>

namespace posthaste::demand {

namespace {

using Rows = std::vector<std::vector<std::string>>;

Result<Rows> read_all(std::string const& text) {
    std::istringstream in{text};
    CsvReader reader{in};
    Rows rows;
    std::vector<std::string> cells;
    for (;;) {
        bool const any = TRY(reader.next(cells));
        if (!any) return rows;
        rows.push_back(cells);
    }
}

std::string error_of(std::string const& text) {
    auto const rows = read_all(text);
    return rows.ok() ? "no error" : rows.error().detail;
}

}  // namespace

TEST_CASE("rows and cells, with all that people send") {
    CHECK(read_all("a,b\nc,d\n").value() == Rows{{"a", "b"}, {"c", "d"}});
    CHECK(read_all("a,b\r\nc,d").value() == Rows{{"a", "b"}, {"c", "d"}});
    CHECK(read_all("\xEF\xBB\xBF\"a\",b\n").value() == Rows{{"a", "b"}});
    CHECK(read_all(",,\n\n,x,\n").value() == Rows{{"", "", ""}, {"", "x", ""}});
    CHECK(
        read_all("\"RESCUE, EMS\",\"say \"\"hi\"\"\",\"two\nlines\"\r\nz,,\n").value() ==
        Rows{{"RESCUE, EMS", "say \"hi\"", "two\nlines"}, {"z", "", ""}}
    );
    CHECK(read_all("5\" pipe,x\n").value() == Rows{{"5\" pipe", "x"}});
    CHECK(read_all("").value().empty());
}

TEST_CASE("an error names the line on which its row begins") {
    CHECK(error_of("a\n\"b\n") == "line 2: a quote is never closed");
    CHECK(error_of("\"a\"b\n") == "line 1: text follows a closing quote");
    CHECK(error_of("\"a\nb\"\n\"c\"d") == "line 3: text follows a closing quote");
}

TEST_CASE("a row may be as long as the limit and no longer") {
    CHECK(read_all(std::string(row_bytes_max - 1, 'x') + "\n").ok());
    CHECK(read_all(std::string(row_bytes_max + 1, 'x')).error().code == Errc::limit_exceeded);
    CHECK(
        read_all('"' + std::string(row_bytes_max, 'x') + '"').error().code == Errc::limit_exceeded
    );
    CHECK(read_all(std::string(columns_max - 1, ',') + "\n").ok());
    CHECK(read_all(std::string(columns_max, ',') + "\n").error().code == Errc::limit_exceeded);
}

TEST_CASE("whatever the cells are, writing and reading gives them back") {
    CHECK(rc::check([] {
        auto const letters = rc::gen::elementOf(std::string{"ab,\"\n\r; 1"});
        auto const rows = *rc::gen::container<Rows>(rc::gen::nonEmpty(
            rc::gen::container<std::vector<std::string>>(rc::gen::container<std::string>(letters))
        ));
        std::string text;
        Rows expected;
        for (auto const& row : rows) {
            for (std::size_t i = 0; i < row.size(); ++i)
                text += (i == 0 ? "" : ",") + csv_cell(row[i]);
            text += "\n";
            // A row of one empty cell is an empty line, and skipped.
            if (row.size() > 1 || !row[0].empty()) expected.push_back(row);
        }
        RC_ASSERT(read_all(text).value() == expected);
    }));
}

TEST_CASE("a table's cells are found by the names of its columns") {
    std::istringstream in{"lat,lon,name\n1,2,x\n3\n"};
    auto opened = CsvTable::open(in);
    REQUIRE(opened.ok());
    CsvTable table = std::move(opened).value();
    REQUIRE(table.next().value());
    CHECK(table.at("name") == "x");
    CHECK(table.at("speed").empty());
    REQUIRE(table.next().value());
    CHECK(table.at("lat") == "3");
    CHECK(table.at("lon").empty());
    CHECK(table.line() == 3);
    CHECK_FALSE(table.next().value());
}

TEST_CASE("a table with two columns of one name, none at all, or a row too wide is refused") {
    std::istringstream twice{"a,a\n"};
    CHECK(CsvTable::open(twice).error().detail == "line 1: column a stands twice");
    std::istringstream empty;
    CHECK(CsvTable::open(empty).error().detail == "line 1: the file is empty");
    std::istringstream wide{"a,b\n1,2,3\n"};
    auto table = CsvTable::open(wide);
    CHECK(
        std::move(table).value().next().error().detail == "line 2: 3 cells where the header has 2"
    );
}

}  // namespace posthaste::demand
