// The history's database and its statements. Private to views/sqlite.
#pragma once

#include "log/sqlite/database.hpp"
#include "views/sqlite/history.hpp"

namespace posthaste::views {

struct History::Rows {
    log::Database database;
    log::Statement put_entry;
    log::Statement put_event;
    log::Statement put_decision;
    log::Statement put_claim;
    log::Statement get_claim;
    log::Statement put_region;
    log::Statement put_place;
    log::Statement put_fix;

    Status prepare();
    Status run(log::Statement& statement, auto const&... values) {
        log::Use const use{statement};
        statement.bind(values...);
        TRY(statement.step());
        return Unit{};
    }
    /// Whatever `body` does, or nothing of it.
    Status transaction(auto&& body) {
        TRY(database.run("BEGIN IMMEDIATE"));
        Status done = body();
        if (done.ok()) done = database.run("COMMIT");
        if (!done.ok()) {
            auto const undone = database.run("ROLLBACK");
            MAYBE(undone.ok());
        }
        return done;
    }
};

/// Puts one record's rows in. Within a transaction.
class History::Insert {
public:
    Insert(Rows& rows, RegionId region) : rows_{rows}, region_{region} {}
    Status record(model::Record const& record);

private:
    /// What an event is about.
    struct About {
        model::JobId job{};
        model::AgentId agent{};
    };
    Status entry(model::EventNumber number, model::Entry const& entry);
    Status event(model::EventNumber number, model::EventNumber entry, model::Event const& event);
    template <class E>
    Result<About> about(E const& event);
    Result<About> claim(std::uint64_t id);
    Status put_claim(std::uint64_t id, About what);

    Rows& rows_;
    RegionId region_;
};

}  // namespace posthaste::views
