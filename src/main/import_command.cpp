#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "main/commands.hpp"
#include "main/road_report.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* import_examples =
    "\nExamples:\n"
    "  posthaste import roads city.osm.pbf        roads of OpenStreetMap -> city.roads\n"
    "  posthaste import roads --help              all about it";

constexpr char const* roads_examples =
    "\nExamples:\n"
    "  posthaste import roads city.osm.pbf                             -> ./city.roads\n"
    "  posthaste import roads city.osm.bz2 --out /srv/ph/city.roads\n"
    "  posthaste import roads city.osm.pbf --profiles car,bicycle,foot\n"
    "  posthaste import roads city.osm.pbf --truck-height 3.5 --truck-weight 7.5\n"
    "  posthaste import roads city.osm.pbf --json                      figures for scripts\n"
    "\nFILE is OpenStreetMap's: .osm.pbf, .osm (also .gz, .bz2), or .geojson, .json of lines with\n"
    "its tags (also .gz, .bz2); its name's end says which. What is left out is counted. Written\n"
    "whole or not at all; a file of that name is replaced. What the tags mean: docs/roads.md.";

struct ImportRoads {
    fs::path file;
    fs::path out;
    std::vector<std::string> profiles{"car", "van", "truck", "emergency"};
    double truck_height_m = 4.0;
    double truck_length_m = 12.0;
    double truck_width_m = 2.5;
    double truck_weight_t = 12.0;
    bool drives_on_left = false;
    bool json = false;
};

Result<road::ProfileMask> mask_of(std::vector<std::string> const& names) {
    constexpr auto known = road::names_of(road::Profile{});
    road::ProfileMask mask = 0;
    for (auto const& name : names) {
        auto const found = std::ranges::find(known, name);
        if (found == known.end()) {
            return Error{
                Errc::malformed,
                fmt::format("`{}` is no profile; there are {}", name, fmt::join(known, ", "))};
        }
        mask |= road::bit_of(static_cast<road::Profile>(found - known.begin()));
    }
    return mask;
}

/// Tenths of a metre or tonne, up: what is 4.05 m high does not pass under 4 m.
std::int32_t tenths(double value) {
    constexpr double noise = 1e-6;  // 4.1 x 10 is a little more than 41
    return static_cast<std::int32_t>(std::ceil(value * 10 - noise));
}

/// The input's name without what says its kind, in the current folder.
fs::path default_target(fs::path const& file) {
    auto name = file.filename().string();
    for (std::string_view const end : {".gz", ".bz2", ".pbf", ".osm", ".geojson", ".json"})
        if (name.ends_with(end)) name.resize(name.size() - end.size());
    return name + ".roads";
}

/// Before the work: what would fail after it. Errors: io_failed.
Status check_target(fs::path const& file, fs::path const& out) {
    auto const wrong = [&](std::string const& why) {
        return Error{Errc::io_failed, fmt::format("cannot write {}: {}", out.string(), why)};
    };
    std::error_code failed;
    auto const folder = out.has_parent_path() ? out.parent_path() : fs::path{"."};
    if (!fs::is_directory(folder, failed))
        return wrong(fmt::format("there is no folder {}", folder.string()));
    if (fs::is_directory(out, failed)) return wrong("it is a folder; name a file in it");
    if (fs::equivalent(file, out, failed)) return wrong("it is the file to import");
    if (::access(folder.c_str(), W_OK | X_OK) != 0) {
        auto const why = std::generic_category().message(errno);
        return wrong(fmt::format("the folder {}: {}", folder.string(), why));
    }
    return Unit{};
}

/// A bar on a terminal; elsewhere one line a stage, or nothing.
class Progress {
public:
    explicit Progress(bool with_lines) : with_lines_{with_lines} {}
    Progress(Progress const&) = delete;
    Progress& operator=(Progress const&) = delete;
    ~Progress() {
        if (is_terminal_) std::fputs("\r\x1b[K", stderr);
    }

    void tell(road::ImportStage stage, std::uint64_t done, std::uint64_t whole) {
        auto const number = static_cast<int>(stage);
        auto const percent = whole > 1 ? static_cast<int>(done * 100 / whole) : 0;
        bool const is_next = number != stage_;
        if (!is_next && percent == percent_) return;
        stage_ = number;
        percent_ = percent;
        auto const name = names[static_cast<std::size_t>(stage)];
        if (is_terminal_) {
            draw(name, percent, whole > 1);
        } else if (with_lines_ && is_next) {
            fmt::print(stderr, "{}/{} {}\n", number + 1, names.size(), name);
        }
    }

private:
    static constexpr auto names = std::to_array<std::string_view>(
        {"reading ways", "reading nodes", "joining turns", "ordering the hierarchy"}
    );
    static constexpr int width = 30;

    void draw(std::string_view name, int percent, bool has_bar) const {
        auto const stage = fmt::format("\r\x1b[K  {}/{} {:<14}", stage_ + 1, names.size(), name);
        auto const full = static_cast<std::size_t>(percent * width / 100);
        auto const bar = fmt::format(" [{:<{}}] {:>3} %", std::string(full, '#'), width, percent);
        fmt::print(stderr, "{}{}", stage, has_bar ? bar : " ...");
        std::fflush(stderr);
    }

    bool with_lines_;
    bool is_terminal_ = ::isatty(STDERR_FILENO) != 0;
    int stage_ = -1;
    int percent_ = 0;
};

double peak_megabytes() {
    rusage used{};
    if (::getrusage(RUSAGE_SELF, &used) != 0) return 0;
    return static_cast<double>(used.ru_maxrss) * 1024 / 1e6;
}

Result<RoadReport> import_roads(ImportRoads const& options) {
    RoadReport report{.from = options.file, .to = options.out, .baseline_mb = peak_megabytes()};
    if (report.to.empty()) report.to = default_target(options.file);
    road::ImportOptions const wanted{
        .profiles = TRY(mask_of(options.profiles)),
        .truck =
            {.height_dm = tenths(options.truck_height_m),
             .length_dm = tenths(options.truck_length_m),
             .width_dm = tenths(options.truck_width_m),
             .weight_100kg = tenths(options.truck_weight_t)},
        .drives_on_left = options.drives_on_left};
    TRY(check_target(report.from, report.to));
    auto const begin = std::chrono::steady_clock::now();
    Progress progress{!options.json};
    auto const columns = TRY(road::import_network(
        report.from,
        wanted,
        report.read,
        [&](auto stage, auto done, auto whole) { progress.tell(stage, done, whole); }
    ));
    report.file = TRY(road::write_network(columns, wanted.profiles, report.to));
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
    report.seconds = took.count();
    report.peak_mb = peak_megabytes();
    auto const network = road::network_of(columns);
    report.junctions = network.junction_count();
    report.edges = network.edge_count();
    report.reaches = reaches_of(network, wanted.profiles);
    return report;
}

int run(ImportRoads const& options) {
    auto const report = import_roads(options);
    if (!report.ok()) {
        fail(report.error(), {});
        return exit_input;
    }
    if (options.json) {
        print_json(report.value());
    } else {
        print_table(report.value());
    }
    return exit_done;
}

void add_truck(CLI::App& command, ImportRoads& options) {
    auto const add = [&](char const* name, double& value, char const* what) {
        command.add_option(name, value, what)
            ->check(CLI::Range(0.1, 1000.0))
            ->capture_default_str();
    };
    add("--truck-height", options.truck_height_m, "The largest truck's, in metres");
    add("--truck-length", options.truck_length_m, "In metres");
    add("--truck-width", options.truck_width_m, "In metres");
    add("--truck-weight", options.truck_weight_t, "In tonnes, as loaded");
}

void add_roads(CLI::App& import, Chosen& chosen) {
    auto* const command =
        import.add_subcommand("roads", "Make a road network from a file of OpenStreetMap");
    auto const options = std::make_shared<ImportRoads>();
    command->add_option("FILE", options->file, "The map")->required();
    command->add_option("--out", options->out, "The network; left out: FILE's name and .roads");
    command
        ->add_option(
            "--profiles",
            options->profiles,
            "Who travels: of car, van, truck, bicycle, foot, emergency"
        )
        ->delimiter(',')
        ->allow_extra_args(false)
        ->capture_default_str();
    add_truck(*command, *options);
    command->add_flag("--left-hand", options->drives_on_left, "There they drive on the left");
    command->add_flag("--json", options->json, "One JSON object instead of the table");
    command->footer(roads_examples);
    command->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

}  // namespace

void add_import(CLI::App& app, Chosen& chosen) {
    auto* const command = app.add_subcommand("import", "Take in maps: roads");
    command->footer(import_examples);
    command->callback([&app, command, &chosen] {
        if (!command->get_subcommands().empty()) return;
        chosen = [&app] {
            fmt::print("{}", app.help());
            return exit_input;
        };
    });
    add_roads(*command, chosen);
}

}  // namespace posthaste::main
