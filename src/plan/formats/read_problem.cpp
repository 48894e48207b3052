#include "plan/formats/read_problem.hpp"

#include <algorithm>

#include "plan/formats/lilim.hpp"
#include "plan/formats/scanner.hpp"
#include "plan/formats/solomon.hpp"
#include "plan/formats/vrplib.hpp"

namespace posthaste::plan {

namespace {

bool is_number(Word const& word) {
    return word.text.find_first_not_of("0123456789") == std::string_view::npos;
}

Result<NamedProblem> read_any(std::string_view text) {
    Scanner scanner{text};
    scanner.next();
    auto const first = scanner.whole_line();
    auto const words = scanner.words();
    bool const has_key = first.text.find(':') != std::string_view::npos;
    if (has_key || first.text.ends_with("_SECTION")) return read_vrplib(text);
    if (words.size() == 3 && std::ranges::all_of(words, is_number)) return read_lilim(text);
    scanner.next();
    if (scanner.line().starts_with("VEHICLE")) return read_solomon(text);
    return unexpected(
        first,
        "the name of a Solomon instance before VEHICLE, the three numbers of a Li-Lim instance, or "
        "a VRPLIB key before a colon"
    );
}

}  // namespace

Result<NamedProblem> read_problem(std::string_view text) {
    auto read = TRY(read_any(text));
    if (auto const fault = fault_in(read.problem); !fault.empty()) {
        return Error{Errc::limit_exceeded, fault};
    }
    return read;
}

}  // namespace posthaste::plan
