#include <fmt/format.h>

#include <cctype>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <thread>

#include "demand/places.hpp"
#include "demand/road_map.hpp"
#include "main/app.hpp"
#include "main/commands.hpp"
#include "main/terminal.hpp"

namespace posthaste::main {

namespace {

namespace fs = std::filesystem;

constexpr char const* examples =
    "\nExamples:\n"
    "  posthaste serve                                      ./data on http://127.0.0.1:8080\n"
    "  posthaste serve --data /srv/ph --address 0.0.0.0     for other machines too\n"
    "  posthaste serve --port 0 --port-file port.txt        any free port, told in a file\n"
    "  posthaste serve --region-name Gothenburg --centre 57.7,11.97\n"
    "\nStops in order on Ctrl-C or SIGTERM: what was acknowledged is on the disk.";

struct ServeOptions {
    AppOptions app;
    std::string centre;
    std::string map;
    std::string port_file;
    std::string keep = "30d";
    std::string dialect = "osrm";
    std::string routing_key;  ///< its file
};

/// What `read` makes of the file; errors begin with its name.
template <class Read>
auto read_map(fs::path const& file, Read read) -> decltype(read(std::declval<std::istream&>())) {
    std::ifstream in{file};
    if (!in) return Error{Errc::io_failed, "cannot read " + file.string()};
    auto found = read(in);
    if (found.ok()) return found;
    return Error{found.error().code, file.string() + ": " + found.error().detail};
}

/// In the middle of the map's roads.
Result<model::Position> centre_of_map(fs::path const& file) {
    auto const places = TRY(read_map(file, demand::read_places));
    auto const& south_west = places.south_west;
    auto const& north_east = places.north_east;
    return model::Position{
        south_west.lat + (north_east.lat - south_west.lat) / 2,
        south_west.lon + (north_east.lon - south_west.lon) / 2};
}

// Whole or not at all: who waits for the file reads it the moment it is there.
Status write_port(fs::path const& file, std::uint16_t port) {
    auto const aside = file.string() + ".new";
    std::ofstream out{aside};
    out << port << '\n';
    out.close();
    std::error_code failed;
    if (out) fs::rename(aside, file, failed);
    if (!out || failed) return Error{Errc::io_failed, "cannot write " + file.string()};
    return Unit{};
}

/// Of Ctrl-C and SIGTERM; every thread made later inherits that they are blocked.
sigset_t block_signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);
    return ends;
}

/// Until a signal, or the log has failed.
void wait_for_end(App const& app, sigset_t const& ends) {
    constexpr timespec look_every{.tv_sec = 0, .tv_nsec = 200'000'000};
    while (!app.failure()) {
        if (sigtimedwait(&ends, nullptr, &look_every) > 0) return;
    }
}

void greet(App const& app, ServeOptions const& options) {
    auto const& address = options.app.server.address;
    bool const everywhere = address == "0.0.0.0";
    fmt::print(
        "Posthaste serves {} at http://{}:{}/\n",
        options.app.data.string(),
        everywhere ? "127.0.0.1" : address,
        app.port()
    );
    if (app.key_count() == 0) {
        fmt::print(
            "There is no key yet. Stop the server, make one, and start again:\n"
            "  posthaste keys create --data {} --role admin\n",
            options.app.data.string()
        );
    } else {
        fmt::print("An admin's key makes more: POST /v1/keys.\n");
    }
    std::fflush(stdout);
}

Status use_routing_server(ServeOptions& options) {
    auto& outside = options.app.outside;
    if (outside.url.empty()) return Unit{};
    TRY(load::parse_url(outside.url));
    outside.dialect = from_name<Dialect>(options.dialect).value_or(Dialect::osrm);
    if (options.routing_key.empty()) return Unit{};
    outside.key = TRY(read_text(options.routing_key));
    while (!outside.key.empty() && std::isspace(static_cast<unsigned char>(outside.key.back())) != 0
    )
        outside.key.pop_back();
    return Unit{};
}

Status serve(ServeOptions options) {
    if (!options.centre.empty()) {
        options.app.genesis.centre = TRY(position_from(options.centre));
    } else if (!options.map.empty()) {
        options.app.genesis.centre = TRY(centre_of_map(options.map));
    }
    options.app.snapshots.keep = TRY(span_from(options.keep));
    if (!options.map.empty()) {
        auto const read = [](std::istream& in) { return demand::read_road_map(in); };
        options.app.live.map = TRY(read_map(options.map, read));
    }
    TRY(use_routing_server(options));
    auto const ends = block_signals();
    auto const app = TRY(App::start(options.app));
    if (!options.port_file.empty()) TRY(write_port(options.port_file, app->port()));
    greet(*app, options);
    wait_for_end(*app, ends);
    app->stop();
    if (auto const failure = app->failure()) {
        return Error{
            failure->code, "the server stopped because its log failed: " + failure->detail};
    }
    return Unit{};
}

/// What is known of the streets.
void add_roads(CLI::App& command, std::shared_ptr<ServeOptions> const& options) {
    command
        .add_option(
            "--roads",
            options->app.roads,
            "File of `posthaste import roads`: drives for decisions; routes as OSRM answers; "
            "isochrones, tiles and search of the map"
        )
        ->check(CLI::ExistingFile);
    command
        .add_flag(
            "--open-roads",
            options->app.open_roads,
            "Answer for routes and the map without a key, for tools that can send none"
        )
        ->needs("--roads");
}

void add_outside(CLI::App& command, std::shared_ptr<ServeOptions> const& options) {
    auto& outside = options->app.outside;
    auto* const url = command
                          .add_option(
                              "--routing-server",
                              outside.url,
                              "http://HOST:PORT that knows travel times, where there is no --roads"
                          )
                          ->excludes("--roads");
    command
        .add_option("--routing-dialect", options->dialect, "Of it: osrm, valhalla, distance_matrix")
        ->check(CLI::IsMember({"osrm", "valhalla", "distance_matrix"}))
        ->needs(url)
        ->capture_default_str();
    command
        .add_option("--routing-key-file", options->routing_key, "With its key, where it wants one")
        ->check(CLI::ExistingFile)
        ->needs(url);
}

/// Where the log is and how long it is kept.
void add_storage(CLI::App& command, std::shared_ptr<ServeOptions> const& options) {
    command.add_option("--data", options->app.data, "Its folder; made when missing")
        ->capture_default_str();
    command
        .add_option(
            "--snapshot-every",
            options->app.snapshots.events,
            "Events, after which a region is saved"
        )
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    command.add_option(
        "--archive",
        options->app.snapshots.archive,
        "Folder for records that are older than --keep; without it none leaves the log"
    );
    command.add_option("--keep", options->keep, "With --archive: so long in the log, as 30d")
        ->capture_default_str();
}

void add_network(CLI::App& command, std::shared_ptr<ServeOptions> const& options) {
    auto& server = options->app.server;
    command.add_option("--address", server.address, "To listen on")->capture_default_str();
    command.add_option("--port", server.port, "To listen on; 0: any that is free")
        ->capture_default_str();
    command.add_option("--port-file", options->port_file, "Write the port here once it serves");
    command.add_option("--io-threads", server.io_threads, "That read and write sockets")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
    auto const add_rate = [&](char const* name, std::int64_t& rate, char const* what) {
        command.add_option(name, rate, what)
            ->check(CLI::Range(1, 1'000'000))
            ->capture_default_str();
    };
    add_rate("--rate", options->app.rate.per_second, "Requests a second that a key may make");
    add_rate(
        "--fix-rate",
        options->app.fix_rate.per_second,
        "The same of what trackers send, counted apart; a batch is one request"
    );
}

void add_region(CLI::App& command, std::shared_ptr<ServeOptions> const& options) {
    auto& genesis = options->app.genesis;
    command
        .add_option("--region-name", genesis.region_name, "Of the region made at the first start")
        ->capture_default_str();
    command.add_option("--centre", options->centre, "Its middle: LAT,LON in degrees");
    command
        .add_option(
            "--map",
            options->map,
            "GeoJSON of roads: drawn under the board instead of --roads, and its middle is taken"
        )
        ->check(CLI::ExistingFile);
    command
        .add_option("--workflows", genesis.workflows, "Folder of *.toml imported into all regions")
        ->check(CLI::ExistingDirectory);
}

}  // namespace

void add_serve(CLI::App& app, Chosen& chosen) {
    auto* const command = app.add_subcommand("serve", "Run the server on a data folder");
    auto const options = std::make_shared<ServeOptions>();
    auto& server = options->app.server;
    server.port = 8080;
    server.io_threads = std::max(1U, std::thread::hardware_concurrency() / 2);
    server.body_bytes_max = views::blob_bytes_max;
    options->app.rate.per_second = 1000;
    options->app.fix_rate.per_second = 10'000;
    add_storage(*command, options);
    add_network(*command, options);
    add_region(*command, options);
    add_roads(*command, options);
    add_outside(*command, options);
    command->footer(examples);
    command->callback([options, &chosen] {
        for (auto* const rate : {&options->app.rate, &options->app.fix_rate})
            rate->burst = 5 * rate->per_second;
        chosen = [options] {
            auto const done = serve(*options);
            return done.ok() ? exit_done : fail(done.error(), options->app.data);
        };
    });
}

}  // namespace posthaste::main
