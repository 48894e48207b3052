// A road report: what a person says of a road, closed or slow, until when.
//
// Shapes   one point names the piece of road nearest to it; several name the way along them in this
//          order.
// Limits   road_report_points_max points, road_reports_max reports at once.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.hpp"
#include "model/place.hpp"

namespace posthaste::model {

constexpr std::size_t road_reports_max = 1000;
constexpr std::size_t road_report_points_max = 100;
constexpr std::size_t road_report_reason_bytes_max = 200;
constexpr std::int32_t slower_per_mille_max = 50'000;
constexpr Millis road_report_usual{3'600'000};  ///< where nobody says until when
constexpr Millis road_report_span_max{366LL * 86'400'000};

enum class RoadReportKind : std::uint8_t {
    closed,  ///< nobody passes
    slow,    ///< it takes longer than usual
};
constexpr auto names_of(RoadReportKind) {
    return std::to_array<std::string_view>({"closed", "slow"});
}

enum class RoadReportWays : std::uint8_t { both, along };
constexpr auto names_of(RoadReportWays) {
    return std::to_array<std::string_view>({"both", "along"});
}

struct RoadReport {
    RoadReportId id{};
    RoadReportKind kind = RoadReportKind::closed;
    std::vector<Position> line;
    RoadReportWays ways = RoadReportWays::both;  ///< along: in the order of the line only
    std::int32_t slower_per_mille = 2000;        ///< of the usual time, where it is slow
    Instant from;
    Instant until;  ///< it is lifted then by itself
    std::string reason;

    bool operator==(RoadReport const&) const = default;
    static void fields(auto& self, auto&& field) {
        field(1, "id", self.id);
        field(2, "kind", self.kind);
        field(3, "line", self.line);
        field(4, "ways", self.ways);
        field(5, "slower_per_mille", self.slower_per_mille);
        field(6, "from", self.from);
        field(7, "until", self.until);
        field(8, "reason", self.reason);
    }
};

}  // namespace posthaste::model
