#include "road/traffic/eta_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/assert.hpp"
#include "base/codec.hpp"
#include "geo/distance.hpp"
#include "road/traffic/speed_book.hpp"

namespace posthaste::road {

namespace {

constexpr std::uint32_t version = 1;
constexpr std::int64_t one = 65'536;
constexpr std::int64_t zone_side = 180'000;  // 2 km of latitude, in units of Position
constexpr std::size_t length_knots = 12;     // 16 s, 32 s, ... 9 h
constexpr std::int64_t length_first_ms = 16'000;
constexpr std::size_t detour_knots = 8;  // 25 ms a metre straight on (144 km/h), 50, ...
constexpr std::int64_t detour_first = 25;
constexpr std::int64_t detour_metres_more = 100;  // so that short drives have no wild detours
constexpr std::int64_t band_unknown = 2 * one;    // p90 of p50 where nothing is known
constexpr std::int64_t enough_drives = 30;        // at one length, to be half sure
constexpr std::int32_t factor_most = 64 * one;
constexpr Millis drive_min{1000};
constexpr std::int64_t longest_ms = std::int64_t{7} * 86'400'000;

/// Squares of about `side`; integers only.
std::uint64_t zone_of(model::Position place) {
    auto const row = place.lat / zone_side;
    auto const cosine = geo::cosine(2 * std::abs(row * zone_side));
    auto const column = ((std::int64_t{place.lon} * cosine) >> 30U) / zone_side;
    return static_cast<std::uint64_t>((row + 0x1'0000) << 32U) +
           static_cast<std::uint64_t>(column + 0x1'0000);
}

/// Between two knots, each twice the one before: how much of the second, in 1/65536.
struct Knot {
    std::size_t first = 0;
    std::int64_t second_share = 0;
};

Knot knot_of(std::int64_t value, std::int64_t first, std::size_t count) {
    if (value <= first) return {0, 0};
    for (std::size_t i = 0; i + 1 < count; ++i, first *= 2)
        if (value < 2 * first) return {i, (value - first) * one / first};
    return {count - 2, one};
}

Knot length_knot(Millis foreseen) {
    return knot_of(foreseen.count(), length_first_ms, length_knots);
}

Knot detour_knot(Millis foreseen, std::int64_t straight_m) {
    auto const per_metre =
        (foreseen.count() + detour_first * detour_metres_more) / (straight_m + detour_metres_more);
    return knot_of(per_metre, detour_first, detour_knots);
}

std::int64_t at_knot(std::vector<std::int32_t> const& table, Knot knot, std::int64_t otherwise) {
    if (table.empty()) return otherwise;
    auto const first = std::int64_t{table[knot.first]};
    return first + (table[knot.first + 1] - first) * knot.second_share / one;
}

std::int64_t at_key(EtaTables::Keyed const& table, std::uint64_t key) {
    auto const found =
        std::ranges::lower_bound(table, key, {}, &EtaTables::Keyed::value_type::first);
    return found != table.end() && found->first == key ? found->second : one;
}

Millis times(Millis time, std::int64_t factor) {
    return Millis{std::clamp<std::int64_t>(time.count() * factor / one, 1, longest_ms)};
}

PastDrive past_of(Drive const& drive, Millis took) {
    return {
        .foreseen = drive.foreseen,
        .took = took,
        .begun = drive.begun,
        .straight_m = geo::distance(drive.from, drive.to).count(),
        .origin = zone_of(drive.from),
        .destination = zone_of(drive.to),
        .agent = drive.agent};
}

Millis corrected_by(EtaTables const& tables, PastDrive const& drive) {
    auto const hour = hour_of_week(drive.begun);
    auto time = times(drive.foreseen, at_knot(tables.lengths, length_knot(drive.foreseen), one));
    time = times(time, at_knot(tables.detours, detour_knot(drive.foreseen, drive.straight_m), one));
    if (!tables.hours.empty()) time = times(time, tables.hours[hour]);
    time = times(time, at_key(tables.origins, drive.origin));
    return times(time, at_key(tables.destinations, drive.destination));
}

}  // namespace

Millis EtaModel::corrected(Drive const& drive) const {
    return corrected_by(tables_, past_of(drive, {}));
}

EtaBand EtaModel::band(Drive const& drive) const {
    return around(corrected(drive), drive.agent);
}

EtaBand EtaModel::around(Millis corrected, model::AgentId agent) const {
    auto const knot = length_knot(corrected);
    EtaBand band;
    band.p50 = times(corrected, at_key(tables_.agents, static_cast<std::uint64_t>(agent)));
    band.p90 = times(band.p50, at_knot(tables_.p90, knot, band_unknown));
    auto const drives = at_knot(tables_.evidence, knot, 0);
    band.confidence = static_cast<std::int32_t>(1000 * drives / (drives + enough_drives));
    return band;
}

std::string EtaModel::encode() const {
    return posthaste::encode(tables_);
}

namespace {

bool is_sound(std::vector<std::int32_t> const& table, std::size_t size, std::int32_t most) {
    auto const fits = [&](std::int32_t entry) { return entry >= 0 && entry <= most; };
    return (table.empty() || table.size() == size) && std::ranges::all_of(table, fits);
}

bool is_sound(EtaTables::Keyed const& table, std::size_t size) {
    auto const fits = [](auto const& entry) {
        return entry.second >= 0 && entry.second <= factor_most;
    };
    return table.size() <= size && std::ranges::all_of(table, fits) &&
           std::ranges::is_sorted(table, {}, &EtaTables::Keyed::value_type::first);
}

bool is_sound(EtaTables const& tables) {
    constexpr auto drives = static_cast<std::int32_t>(drives_max);
    return is_sound(tables.lengths, length_knots, factor_most) &&
           is_sound(tables.detours, detour_knots, factor_most) &&
           is_sound(tables.hours, hours_a_week, factor_most) &&
           is_sound(tables.origins, zones_max) && is_sound(tables.destinations, zones_max) &&
           is_sound(tables.agents, agents_max) && is_sound(tables.p90, length_knots, factor_most) &&
           is_sound(tables.evidence, length_knots, drives);
}

}  // namespace

Result<EtaModel> EtaModel::decode(std::string_view bytes) {
    auto tables = TRY(posthaste::decode<EtaTables>(bytes));
    if (tables.version > version)
        return Error{Errc::too_new, "the model is of version " + std::to_string(tables.version)};
    if (!is_sound(tables)) return Error{Errc::corrupt, "a table of the model cannot be"};
    return EtaModel{std::move(tables)};
}

void EtaBook::learn(Drive const& drive, Millis took) {
    if (drive.foreseen < drive_min || took < drive_min) return;
    auto past = past_of(drive, took);
    if (drives_.size() < drives_max) {
        drives_.push_back(past);
    } else {
        drives_[next_] = past;
        next_ = (next_ + 1) % drives_max;
    }
}

namespace {

/// What a drive has of an effect: one key, or two knots beside each other.
struct Share {
    std::uint32_t key = 0;
    double weight = 1;
    double next_weight = 0;  ///< of the key after
};

/// One table of the model while it is learned, as logarithms.
struct Effect {
    std::vector<Share> shares;  ///< by drive
    std::vector<double> sums;   ///< by key: of what is left for it
    std::vector<double> weights;
    double credible = 0;  ///< drives that count as much as no effect at all

    Effect(std::size_t keys, double the_credible)
        : sums(keys), weights(keys), credible{the_credible} {}

    double value(std::size_t key) const { return sums[key] / (weights[key] + credible); }
    double of(std::size_t drive) const {
        auto const& share = shares[drive];
        auto sum = share.weight * value(share.key);
        if (share.next_weight > 0) sum += share.next_weight * value(share.key + 1);
        return sum;
    }
    /// As it would be without the drive itself, for which `rest` was left.
    double without(std::size_t drive, double rest) const {
        auto const& share = shares[drive];
        auto const part = [&](std::size_t key, double weight) {
            auto const others = weights[key] - weight + credible;
            return others <= 0 ? 0 : weight * (sums[key] - weight * rest) / others;
        };
        auto sum = part(share.key, share.weight);
        if (share.next_weight > 0) sum += part(share.key + 1, share.next_weight);
        return sum;
    }
    void learn(std::vector<double> const& rests) {
        std::ranges::fill(sums, 0);
        std::ranges::fill(weights, 0);
        for (std::size_t i = 0; i < rests.size(); ++i) {
            auto const& share = shares[i];
            sums[share.key] += share.weight * rests[i];
            weights[share.key] += share.weight;
            if (share.next_weight <= 0) continue;
            sums[share.key + 1] += share.next_weight * rests[i];
            weights[share.key + 1] += share.next_weight;
        }
    }
    std::int32_t factor(std::size_t key, double scale = 1) const {
        auto const factor = std::exp(value(key)) * scale * one;
        return static_cast<std::int32_t>(std::clamp<double>(std::round(factor), 1, factor_most));
    }
};

Share share_of(Knot knot) {
    auto const second = static_cast<double>(knot.second_share) / one;
    return {static_cast<std::uint32_t>(knot.first), 1 - second, second};
}

/// The keys with the most drives, in their own order, and each one's place among them.
class Keys {
public:
    Keys(std::vector<PastDrive> const& drives, std::size_t most, auto const& key_of) {
        std::map<std::uint64_t, std::size_t> counts;
        for (auto const& drive : drives)
            ++counts[key_of(drive)];
        std::vector<std::pair<std::size_t, std::uint64_t>> order;
        for (auto const& [key, count] : counts)
            order.emplace_back(count, key);
        std::ranges::sort(order, std::greater{});
        if (order.size() > most) order.resize(most);
        for (auto const& [_, key] : order)
            keys_.push_back(key);
        std::ranges::sort(keys_);
        for (auto const& drive : drives)
            shares_.push_back(share(key_of(drive)));
    }

    std::vector<std::uint64_t> const& all() const { return keys_; }
    Effect effect(double credible) const {
        Effect effect{keys_.size() + 1, credible};  // the last: all others
        effect.shares = shares_;
        return effect;
    }

private:
    Share share(std::uint64_t key) const {
        auto const found = std::ranges::lower_bound(keys_, key);
        bool const is_here = found != keys_.end() && *found == key;
        return {
            static_cast<std::uint32_t>(is_here ? found - keys_.begin() : std::ssize(keys_)),
            is_here ? 1.0 : 0.0,
            0};
    }

    std::vector<std::uint64_t> keys_;
    std::vector<Share> shares_;
};

/// The least value that has `share` of the weight at or below it. Requires: there is one.
double quantile(std::vector<std::pair<double, double>> weighted, double share) {
    ASSERT(!weighted.empty());
    std::ranges::sort(weighted);
    double whole = 0;
    for (auto const& [_, weight] : weighted)
        whole += weight;
    double sum = 0;
    for (auto const& [value, weight] : weighted) {
        sum += weight;
        if (sum >= share * whole) return value;
    }
    return weighted.back().first;
}

class Fitting {
public:
    explicit Fitting(std::vector<PastDrive> const& drives)
        : drives_{drives},
          origins_{drives, zones_max, [](PastDrive const& drive) { return drive.origin; }},
          destinations_{
              drives, zones_max, [](PastDrive const& drive) { return drive.destination; }},
          agents_{drives, agents_max, [](PastDrive const& drive) {
                      return static_cast<std::uint64_t>(drive.agent);
                  }} {
        set_logs();
        effects_.emplace_back(length_knots, credible_knot);
        effects_.emplace_back(detour_knots, credible_knot);
        effects_.emplace_back(hours_a_week, credible_hour);
        for (auto const& drive : drives) {
            effects_[length].shares.push_back(share_of(length_knot(drive.foreseen)));
            effects_[detour].shares.push_back(share_of(detour_knot(drive.foreseen, drive.straight_m)
            ));
            effects_[hour].shares.push_back(
                {static_cast<std::uint32_t>(hour_of_week(drive.begun)), 1, 0}
            );
        }
        effects_.push_back(origins_.effect(credible_zone));
        effects_.push_back(destinations_.effect(credible_zone));
        effects_.push_back(agents_.effect(credible_agent));
        for (int round = 0; round < rounds; ++round)
            for (auto& effect : effects_)
                effect.learn(rests_for(effect));
    }

    EtaTables tables() const {
        EtaTables tables;
        tables.version = version;
        auto const& lengths = effects_[length];
        auto const scale = std::exp(middle_) * level();
        for (std::size_t knot = 0; knot < length_knots; ++knot)
            tables.lengths.push_back(lengths.factor(knot, scale));
        for (std::size_t knot = 0; knot < detour_knots; ++knot)
            tables.detours.push_back(effects_[detour].factor(knot));
        for (std::size_t key = 0; key < hours_a_week; ++key)
            tables.hours.push_back(effects_[hour].factor(key));
        tables.origins = keyed(origins_, effects_[origin]);
        tables.destinations = keyed(destinations_, effects_[destination]);
        tables.agents = keyed(agents_, effects_[agent]);
        std::erase_if(tables.agents, [](auto const& entry) { return entry.first == 0; });
        set_band(tables);
        return tables;
    }

private:
    enum : std::size_t { length, detour, hour, origin, destination, agent };
    static constexpr int rounds = 8;
    static constexpr double credible_knot = 3;
    static constexpr double credible_hour = 20;
    static constexpr double credible_zone = 8;
    static constexpr double credible_agent = 10;
    static constexpr double wild = 1;  // a drive counts as no further off than e times, or 1/e

    void set_logs() {
        std::vector<std::pair<double, double>> ratios;
        for (auto const& drive : drives_) {
            logs_.push_back(std::log(
                static_cast<double>(drive.took.count()) /
                static_cast<double>(drive.foreseen.count())
            ));
            ratios.emplace_back(logs_.back(), 1);
        }
        middle_ = quantile(std::move(ratios), 0.5);
        for (auto& log : logs_)
            log = std::clamp(log - middle_, -wild, wild);
    }
    std::vector<double> rests_for(Effect const& effect) const {
        std::vector<double> rests;
        for (std::size_t i = 0; i < drives_.size(); ++i)
            rests.push_back(logs_[i] - sum(i) + effect.of(i));
        return rests;
    }
    double sum(std::size_t drive) const {
        double sum = 0;
        for (auto const& effect : effects_)
            sum += effect.of(drive);
        return sum;
    }
    /// What took() is of what the tables say without this drive, but for their level.
    double off(std::size_t drive) const {
        auto const rest = logs_[drive] - sum(drive);
        double without = middle_;
        for (auto const& effect : effects_)
            without += effect.without(drive, rest + effect.of(drive));
        auto const& past = drives_[drive];
        return static_cast<double>(past.took.count()) /
               (static_cast<double>(past.foreseen.count()) * std::exp(without));
    }
    /// The factor that makes the sum of all errors least: a median by length.
    double level() const {
        std::vector<std::pair<double, double>> ratios;
        for (std::size_t i = 0; i < drives_.size(); ++i)
            ratios.emplace_back(off(i), static_cast<double>(drives_[i].foreseen.count()));
        return quantile(std::move(ratios), 0.5);
    }
    void set_band(EtaTables& tables) const {
        auto const level_factor = level();
        auto const& lengths = effects_[length];
        for (std::size_t knot = 0; knot < length_knots; ++knot) {
            std::vector<std::pair<double, double>> ratios;
            double drives = 0;
            for (std::size_t i = 0; i < drives_.size(); ++i) {
                auto const& share = lengths.shares[i];
                double weight = share.key == knot ? share.weight : 0;
                if (share.key + 1 == knot) weight = share.next_weight;
                drives += weight;
                weight += credible_band / static_cast<double>(drives_.size());
                ratios.emplace_back(off(i) / level_factor, weight);
            }
            // One more than were seen, as it is for the next drive.
            auto const share = std::min(1.0, 0.9 * (1 + 1 / (drives + credible_band)));
            auto const p90 = std::clamp(
                quantile(std::move(ratios), share) * one, double{one}, double{factor_most}
            );
            tables.p90.push_back(static_cast<std::int32_t>(std::lround(p90)));
            tables.evidence.push_back(static_cast<std::int32_t>(std::lround(drives)));
        }
    }
    static EtaTables::Keyed keyed(Keys const& keys, Effect const& effect) {
        EtaTables::Keyed table;
        for (std::size_t i = 0; i < keys.all().size(); ++i)
            table.emplace_back(keys.all()[i], effect.factor(i));
        return table;
    }

    static constexpr double credible_band = 30;

    std::vector<PastDrive> const& drives_;
    Keys origins_;
    Keys destinations_;
    Keys agents_;
    std::vector<double> logs_;  ///< took to foreseen, around the middle
    double middle_ = 0;
    std::vector<Effect> effects_;
};

}  // namespace

EtaModel EtaBook::model() const {
    if (drives_.empty()) return {};
    return EtaModel{Fitting{drives_}.tables()};
}

namespace {

struct StoredDrives {
    std::uint32_t version = 0;
    std::vector<PastDrive> drives;

    bool operator==(StoredDrives const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "version", self.version);
        field(2, "drives", self.drives);
    }
};

}  // namespace

// The oldest first, so that they are forgotten in order whoever reads them.
std::string EtaBook::encode() const {
    StoredDrives stored{version, drives_};
    std::ranges::rotate(stored.drives, stored.drives.begin() + static_cast<std::ptrdiff_t>(next_));
    return posthaste::encode(stored);
}

Result<EtaBook> EtaBook::decode(std::string_view bytes) {
    auto stored = TRY(posthaste::decode<StoredDrives>(bytes));
    if (stored.version > version)
        return Error{Errc::too_new, "the drives are of version " + std::to_string(stored.version)};
    auto const is_sound = [](PastDrive const& drive) {
        return drive.foreseen >= drive_min && drive.took >= drive_min && drive.straight_m >= 0 &&
               drive.foreseen.count() <= longest_ms && drive.took.count() <= longest_ms;
    };
    if (stored.drives.size() > drives_max || !std::ranges::all_of(stored.drives, is_sound))
        return Error{Errc::corrupt, "a drive among those learned from cannot be"};
    EtaBook book;
    book.drives_ = std::move(stored.drives);
    return book;
}

}  // namespace posthaste::road
