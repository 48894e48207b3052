#include "load/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace posthaste::load {

namespace {

struct Part {
    char const* name;
    std::uint64_t per_ten_thousand;
};
constexpr std::array parts{
    Part{"p50", 5000},
    Part{"p90", 9000},
    Part{"p95", 9500},
    Part{"p99", 9900},
    Part{"p99_9", 9990}};

double ms(std::int64_t micros) {
    return static_cast<double>(micros) / 1000;
}

double percent(std::int64_t per_million) {
    return static_cast<double>(per_million) / 10'000;
}

void add(std::vector<Figure>& figures, std::string const& name, Latencies const& latencies) {
    figures.push_back({name + "_count", static_cast<double>(latencies.count()), ""});
    if (latencies.count() == 0) return;
    for (auto const& part : parts)
        figures.push_back(
            {name + "_" + part.name + "_ms", ms(latencies.percentile(part.per_ten_thousand)), "ms"}
        );
    figures.push_back({name + "_max_ms", ms(latencies.max()), "ms"});
}

std::string row(char const* name, Latencies const& latencies) {
    if (latencies.count() == 0) return fmt::format("  {:<26}         -\n", name);
    return fmt::format(
        "  {:<26} {:>9} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f}\n",
        name,
        latencies.count(),
        ms(latencies.percentile(5000)),
        ms(latencies.percentile(9000)),
        ms(latencies.percentile(9900)),
        ms(latencies.percentile(9990)),
        ms(latencies.max())
    );
}

std::string row(char const* name, std::uint64_t count) {
    return fmt::format("  {:<26} {:>9}\n", name, count);
}

double per_second(std::uint64_t count, std::int64_t span_ms) {
    return span_ms == 0 ? 0 : static_cast<double>(count) * 1000 / static_cast<double>(span_ms);
}

std::string jobs_table(Report const& report) {
    auto const& verdict = report.verdict;
    std::string text = "\nJobs\n";
    text += row("asked for", verdict.asked);
    text += row("  refused by a rule", verdict.refused);
    for (auto const& [code, count] : report.refusals)
        text += row(("    " + code).c_str(), count);
    text += row("  without an answer", verdict.unanswered);
    text += row("got an agent", verdict.allocated);
    text += row("over (done or failed)", verdict.finished);
    text += row("nobody could take", verdict.infeasible);
    text += row("missed: somebody could", verdict.missed);
    text += row("given to two at once", verdict.doubled);
    text += row("lost after the ack", verdict.lost);
    text += row("agents over capacity", verdict.over_capacity);
    text +=
        fmt::format("  {:<26} {:>9.3f} %\n", "feasible jobs allocated", percent(verdict.success()));
    return text;
}

std::string agents_table(Report const& report) {
    auto const& fleet = report.fleet;
    auto const km = [](std::int64_t millimetres) { return static_cast<double>(millimetres) / 1e6; };
    auto const work = km(fleet.driven_loaded_mm);
    auto const empty = km(fleet.driven_to_pickup_mm);
    std::string text = "\nAgents\n";
    text += row("on duty", fleet.registered);
    text += row("  links of their phones", report.phones.links);
    text += row("offers", fleet.offers);
    text += fmt::format(
        "  {:<26} {:>9}, declined {}, ignored {}\n",
        "  accepted",
        fleet.accepted,
        fleet.declined,
        fleet.ignored
    );
    text += fmt::format(
        "  {:<26} {:>9}, refused {}, finished jobs {}\n",
        "steps of work",
        fleet.steps,
        fleet.steps_refused,
        fleet.completed
    );
    text += fmt::format("  {:<26} {:>9.1f} km loaded, {:.1f} km empty\n", "driven", work, empty);
    auto const ticks = static_cast<double>(std::max<std::uint64_t>(1, fleet.ticks));
    auto const idle = 100 * static_cast<double>(fleet.ticks_idle) / ticks;
    text += fmt::format("  {:<26} {:>9.1f} %\n", "idle", idle);
    text += fmt::format(
        "  {:<26} {:>9}, not taken {}\n", "fixes", fleet.fixes_sent, fleet.fixes_failed
    );
    return text;
}

/// The same way, from a job's first byte out to the stream showing its agent, by both clocks.
std::string clocks_table(Report const& report, std::int64_t gap) {
    auto const& here = report.office.told_sent;
    auto const& there = *report.server_seen;
    return row("sent -> told, here", here) +
           fmt::format(
               "  {:<26} {:>9} {:>9.1f} {:>9.1f} {:>9.1f} {:>9.1f}         -\n",
               "  by the server",
               there.count(),
               ms(there.percentile(5000)),
               ms(there.percentile(9000)),
               ms(there.percentile(9900)),
               ms(there.percentile(9990))
           ) +
           fmt::format(
               "  {:<26} {:>9.3f} ms here, {:.3f} ms by the server: {:.3f} % apart\n",
               "  mean",
               ms(here.mean()),
               ms(there.mean()),
               percent(gap)
           );
}

}  // namespace

std::vector<Figure> figures_of(Report const& report) {
    auto const& verdict = report.verdict;
    auto const number = [](std::uint64_t value) { return static_cast<double>(value); };
    std::vector<Figure> figures{
        {"success", percent(verdict.success()), "%"},
        {"jobs", number(verdict.asked), ""},
        {"jobs_per_second", per_second(verdict.asked, report.demand_ms), "1/s"},
        {"created", number(verdict.created), ""},
        {"refused", number(verdict.refused), ""},
        {"unanswered", number(verdict.unanswered), ""},
        {"allocated", number(verdict.allocated), ""},
        {"infeasible", number(verdict.infeasible), ""},
        {"missed", number(verdict.missed), ""},
        {"doubled", number(verdict.doubled), ""},
        {"lost", number(verdict.lost), ""},
        {"over_capacity", number(verdict.over_capacity), ""},
        {"retries_percent", percent(report.retries_per_million()), "%"},
        {"fixes", number(report.fleet.fixes_sent), ""},
        {"fixes_failed", number(report.fleet.fixes_failed), ""},
        {"offers", number(report.fleet.offers), ""},
        {"accepted", number(report.fleet.accepted), ""},
        {"finished", number(verdict.finished), ""},
        {"phone_links", number(report.phones.links), ""},
        {"phone_messages", number(report.phones.sent), ""},
        {"stream_events", number(report.events), ""},
        {"stream_gaps", number(report.gaps), ""}};
    add(figures, "told", report.office.told);
    add(figures, "phone", report.office.phone);
    add(figures, "visible", report.office.visible);
    add(figures, "post", report.office.post);
    add(figures, "snapshot", report.snapshots);
    add(figures, "action", report.actions);
    add(figures, "phone_step", report.phone_steps);
    add(figures, "fix_batch", report.fixes);
    if (auto const gap = report.clock_gap()) {
        add(figures, "told_sent", report.office.told_sent);
        auto const& seen = *report.server_seen;
        figures.push_back({"server_seen_count", number(seen.count()), ""});
        for (auto const& part : parts)
            figures.push_back(
                {"server_seen_" + std::string{part.name} + "_ms",
                 ms(seen.percentile(part.per_ten_thousand)),
                 "ms"}
            );
        figures.push_back({"clock_gap_percent", percent(*gap), "%"});
    }
    return figures;
}

std::string table_of(Report const& report) {
    std::string text = fmt::format(
        "\n{}: {} agents, {:.0f} s, {:.1f} jobs/s\n",
        report.name,
        report.agents,
        static_cast<double>(report.demand_ms) / 1000,
        per_second(report.verdict.asked, report.demand_ms)
    );
    text += jobs_table(report);
    text += agents_table(report);
    text += fmt::format(
        "\n  {:<26} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
        "Latency, ms",
        "samples",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max"
    );
    text += row("job in -> agent told", report.office.told);
    text += row("  on the agent's phone", report.office.phone);
    text += row("decision -> in the stream", report.office.visible);
    text += row("POST /v1/jobs", report.office.post);
    text += row("snapshot of the board", report.snapshots);
    text += row("an agent's step by REST", report.actions);
    text += row("  over their phone", report.phone_steps);
    text += row("a batch of fixes", report.fixes);
    text += fmt::format(
        "  {:<26} {:>9} of {} commands ({:.3f} %)\n",
        "tried again",
        report.retries,
        report.commands,
        percent(report.retries_per_million())
    );
    if (auto const gap = report.clock_gap()) text += clocks_table(report, *gap);
    return text;
}

std::string json_lines_of(Report const& report) {
    std::string text;
    for (auto const& figure : figures_of(report)) {
        text += fmt::format(
            R"({{"profile":"{}","agents":{},"metric":"{}","value":{:.9g},"unit":"{}"}})",
            report.name,
            report.agents,
            figure.metric,
            figure.value,
            figure.unit
        );
        text += '\n';
    }
    return text;
}

}  // namespace posthaste::load
