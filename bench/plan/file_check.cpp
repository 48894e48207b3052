#include "bench/plan/file_check.hpp"

#include <cmath>
#include <map>
#include <sstream>

namespace posthaste::bench {

namespace {

constexpr double rounding = 1e-6;  // of sums of doubles

struct Row {
    double x = 0;
    double y = 0;
    double demand = 0;
    double ready = 0;
    double due = 0;
    double service = 0;
    std::size_t pickup = 0;
    std::size_t delivery = 0;
};

struct File {
    std::size_t vehicles = 0;
    double capacity = 0;
    bool has_pairs = false;
    std::vector<Row> rows;
};

double distance(File const& file, std::size_t from, std::size_t to) {
    auto const& a = file.rows[from];
    auto const& b = file.rows[to];
    double const exact = std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
    return file.has_pairs ? exact : std::floor(exact * 10) / 10;
}

File read(std::string const& text, bool has_pairs) {
    std::stringstream lines{text};
    std::string line;
    File file;
    file.has_pairs = has_pairs;
    // Solomon's begin with nine lines, of which the fifth counts.
    for (int i = has_pairs ? 5 : 1; i <= (has_pairs ? 5 : 9); ++i) {
        std::getline(lines, line);
        if (i == 5) std::stringstream{line} >> file.vehicles >> file.capacity;
    }
    Row row;
    std::size_t number = 0;
    while (lines >> number >> row.x >> row.y >> row.demand >> row.ready >> row.due >> row.service) {
        if (has_pairs) lines >> row.pickup >> row.delivery;
        file.rows.push_back(row);
    }
    return file;
}

Error broken(std::size_t route, std::size_t row, std::string const& rule) {
    return Error{
        Errc::corrupt,
        "by the file, route " + std::to_string(route) + " breaks at " + std::to_string(row) + ": " +
            rule};
}

class Drive {
public:
    Drive(File const& file, std::size_t route, std::vector<bool>& seen)
        : file_{file}, route_{route}, seen_{seen} {}

    Result<double> length(std::vector<std::size_t> const& stops) {
        if (!file_.has_pairs) {
            for (auto const stop : stops)
                load_ += stop < file_.rows.size() ? file_.rows[stop].demand : 0;
        }
        if (load_ > file_.capacity) return broken(route_, 0, "capacity");
        for (auto const stop : stops)
            (void)TRY(visit(stop));
        for (auto const& [delivery, is_open] : open_) {
            if (is_open) return broken(route_, delivery, "never delivered");
        }
        go(0);
        if (at_ > file_.rows[0].due + rounding) return broken(route_, 0, "back too late");
        return length_;
    }

private:
    void go(std::size_t to) {
        auto const step = distance(file_, from_, to);
        length_ += step;
        at_ += step;
        from_ = to;
    }

    Status visit(std::size_t stop) {
        if (stop == 0 || stop >= file_.rows.size()) return broken(route_, stop, "no such row");
        if (seen_[stop]) return broken(route_, stop, "visited twice");
        seen_[stop] = true;
        auto const& row = file_.rows[stop];
        go(stop);
        at_ = std::max(at_, row.ready);
        if (at_ > row.due + rounding) return broken(route_, stop, "too late");
        at_ += row.service;
        if (!file_.has_pairs) return Unit{};
        load_ += row.demand;
        if (load_ > file_.capacity) return broken(route_, stop, "capacity");
        if (row.pickup == 0) {
            open_[row.delivery] = true;
        } else if (!open_[stop]) {
            return broken(route_, stop, "not picked up before");
        } else {
            open_[stop] = false;
        }
        return Unit{};
    }

    File const& file_;
    std::size_t route_ = 0;
    std::vector<bool>& seen_;
    std::map<std::size_t, bool> open_;
    std::size_t from_ = 0;
    double at_ = 0;
    double load_ = 0;
    double length_ = 0;
};

Result<FileCost> check(File const& file, NumberedRoutes const& routes) {
    std::vector<bool> seen(file.rows.size());
    FileCost cost;
    for (std::size_t i = 0; i < routes.size(); ++i) {
        if (routes[i].empty()) continue;
        ++cost.vehicles;
        cost.distance += TRY((Drive{file, i, seen}.length(routes[i])));
    }
    if (cost.vehicles > file.vehicles) return broken(file.vehicles, 0, "too many vehicles");
    for (std::size_t i = 1; i < seen.size(); ++i) {
        if (!seen[i]) return broken(routes.size(), i, "not visited");
    }
    return cost;
}

}  // namespace

Result<FileCost> check_solomon(std::string const& text, NumberedRoutes const& routes) {
    return check(read(text, false), routes);
}

Result<FileCost> check_lilim(std::string const& text, NumberedRoutes const& routes) {
    return check(read(text, true), routes);
}

}  // namespace posthaste::bench
