#include "bench/plan/ground.hpp"

#include "road/import.hpp"

namespace posthaste::bench {

namespace fs = std::filesystem;

Result<std::shared_ptr<road::Roads const>> open_ground(fs::path const& file) {
    if (!fs::exists(file)) return Error{Errc::io_failed, "there are no roads: " + file.string()};
    auto const profiles = static_cast<road::ProfileMask>(
        bit_of(road::Profile::car) | bit_of(road::Profile::van) | bit_of(road::Profile::bicycle)
    );
    road::ImportReport report;
    auto const columns = TRY(road::import_network(file, {.profiles = profiles}, report));
    auto const made = fs::temp_directory_path() / "posthaste-bench-plan.roads";
    TRY(road::write_network(columns, profiles, made));
    auto roads = road::Roads::open(made);
    fs::remove(made);
    return roads;
}

model::Position anywhere_on(road::Roads const& roads, Prng& prng) {
    auto const shapes = roads.network().shapes;
    return shapes[prng.below(shapes.size())];
}

std::unique_ptr<match::Travel> travel_over(std::shared_ptr<road::Roads const> const& roads) {
    auto const times = std::make_shared<node::RoadTimes>(road::Conditions::free_flow(roads));
    return node::travel_on(times)(model::Policy{}, {"van", "bicycle"});
}

plan::Profile drives_between(
    match::Travel const& travel, std::span<model::Position const> places, std::uint8_t kind
) {
    plan::Profile profile;
    profile.legs.resize(places.size() * places.size());
    for (std::size_t hub = 0; hub < places.size(); ++hub) {
        match::Travel::Foresight foresight;
        foresight.idle = places;
        foresight.stops = places.subspan(hub, 1);
        foresight.kind = kind;
        travel.foresee(foresight);
        for (std::size_t from = 0; from < places.size(); ++from) {
            auto const time = travel.time(places[from], places[hub], kind).count();
            profile.legs[from * places.size() + hub].time =
                static_cast<std::int32_t>((time + 999) / 1000);
        }
    }
    return profile;
}

}  // namespace posthaste::bench
