#include "road/traffic/speed_book.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/assert.hpp"
#include "base/codec.hpp"
#include "geo/distance.hpp"

namespace posthaste::road {

namespace {

constexpr std::uint32_t hours_a_day = 24;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t week_ms = hour_ms * static_cast<std::int64_t>(hours_a_week);
constexpr std::int64_t monday_ms = 96 * hour_ms;     // 1970-01-05 was one
constexpr std::int32_t neighbourhood_side = 90'000;  // 1 km of latitude, in units of Position
constexpr std::int32_t district_side = 4 * neighbourhood_side;
constexpr std::size_t class_count = static_cast<std::size_t>(RoadClass::ferry) + 1;
constexpr std::uint32_t version = 1;

// Evidence that counts as much as what the levels before say, in ms of free flow.
constexpr double credible_all = 10'000;
constexpr double credible_area = 60'000;
constexpr double credible_edge = 20'000;
constexpr double credible_edge_hour = 60'000;
constexpr double credible_now = 600'000;
constexpr double credible_edge_now = 120'000;
// And to say that an edge, or the fleet, has evidence of its own.
constexpr double enough_edge = 20'000;
constexpr double enough_fleet = 600'000;

double faded(double since_ms) {
    return std::exp2(-since_ms / static_cast<double>(half_life.count()));
}

std::int64_t in_week(Instant at) {
    auto const since = (at.millis() - monday_ms) % week_ms;
    return since < 0 ? since + week_ms : since;
}

/// Squares of about `side`, by their number in order of appearance.
class Squares {
public:
    explicit Squares(std::int64_t side) : side_{side} {}

    std::uint32_t number_of(Position place) {
        auto const row = place.lat / side_;
        auto const cosine = geo::cosine(2 * std::abs(row * side_));
        auto const column = ((std::int64_t{place.lon} * cosine) >> 30U) / side_;
        auto const next = static_cast<std::uint32_t>(numbers_.size());
        return numbers_.try_emplace({row, column}, next).first->second;
    }
    std::uint32_t count() const { return static_cast<std::uint32_t>(numbers_.size()); }

private:
    std::int64_t side_;
    std::map<std::pair<std::int64_t, std::int64_t>, std::uint32_t> numbers_;
};

/// What was seen of each key, to what was foreseen: the closer to 1 the less there was.
class Ratios {
public:
    Ratios(std::size_t keys, double credible) : sums_(keys), credible_{credible} {}

    void add(std::size_t key, double foreseen, double took) {
        sums_[key].foreseen += foreseen;
        sums_[key].took += took;
    }
    double of(std::size_t key) const {
        auto const& sum = sums_[key];
        return (sum.took + credible_) / (sum.foreseen + credible_);
    }

private:
    struct Sum {
        double foreseen = 0;
        double took = 0;
    };
    std::vector<Sum> sums_;
    double credible_;
};

}  // namespace

std::size_t hour_of_week(Instant at) {
    return static_cast<std::size_t>(in_week(at) / hour_ms);
}

SpeedBook::SpeedBook(Network const& network, Digest const& digest, std::size_t cell_limit)
    : network_{&network},
      digest_{digest},
      cells_(network.edge_count()),
      now_(network.edge_count()),
      cell_limit_{cell_limit} {
    set_places();
}

void SpeedBook::set_places() {
    Squares districts{district_side};
    Squares neighbourhoods{neighbourhood_side};
    for (EdgeId edge = 0; edge < network_->edge_count(); ++edge) {
        auto const place = network_->places[network_->edge_tail[edge]];
        places_.push_back(
            {network_->edge_traits[edge].road_class,
             districts.number_of(place),
             neighbourhoods.number_of(place)}
        );
    }
    district_count_ = districts.count();
    neighbourhood_count_ = neighbourhoods.count();
}

// By what was seen on the edge, at any time, and on all edges.
double SpeedBook::expected(EdgeId edge) const {
    auto free = credible_edge;
    auto took = free * (took_ms_ + credible_all) / (free_ms_ + credible_all);
    for (auto const& cell : cells_[edge]) {
        free += cell.free_ms;
        took += cell.took_ms;
    }
    return took / free;
}

void SpeedBook::learn(Passage const& passage, Profile profile) {
    ASSERT(passage.edge < cells_.size());
    auto const whole_free = edge_time(*network_, passage.edge, profile);
    if (whole_free >= never) return;
    auto const part = static_cast<double>(passage.part) / whole_edge;
    auto const free = whole_free * part;
    auto const took = std::min(
        static_cast<double>(passage.whole.count()) * part,
        free * expected(passage.edge) * outlier_factor
    );
    add_now(passage.edge, passage.entered, free, took);
    add_cell(
        passage.edge,
        static_cast<std::uint32_t>(hour_of_week(passage.entered)),
        std::llround(free),
        std::llround(took)
    );
}

void SpeedBook::add_cell(
    EdgeId edge, std::uint32_t hour, std::int64_t free_ms, std::int64_t took_ms
) {
    auto& cells = cells_[edge];
    auto found = std::ranges::lower_bound(cells, hour, {}, &SpeedCell::hour);
    if (found == cells.end() || found->hour != hour) {
        if (cell_count_ >= cell_limit_) {
            ++passed_over_;
            return;
        }
        found = cells.insert(found, {hour, 0, 0});
        ++cell_count_;
    }
    if (found->free_ms >= evidence_max_ms) {
        SpeedCell const half{hour, found->free_ms / 2, found->took_ms / 2};
        free_ms_ -= half.free_ms;
        took_ms_ -= half.took_ms;
        found->free_ms -= half.free_ms;
        found->took_ms -= half.took_ms;
    }
    auto const most = std::int64_t{evidence_max_ms};
    free_ms = std::min(free_ms, most);
    took_ms = std::min(took_ms, most * factor_max / as_free);
    found->free_ms += static_cast<std::uint32_t>(free_ms);
    found->took_ms += static_cast<std::uint32_t>(took_ms);
    free_ms_ += static_cast<double>(free_ms);
    took_ms_ += static_cast<double>(took_ms);
}

void SpeedBook::add_now(EdgeId edge, Instant at, double free_ms, double took_ms) {
    auto& fading = now_[edge];
    auto const since = static_cast<double>((at - fading.at).count());
    auto const left = faded(std::abs(since));
    if (since >= 0) {
        fading = {at, fading.age_ms + since, fading.free_ms * left, fading.took_ms * left};
    } else {
        free_ms *= left;
        took_ms *= left;
    }
    fading.age_ms = (fading.age_ms * fading.free_ms + std::max(0.0, -since) * free_ms) /
                    (fading.free_ms + free_ms);
    fading.free_ms += free_ms;
    fading.took_ms += took_ms;
}

// What the cells say, from the whole down to the edge: each level is of what those above it left.
class SpeedBook::Fit {
public:
    explicit Fit(SpeedBook const& book) : book_{book} {
        auto const districts = book.district_count_;
        auto const neighbourhoods = book.neighbourhood_count_;
        levels_.emplace_back(1, credible_all);
        levels_.emplace_back(class_count, credible_all);
        levels_.emplace_back(class_count * hours_a_day, credible_area);
        levels_.emplace_back(class_count * hours_a_week, credible_area);
        levels_.emplace_back(districts, credible_area);
        levels_.emplace_back(districts * hours_a_day, credible_area);
        levels_.emplace_back(neighbourhoods, credible_area);
        levels_.emplace_back(neighbourhoods * hours_a_day, credible_area);
        levels_.emplace_back(book.cells_.size(), credible_edge);
        ASSERT(levels_.size() == level_count);
        for (std::size_t level = 0; level < level_count; ++level)
            read(level);
    }

    double factor(EdgeId edge, std::uint32_t hour) const {
        auto const around = product(edge, hour, level_count);
        auto const& cells = book_.cells_[edge];
        auto const found = std::ranges::lower_bound(cells, hour, {}, &SpeedCell::hour);
        if (found == cells.end() || found->hour != hour) return around;
        return around * (found->took_ms + credible_edge_hour) /
               (found->free_ms * around + credible_edge_hour);
    }
    /// In the middle of an hour it is that hour's, between two middles between theirs.
    double factor(EdgeId edge, Instant at) const {
        auto const half_past = (in_week(at) + week_ms - hour_ms / 2) % week_ms;
        auto const hour = static_cast<std::uint32_t>(half_past / hour_ms);
        auto const next = static_cast<std::uint32_t>((hour + 1) % hours_a_week);
        auto const later = static_cast<double>(half_past % hour_ms) / hour_ms;
        return factor(edge, hour) * (1 - later) + factor(edge, next) * later;
    }
    /// What was driven on the edge at any time.
    double evidence(EdgeId edge) const {
        double free = 0;
        for (auto const& cell : book_.cells_[edge])
            free += cell.free_ms;
        return free;
    }

private:
    static constexpr std::size_t level_count = 9;

    std::array<std::size_t, level_count> keys(EdgeId edge, std::uint32_t hour) const {
        auto const [road_class, district, neighbourhood] = book_.places_[edge];
        auto const day_hour = hour % hours_a_day;
        return {
            0,
            road_class,
            road_class * hours_a_day + day_hour,
            road_class * hours_a_week + hour,
            district,
            district * hours_a_day + day_hour,
            neighbourhood,
            neighbourhood * hours_a_day + day_hour,
            edge};
    }
    double product(EdgeId edge, std::uint32_t hour, std::size_t levels) const {
        auto const key = keys(edge, hour);
        double factor = 1;
        for (std::size_t level = 0; level < levels; ++level)
            factor *= levels_[level].of(key[level]);
        return factor;
    }
    void read(std::size_t level) {
        for (EdgeId edge = 0; edge < book_.cells_.size(); ++edge) {
            for (auto const& cell : book_.cells_[edge]) {
                auto const foreseen = cell.free_ms * product(edge, cell.hour, level);
                levels_[level].add(keys(edge, cell.hour)[level], foreseen, cell.took_ms);
            }
        }
    }

    SpeedBook const& book_;
    std::vector<Ratios> levels_;
};

// How it differs just now from what is usual, from the whole down to the edge.
class SpeedBook::Now {
public:
    Now(SpeedBook const& book, Instant at, Fit const& fit)
        : book_{book},
          all_{1, credible_now},
          district_{book.district_count_, credible_now},
          neighbourhood_{book.neighbourhood_count_, credible_now},
          edge_{book.now_.size(), credible_edge_now},
          free_(book.now_.size()) {
        for (EdgeId edge = 0; edge < book.now_.size(); ++edge) {
            auto const& fading = book.now_[edge];
            if (fading.free_ms <= 0) continue;
            auto const since = std::max<std::int64_t>(0, (at - fading.at).count());
            auto const left = faded(static_cast<double>(since));
            free_[edge] = fading.free_ms * left;
            // What is usual when it was driven: in an hour that becomes worse, less than now.
            auto const driven = fading.at - Millis{std::llround(fading.age_ms)};
            seen_.push_back({edge, free_[edge] * fit.factor(edge, driven), fading.took_ms * left});
        }
        for (auto const& seen : seen_)
            all_.add(0, seen.usual_ms, seen.took_ms);
        for (auto const& seen : seen_)
            district_.add(place(seen).district, seen.usual_ms * all_.of(0), seen.took_ms);
        for (auto const& seen : seen_)
            neighbourhood_.add(
                place(seen).neighbourhood,
                seen.usual_ms * all_.of(0) * district_.of(place(seen).district),
                seen.took_ms
            );
        for (auto const& seen : seen_)
            edge_.add(seen.edge, seen.usual_ms * around(seen.edge), seen.took_ms);
    }

    double ratio(EdgeId edge) const { return around(edge) * edge_.of(edge); }
    double evidence(EdgeId edge) const { return free_[edge]; }

private:
    struct Seen {
        EdgeId edge = none;
        double usual_ms = 0;
        double took_ms = 0;
    };

    EdgePlace const& place(Seen const& seen) const { return book_.places_[seen.edge]; }
    double around(EdgeId edge) const {
        auto const& place = book_.places_[edge];
        return all_.of(0) * district_.of(place.district) * neighbourhood_.of(place.neighbourhood);
    }

    SpeedBook const& book_;
    Ratios all_;
    Ratios district_;
    Ratios neighbourhood_;
    Ratios edge_;
    std::vector<double> free_;  ///< by edge
    std::vector<Seen> seen_;
};

namespace {

std::int32_t confidence_of(double evidence, double enough) {
    return static_cast<std::int32_t>(std::llround(1000 * evidence / (evidence + enough)));
}

}  // namespace

Traffic SpeedBook::factors(Instant at) const {
    Fit const fit{*this};
    Now const now{*this, at, fit};
    Traffic traffic;
    double now_evidence = 0;
    for (EdgeId edge = 0; edge < places_.size(); ++edge) {
        auto const factor = std::llround(fit.factor(edge, at) * now.ratio(edge) * as_free);
        traffic.factors.per_mille.push_back(
            static_cast<std::uint16_t>(std::clamp<long long>(factor, factor_min, factor_max))
        );
        now_evidence += now.evidence(edge);
        auto const source = now.evidence(edge) >= enough_edge   ? model::TravelSource::live
                            : fit.evidence(edge) >= enough_edge ? model::TravelSource::historical
                                                                : model::TravelSource::free_flow;
        ++traffic.edge_count[static_cast<std::size_t>(source)];
    }
    bool const is_live = now_evidence >= enough_fleet;
    auto const evidence = is_live ? now_evidence : free_ms_;
    traffic.confidence = confidence_of(evidence, enough_fleet);
    if (evidence >= enough_fleet)
        traffic.source = is_live ? model::TravelSource::live : model::TravelSource::historical;
    return traffic;
}

namespace {

struct StoredCell {
    EdgeId edge = 0;
    std::uint32_t hour = 0;
    std::uint32_t free_ms = 0;
    std::uint32_t took_ms = 0;

    bool operator==(StoredCell const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "edge", self.edge);
        field(2, "hour", self.hour);
        field(3, "free_ms", self.free_ms);
        field(4, "took_ms", self.took_ms);
    }
};

struct StoredBook {
    std::uint32_t version = 0;
    Digest network;
    std::vector<StoredCell> cells;

    bool operator==(StoredBook const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "version", self.version);
        field(2, "network", self.network);
        field(3, "cells", self.cells);
    }
};

bool is_sound(StoredCell const& cell, std::uint32_t edges) {
    return cell.edge < edges && cell.hour < hours_a_week && cell.free_ms <= 2 * evidence_max_ms &&
           cell.took_ms / (factor_max / as_free) <= 2 * evidence_max_ms;
}

}  // namespace

std::string SpeedBook::encode() const {
    StoredBook stored{version, digest_, {}};
    stored.cells.reserve(cell_count_);
    for (EdgeId edge = 0; edge < cells_.size(); ++edge)
        for (auto const& cell : cells_[edge])
            stored.cells.push_back({edge, cell.hour, cell.free_ms, cell.took_ms});
    return posthaste::encode(stored);
}

Result<SpeedBook> SpeedBook::decode(
    std::string_view bytes, Network const& network, Digest const& digest
) {
    auto const stored = TRY(posthaste::decode<StoredBook>(bytes));
    if (stored.version > version)
        return Error{Errc::too_new, "the speeds are of version " + std::to_string(stored.version)};
    if (stored.network != digest)
        return Error{Errc::malformed, "the speeds are of another network: " + stored.network.hex()};
    SpeedBook book{network, digest};
    for (auto const& cell : stored.cells) {
        if (!is_sound(cell, network.edge_count()))
            return Error{Errc::corrupt, "the speeds name an edge, hour or time that cannot be"};
        book.add_cell(cell.edge, cell.hour, cell.free_ms, cell.took_ms);
    }
    return book;
}

}  // namespace posthaste::road
