// Comma-separated values, a row at a time.
//
// Takes    a stream: RFC 4180, and what people really send: LF or CRLF, a byte order mark, no last
//          line end, empty lines (skipped), a quote inside an unquoted field (taken as it is).
// Gives    rows in the file's order, cells found by their column's name; memory for one row only.
// Errors   malformed, with the line, when a quote is never closed, text follows a closing quote, a
//          row has more cells than the header, or a column name stands twice; limit_exceeded.
// Limits   row_bytes_max and columns_max, then limit_exceeded.
// Threads  one thread
#pragma once

#include <cstddef>
#include <istream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace posthaste::demand {

constexpr std::size_t row_bytes_max = std::size_t{64} * 1024;
constexpr std::size_t columns_max = 256;

class CsvReader {
public:
    /// Requires: `in` outlives the reader.
    explicit CsvReader(std::istream& in) : in_{&in} {}

    /// The next row into `cells`; false at the end.
    Result<bool> next(std::vector<std::string>& cells);

    /// Of the row given last; the first line is 1.
    std::size_t line() const { return row_line_; }

private:
    enum class End { cell, row, file };

    Result<End> read_row(std::vector<std::string>& cells);
    Result<End> read_cell(std::string& cell);
    Result<End> read_quoted(std::string& cell);
    End end_of_cell(int byte);
    Error error(Errc code, std::string const& what) const;
    int get();
    int peek();

    std::istream* in_;
    std::size_t line_ = 1;
    std::size_t row_line_ = 1;
    std::size_t row_bytes_ = 0;
    bool at_start_ = true;
};

/// A CSV file whose first row names the columns.
class CsvTable {
public:
    static Result<CsvTable> open(std::istream& in);

    bool has(std::string_view column) const { return columns_.contains(column); }
    /// Moves to the next row; false at the end.
    Result<bool> next();
    /// Of the present row; empty when the column or the cell is not there.
    std::string_view at(std::string_view column) const;
    std::size_t line() const { return reader_.line(); }

private:
    explicit CsvTable(std::istream& in) : reader_{in} {}

    CsvReader reader_;
    std::map<std::string, std::size_t, std::less<>> columns_;
    std::vector<std::string> cells_;
};

/// Quoted when it has to be.
std::string csv_cell(std::string_view text);

}  // namespace posthaste::demand
