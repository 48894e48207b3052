#include "bench/plan/dynamic.hpp"

#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <sstream>

#include "bench/plan/gzip.hpp"
#include "bench/plan/side_by_side.hpp"
#include "bench/plan/thread_clock.hpp"
#include "bench/support/bench.hpp"
#include "plan/formats/read_problem.hpp"

namespace posthaste::bench {

namespace {

// As published: the seed of the final, and what the winner (Kleopatra), the second (Team_sb) and
// the organisers' greedy baseline came to with 120 s an epoch.
struct Published {
    std::string_view instance;
    std::uint32_t seed = 0;
    plan::Cost winner = 0;
    plan::Cost second = 0;
    plan::Cost greedy = 0;
};
constexpr auto published = std::to_array<Published>(
    {{"57977bd6-d1-n281-k17", 473, 199'921, 202'946, 236'284},
     {"92f528a9-d1-n304-k35", 88, 326'272, 338'042, 368'333},
     {"51a6250b-d1-n243-k20", 157, 291'958, 297'967, 327'657},
     {"e4d359d2-d1-n408-k35", 220, 403'610, 423'882, 443'474},
     {"677e5123-d1-n337-k22", 298, 348'764, 349'459, 397'400},
     {"278d7c48-d1-n425-k40", 113, 482'054, 480'780, 550'190},
     {"a7adee82-d1-n231-k20", 599, 303'724, 309'866, 320'735},
     {"f2c6b1ef-d1-n370-k19", 442, 211'215, 217'919, 255'000},
     {"396d5dbb-d1-n248-k18", 255, 417'690, 426'679, 466'347},
     {"adfbc42e-d1-n327-k20", 697, 311'672, 316'716, 354'681},
     {"762abf35-d1-n222-k13", 62, 330'520, 337'794, 362'798},
     {"318aa2a1-d1-n332-k21", 546, 372'426, 374'043, 401'754},
     {"b6ee7d84-d1-n310-k18", 258, 260'857, 267'845, 290'268},
     {"05362619-d1-n212-k20", 761, 443'737, 451'546, 493'806},
     {"dcfe2527-d1-n304-k21", 236, 201'943, 205'626, 237'297}}
);

struct Ran {
    plan::Cost cost = 0;
    double seconds = 0;
    std::uint64_t hash = 0;
};

std::int64_t thread_cpu_micros() {
    return thread_cpu_nanos() / 1000;
}

std::string name_of(Published const& day) {
    return std::string{day.instance.substr(0, day.instance.find('-'))};
}

Result<Ran> run_day(
    std::filesystem::path const& data, Published const& published_day, Effort const& effort
) {
    auto const file = "ORTEC-VRPTW-ASYM-" + std::string{published_day.instance} + ".txt.gz";
    auto const text = TRY(text_of_gzip(data / "instances" / "euro-neurips" / file));
    auto const region = region_of(TRY(plan::read_problem(text)).problem);
    auto const start = thread_cpu_micros();
    Day day{region, published_day.seed};
    DispatchPolicy policy{region, effort};
    Ran ran;
    ResultHash hash;
    while (!day.is_over()) {
        auto const routes = policy.routes_of(day.epoch());
        for (auto const& route : routes) {
            for (auto const id : route)
                hash.add(id);
            hash.add(0);
        }
        ran.cost += TRY(day.dispatch(routes));
    }
    ran.seconds = static_cast<double>(thread_cpu_micros() - start) / 1e6;
    ran.hash = hash.value();
    return ran;
}

// Days that an earlier start of the same program finished, a line each.
class KeptDays {
public:
    explicit KeptDays(DynamicSettings const& settings) : settings_{settings} {
        std::ifstream lines{settings.kept};
        std::string line;
        while (std::getline(lines, line)) {
            std::stringstream fields{line};
            std::string key;
            Ran ran;
            if (fields >> key >> ran.cost >> ran.seconds >> ran.hash) days_[key] = ran;
        }
    }

    std::optional<Ran> find(Published const& day) const {
        auto const found = days_.find(key_of(day));
        if (found == days_.end()) return std::nullopt;
        return found->second;
    }

    void add(Published const& day, Ran const& ran) const {
        if (settings_.kept.empty()) return;
        std::ofstream line{settings_.kept, std::ios::app};
        line << key_of(day) << ' ' << ran.cost << ' ' << ran.seconds << ' ' << ran.hash
             << std::endl;
    }

private:
    std::string key_of(Published const& day) const {
        return "dynamic/" + name_of(day) + "/" + std::to_string(settings_.seconds) + "/" +
               std::to_string(settings_.steps);
    }

    DynamicSettings const& settings_;
    std::map<std::string, Ran> days_;
};

double vs_winner(Ran const& ran, Published const& day) {
    return static_cast<double>(ran.cost) / static_cast<double>(day.winner);
}

void tell(Published const& day, Ran const& ran) {
    std::fprintf(
        stderr,
        "  dynamic %-9s %7lld   winner %7lld, greedy %7lld   x%.4f   %5.1f s\n",
        name_of(day).c_str(),
        static_cast<long long>(ran.cost),
        static_cast<long long>(day.winner),
        static_cast<long long>(day.greedy),
        vs_winner(ran, day),
        ran.seconds
    );
}

Result<std::vector<Ran>> run_days(
    std::filesystem::path const& data, DynamicSettings const& settings
) {
    KeptDays const kept{settings};
    std::vector<Ran> days(published.size());
    std::mutex telling;
    std::optional<Error> failure;
    Effort effort;
    effort.micros = settings.seconds * 1'000'000;
    effort.steps = settings.steps;
    effort.clock = thread_cpu_micros;
    side_by_side(days.size(), [&](std::size_t i) {
        if (auto const known = kept.find(published[i])) {
            days[i] = *known;
            return true;
        }
        auto const ran = run_day(data, published[i], effort);
        std::scoped_lock const lock{telling};
        if (!ran.ok()) {
            failure = Error{ran.error().code, name_of(published[i]) + ": " + ran.error().detail};
            return false;
        }
        days[i] = ran.value();
        kept.add(published[i], ran.value());
        tell(published[i], ran.value());
        return true;
    });
    if (failure) return *failure;
    return days;
}

void print_means(std::vector<Ran> const& days, std::string const& effort) {
    double ours = 0;
    double winner = 0;
    double greedy = 0;
    ResultHash hash;
    for (std::size_t i = 0; i < days.size(); ++i) {
        ours += static_cast<double>(days[i].cost);
        winner += static_cast<double>(published[i].winner);
        greedy += static_cast<double>(published[i].greedy);
        hash.add(days[i].hash);
    }
    auto const count = static_cast<double>(days.size());
    Line line{.bench = "plan", .metric = "dynamic_mean", .value = ours / count};
    auto const unit = "s of driving, mean of 15 days, " + effort;
    line.unit = unit;
    line.better = Better::lower;
    line.rival = "greedy, 120 s an epoch";
    line.rival_value = greedy / count;
    line.hash = hash.value();
    print(line);
    line.metric = "dynamic_total_vs_winner";
    line.value = ours / winner;
    auto const ratio = "of the winner's, " + effort;
    line.unit = ratio;
    line.rival = "winner, 120 s an epoch";
    line.rival_value = 1;
    print(line);
}

}  // namespace

Status run_dynamic(std::filesystem::path const& data, DynamicSettings const& settings) {
    auto const days = TRY(run_days(data, settings));
    for (std::size_t i = 0; i < days.size(); ++i) {
        auto const metric = "dynamic_" + name_of(published[i]);
        print(
            {.bench = "plan",
             .metric = metric,
             .value = static_cast<double>(days[i].cost),
             .unit = "s of driving",
             .better = Better::lower,
             .rival = "winner, 120 s an epoch",
             .rival_value = static_cast<double>(published[i].winner),
             .hash = days[i].hash}
        );
    }
    auto const effort = settings.seconds > 0 ? std::to_string(settings.seconds) + " s an epoch"
                                             : std::to_string(settings.steps) + " steps a search";
    print_means(days, effort);
    return Unit{};
}

}  // namespace posthaste::bench
