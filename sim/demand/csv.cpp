#include "demand/csv.hpp"

#include <array>

namespace posthaste::demand {

namespace {

constexpr std::array byte_order_mark{0xEF, 0xBB, 0xBF};
constexpr int end_of_file = std::char_traits<char>::eof();

}  // namespace

int CsvReader::get() {
    int const byte = in_->rdbuf()->sbumpc();
    if (byte == '\n') ++line_;
    ++row_bytes_;
    return byte;
}

int CsvReader::peek() {
    return in_->rdbuf()->sgetc();
}

Error CsvReader::error(Errc code, std::string const& what) const {
    return Error{code, "line " + std::to_string(row_line_) + ": " + what};
}

CsvReader::End CsvReader::end_of_cell(int byte) {
    if (byte == ',') return End::cell;
    return byte == end_of_file ? End::file : End::row;
}

Result<CsvReader::End> CsvReader::read_quoted(std::string& cell) {
    for (;;) {
        if (row_bytes_ > row_bytes_max) return error(Errc::limit_exceeded, "the row is too long");
        int byte = get();
        if (byte == end_of_file) return error(Errc::malformed, "a quote is never closed");
        if (byte != '"') {
            cell += static_cast<char>(byte);
            continue;
        }
        byte = get();
        if (byte == '"') {
            cell += '"';
            continue;
        }
        if (byte == '\r' && (peek() == '\n' || peek() == end_of_file)) byte = get();
        if (byte != ',' && byte != '\n' && byte != end_of_file)
            return error(Errc::malformed, "text follows a closing quote");
        return end_of_cell(byte);
    }
}

Result<CsvReader::End> CsvReader::read_cell(std::string& cell) {
    if (peek() == '"') {
        get();
        return read_quoted(cell);
    }
    for (;;) {
        if (row_bytes_ > row_bytes_max) return error(Errc::limit_exceeded, "the row is too long");
        int const byte = get();
        if (byte == ',' || byte == '\n' || byte == end_of_file) {
            if (byte != ',' && cell.ends_with('\r')) cell.pop_back();
            return end_of_cell(byte);
        }
        cell += static_cast<char>(byte);
    }
}

Result<CsvReader::End> CsvReader::read_row(std::vector<std::string>& cells) {
    cells.clear();
    row_line_ = line_;
    row_bytes_ = 0;
    for (;;) {
        if (cells.size() == columns_max) return error(Errc::limit_exceeded, "too many columns");
        End const end = TRY(read_cell(cells.emplace_back()));
        if (end != End::cell) return end;
    }
}

Result<bool> CsvReader::next(std::vector<std::string>& cells) {
    if (at_start_ && peek() == byte_order_mark.front()) {
        for (int const expected : byte_order_mark) {
            if (get() != expected) return error(Errc::malformed, "the file is not UTF-8");
        }
    }
    at_start_ = false;
    for (;;) {
        End const end = TRY(read_row(cells));
        bool const is_empty = cells.size() == 1 && cells.front().empty();
        if (!is_empty) return true;
        if (end == End::file) return false;
    }
}

Result<CsvTable> CsvTable::open(std::istream& in) {
    CsvTable table{in};
    bool const any = TRY(table.reader_.next(table.cells_));
    if (!any) return Error{Errc::malformed, "line 1: the file is empty"};
    for (std::size_t i = 0; i < table.cells_.size(); ++i) {
        if (!table.columns_.emplace(table.cells_[i], i).second)
            return Error{Errc::malformed, "line 1: column " + table.cells_[i] + " stands twice"};
    }
    table.cells_.clear();
    return table;
}

Result<bool> CsvTable::next() {
    bool const any = TRY(reader_.next(cells_));
    if (any && cells_.size() > columns_.size()) {
        return Error{
            Errc::malformed,
            "line " + std::to_string(line()) + ": " + std::to_string(cells_.size()) +
                " cells where the header has " + std::to_string(columns_.size())};
    }
    return any;
}

std::string_view CsvTable::at(std::string_view column) const {
    auto const found = columns_.find(column);
    if (found == columns_.end() || found->second >= cells_.size()) return {};
    return cells_[found->second];
}

std::string csv_cell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string{text};
    std::string cell = "\"";
    for (char const c : text) {
        if (c == '"') cell += '"';
        cell += c;
    }
    return cell + '"';
}

}  // namespace posthaste::demand
