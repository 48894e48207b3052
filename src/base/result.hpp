// Result<T>: a value, or the Error that says why there is none.
//
// For operating errors only: what the world may do to us (disk, network, malformed bytes, limits).
// A rule of the domain that says no is a Rejection in the reply, not an Error; a bug is an ASSERT.
//
// Why our own: g++ 12 has std::expected only under -std=c++23 and without and_then/transform, clang
// up to 16 (our clang-tidy and clangd) has none, and neither it nor tl::expected 1.0 is
// [[nodiscard]], so a forgotten error would compile in silence.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "base/assert.hpp"

namespace posthaste {

/// Closed list. The number is what the log and the wire carry: never reuse or renumber one.
enum class Errc : std::uint16_t {
    limit_exceeded = 1,  ///< a bounded queue, batch or buffer is full; retry later
    io_failed = 2,       ///< the disk or the network said no; retry may help
    corrupt = 3,         ///< bytes were read, and do not say what they must; never retry
    malformed = 4,       ///< a request that cannot be parsed; the sender must change it
    in_use = 5,          ///< another process holds what we need; never retry by itself
    too_new = 6,         ///< written by a newer version; an upgrade is the way out
    not_found = 7,       ///< what was named is not there
    fenced = 8,          ///< another writer owns the log now; this term is over
};

struct Error {
    Errc code{};
    std::string detail;  ///< for a person; code never branches on it
};

template <class T>
class [[nodiscard]] Result {
public:
    // Implicit, so that `return value;` and `return error;` both work.
    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
    // NOLINTNEXTLINE(google-explicit-constructor)
    Result(Error error) : state_{std::in_place_index<1>, std::move(error)} {}

    bool ok() const noexcept { return state_.index() == 0; }

    /// Requires: ok().
    T const& value() const& {
        ASSERT(ok());
        return *std::get_if<0>(&state_);
    }
    T value() && {
        ASSERT(ok());
        return std::move(*std::get_if<0>(&state_));
    }

    /// Requires: !ok().
    Error const& error() const& {
        ASSERT(!ok());
        return *std::get_if<1>(&state_);
    }
    Error&& error() && {
        ASSERT(!ok());
        return std::move(*std::get_if<1>(&state_));
    }

private:
    std::variant<T, Error> state_;
};

struct Unit {};
using Status = Result<Unit>;

}  // namespace posthaste

/// The value of a Result, or return its Error from this function: auto log = TRY(Log::open(path));
/// A GNU statement expression (g++ and clang both have it).
#define TRY(expression)                                               \
    __extension__({                                                   \
        auto try_result_ = (expression);                              \
        if (!try_result_.ok()) return std::move(try_result_).error(); \
        std::move(try_result_).value();                               \
    })
