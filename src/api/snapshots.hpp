// A region's snapshot as text, made once for all who ask at the same event.
//
// Takes    the board.
// Gives    the same bytes to everybody of one visibility class until the region's next event.
// Shapes   {"region","number","cursor","at","zones","jobs","agents"}; the stream goes on from
//          cursor. Positions are at most positions_old_max old, like the stream's.
// Errors   null: there is no such region.
// Cost     making one: about 10 us for each job and agent; giving it again: a look-up.
// Limits   what is older than positions_old_max is dropped when the next one is made.
// Threads  any; one mutex, not held while one is made.
#pragma once

#include <map>
#include <mutex>
#include <utility>

#include "api/http.hpp"
#include "views/board.hpp"
#include "views/show.hpp"

namespace posthaste::api {

constexpr Millis positions_old_max{1000};

class Snapshots {
public:
    explicit Snapshots(views::Board const& board) : board_{board} {}

    Frame text(RegionId region, views::Audience audience);

private:
    struct Made {
        model::EventNumber number = 0;
        std::int64_t at_micros = 0;
        Frame text;

        bool is_young() const {
            return steady_micros() - at_micros <= positions_old_max.count() * 1000;
        }
    };

    views::Board const& board_;
    std::mutex mutex_;
    std::map<std::pair<RegionId, views::Audience>, Made> made_;
};

}  // namespace posthaste::api
