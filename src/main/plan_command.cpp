#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <thread>

#include "api/vroom_answer.hpp"
#include "api/vroom_question.hpp"
#include "api/vroom_travel.hpp"
#include "main/commands.hpp"
#include "main/plan_plot.hpp"
#include "main/terminal.hpp"
#include "plan/checker.hpp"
#include "plan/formats/read_problem.hpp"
#include "plan/search.hpp"
#include "plan/timetable.hpp"

namespace posthaste::main {

namespace {

constexpr char const* examples =
    "\nReads VROOM's JSON, Solomon and Homberger, Li and Lim, VRPLIB and TSPLIB: docs/plans.md.\n"
    "The plan goes to standard output; Ctrl-C ends the search with the best there is.\n"
    "\nExamples:\n"
    "  posthaste plan problem.json                       the plan as VROOM answers\n"
    "  posthaste plan problem.json --roads city.roads --out geojson\n"
    "  posthaste plan R101.txt --seconds 60 --plot convergence.svg\n"
    "  posthaste plan X-n101-k25.vrp --steps 100000      the same every time";

struct PlanOptions {
    std::string file;
    double seconds = 10;
    std::uint64_t steps = 0;
    std::uint64_t seed = 1;
    std::uint32_t threads = 1;
    std::string out;
    std::string plot;
    std::string roads;
};

// What a file asked, and how to answer.
struct Asked {
    api::VroomQuestion question;
    std::int64_t scale = 1;  // of distances, in a benchmark's file
    bool is_vroom = false;
};

// A signal handler reaches nothing else.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<bool> is_stopped = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // set by a signal

void stop(int) {
    is_stopped = true;
}

bool is_json(std::string const& text) {
    auto const first = text.find_first_not_of(" \t\r\n");
    return first != std::string::npos && text[first] == '{';
}

Status find_legs(PlanOptions const& options, api::VroomQuestion& question) {
    if (options.roads.empty()) return api::find_legs(question, nullptr);
    auto const opened = road::Roads::open(options.roads);
    if (!opened.ok())
        return Error{opened.error().code, options.roads + ": " + opened.error().detail};
    return api::find_legs(question, opened.value().get());
}

Result<Asked> asked(PlanOptions const& options) {
    auto const text = TRY(read_text(options.file));
    auto const of_file = [&](Error const& error) {
        return Error{error.code, options.file + ": " + error.detail};
    };
    Asked asked;
    asked.is_vroom = is_json(text);
    if (asked.is_vroom) {
        if (options.out == "sol") {
            return Error{
                Errc::malformed, "--out sol is for benchmarks' files: say vroom or geojson"};
        }
        auto question = api::read_vroom(text);
        if (!question.ok()) return of_file(question.error());
        asked.question = std::move(question).value();
        auto const found = find_legs(options, asked.question);
        if (!found.ok()) return of_file(found.error());
        return asked;
    }
    auto read = plan::read_problem(text);
    if (!read.ok()) return of_file(read.error());
    asked.scale = read.value().scale;
    asked.question = api::as_vroom(std::move(read).value());
    return asked;
}

// On a terminal a line that stays in its place; remembers all for the picture.
class Watch {
public:
    Watch(Asked const& asked, bool is_shown) : asked_{asked}, is_shown_{is_shown} {}

    void see(plan::Progress const& progress) {
        all_.push_back(progress);
        auto const now = std::chrono::steady_clock::now();
        if (!is_shown_ || now - shown_ < std::chrono::milliseconds{100}) return;
        shown_ = now;
        show(progress);
    }

    void finish() const {
        if (!is_shown_ || all_.empty()) return;
        show(all_.back());
        fmt::print(stderr, "\n");
    }

    std::vector<plan::Progress> const& all() const { return all_; }

private:
    void show(plan::Progress const& progress) const {
        auto const scale = asked_.is_vroom ? asked_.question.cost_scale : asked_.scale;
        fmt::print(
            stderr,
            "\r  {:.1f} s, {} steps: unserved {}, cost {:.1f}   ",
            static_cast<double>(progress.micros) / 1e6,
            progress.steps,
            progress.score.unserved,
            static_cast<double>(progress.score.cost) / static_cast<double>(scale)
        );
    }

    Asked const& asked_;
    bool is_shown_ = false;
    std::chrono::steady_clock::time_point shown_;
    std::vector<plan::Progress> all_;
};

plan::Budget budget_of(PlanOptions const& options) {
    plan::Budget budget;
    budget.steps = options.steps;
    if (options.steps == 0) budget.micros = static_cast<std::int64_t>(options.seconds * 1e6);
    auto const start = std::chrono::steady_clock::now();
    auto const micros = budget.micros;
    if (micros == 0) return budget;
    budget.clock = [start, micros]() -> std::int64_t {
        if (is_stopped) return micros;
        auto const passed = std::chrono::steady_clock::now() - start;
        return std::chrono::duration_cast<std::chrono::microseconds>(passed).count();
    };
    return budget;
}

void run_all(std::vector<std::function<void()>> const& tasks) {
    std::vector<std::jthread> threads;
    threads.reserve(tasks.size());
    for (auto const& task : tasks)
        threads.emplace_back(task);
}

// What nobody may be given: a plan that breaks a rule.
Status check(plan::Problem const& problem, plan::Routes const& routes) {
    plan::Plan plan;
    for (std::uint32_t i = 0; i < routes.size(); ++i)
        plan.push_back(plan::timetable({problem, i, routes[i], nullptr}).entries);
    auto const verdict = plan::check_plan(problem, plan);
    if (verdict.broken.empty()) return Unit{};
    return Error{
        Errc::corrupt, "the plan found breaks a rule, which is a bug: " + verdict.broken[0]};
}

Result<std::string> written(
    PlanOptions const& options, Asked const& asked, plan::Routes const& routes
) {
    auto const& out = options.out;
    if (out == "geojson") {
        auto text = TRY(api::write_geojson(asked.question, routes));
        return text + "\n";
    }
    if (out == "sol") return api::write_solution(asked.question, routes, asked.scale);
    return api::write_vroom(asked.question, routes) + "\n";
}

Status draw(PlanOptions const& options, Asked const& asked, Watch const& watch) {
    if (options.plot.empty() || watch.all().empty()) return Unit{};
    auto const scale = asked.is_vroom ? asked.question.cost_scale : asked.scale;
    std::ofstream file{options.plot};
    file << convergence_plot(watch.all(), scale);
    if (!file.flush()) return Error{Errc::io_failed, "cannot write " + options.plot};
    return Unit{};
}

Status run(PlanOptions options, Asked const& asked) {
    if (options.out.empty()) options.out = asked.is_vroom ? "vroom" : "sol";
    Watch watch{asked, isatty(STDERR_FILENO) != 0};
    plan::Settings settings;
    settings.seed = options.seed;
    settings.islands = options.threads;
    if (options.threads > 1) settings.crew = run_all;
    settings.on_better = [&](plan::Progress const& progress) { watch.see(progress); };
    auto const budget = budget_of(options);
    if (budget.clock) std::signal(SIGINT, stop);
    auto const answer = plan::solve(asked.question.problem, budget, settings);
    std::signal(SIGINT, SIG_DFL);
    watch.finish();
    (void)TRY(check(asked.question.problem, answer.routes));
    auto const text = TRY(written(options, asked, answer.routes));
    (void)TRY(draw(options, asked, watch));
    fmt::print("{}", text);
    return Unit{};
}

int start(PlanOptions const& options) {
    auto const question = asked(options);
    if (!question.ok()) {
        if (options.out == "vroom") fmt::print("{}\n", api::vroom_error(question.error().detail));
        fail(question.error(), {});
        return exit_input;
    }
    auto const done = run(options, question.value());
    return done.ok() ? exit_done : fail(done.error(), {});
}

}  // namespace

void add_plan(CLI::App& app, Chosen& chosen) {
    auto* const command = app.add_subcommand("plan", "Find the best routes for a file's problem");
    auto const options = std::make_shared<PlanOptions>();
    command->add_option("file", options->file, "The problem")->required()->check(CLI::ExistingFile);
    auto* const seconds = command->add_option("--seconds", options->seconds, "To search for");
    seconds->check(CLI::Range(0.001, 1e6))->capture_default_str();
    command->add_option("--steps", options->steps, "Instead: the same plan on every machine")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 50U))
        ->excludes(seconds);
    command->add_option("--seed", options->seed, "Of the search")->capture_default_str();
    command
        ->add_option(
            "--threads",
            options->threads,
            "Searches side by side, a seed each; the best plan is written"
        )
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    command->add_option("--out", options->out, "How to write it; else as the file's kind has it")
        ->check(CLI::IsMember({"vroom", "geojson", "sol"}));
    command->add_option("--plot", options->plot, "Draw how the cost fell, as SVG");
    command
        ->add_option(
            "--roads",
            options->roads,
            "File of `posthaste import roads`: travel times of what has coordinates only"
        )
        ->check(CLI::ExistingFile);
    command->footer(examples);
    command->callback([options, &chosen] { chosen = [options] { return start(*options); }; });
}

}  // namespace posthaste::main
