#include "day/ground.hpp"

#include "geo/distance.hpp"

namespace posthaste::day {

namespace {

constexpr model::Position corner{399'000'000, -830'000'000};
constexpr std::int64_t side_e7 = 1'800'000;  // 20 km of latitude

class Plane final : public Ground {
public:
    model::Position place(Prng& prng) const override {
        auto const along = [&] {
            return (prng.between(0, side_e7) + prng.between(0, side_e7)) / 2;
        };
        auto const north = along();
        auto const east = along() * 13 / 10;
        return {
            corner.lat + static_cast<std::int32_t>(north),
            corner.lon + static_cast<std::int32_t>(east)};
    }
    match::MakeTravel travel() const override { return match::straight_lines; }
    Drive drive(model::Position from, model::Position to) const override {
        auto const at = [from, to](std::int64_t per_mille) {
            auto const part = [&](std::int64_t begin, std::int64_t end) {
                return static_cast<std::int32_t>(begin + (end - begin) * per_mille / 1000);
            };
            return model::Position{part(from.lat, to.lat), part(from.lon, to.lon)};
        };
        return {at, geo::distance(from, to)};
    }
};

}  // namespace

std::unique_ptr<Ground> make_plane() {
    return std::make_unique<Plane>();
}

}  // namespace posthaste::day
