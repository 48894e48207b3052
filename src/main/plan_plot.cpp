#include "main/plan_plot.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"

namespace posthaste::main {

namespace {

constexpr double width = 720;
constexpr double height = 320;
constexpr double margin = 70;

struct Point {
    double at = 0;
    double cost = 0;
};

std::string text(double x, double y, std::string_view anchor, std::string const& words) {
    return fmt::format(
        "<text x='{:.1f}' y='{:.1f}' text-anchor='{}'>{}</text>\n", x, y, anchor, words
    );
}

// Of those as good as the last in what comes before cost.
std::vector<Point> points_of(std::vector<plan::Progress> const& progress, plan::Cost cost_scale) {
    auto const& last = progress.back();
    std::vector<Point> points;
    for (auto const& one : progress) {
        bool const counts =
            one.score.unserved == last.score.unserved && one.score.lateness == last.score.lateness;
        if (!counts) continue;
        auto const at = last.micros > 0 ? static_cast<double>(one.micros) / 1e6
                                        : static_cast<double>(one.steps);
        points.push_back({at, static_cast<double>(one.score.cost) / static_cast<double>(cost_scale)}
        );
    }
    return points;
}

}  // namespace

std::string convergence_plot(std::vector<plan::Progress> const& progress, plan::Cost cost_scale) {
    ASSERT(!progress.empty());
    auto const points = points_of(progress, cost_scale);
    bool const by_time = progress.back().micros > 0;
    auto const [least, most] = std::ranges::minmax_element(points, {}, &Point::cost);
    auto const low = least->cost;
    auto const span = std::max(most->cost - low, 1e-9);
    auto const until = std::max(points.back().at, 1e-9);
    auto const x = [&](double at) { return margin + at / until * width; };
    auto const y = [&](double cost) { return margin + (1 - (cost - low) / span) * height; };
    std::string path = fmt::format("M{:.1f} {:.1f}", x(points[0].at), y(points[0].cost));
    for (auto const& point : points)
        path += fmt::format("H{:.1f}V{:.1f}", x(point.at), y(point.cost));
    auto out = fmt::format(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0:.0f} {1:.0f}' "
        "font-family='sans-serif' font-size='13'>\n"
        "<rect width='{0:.0f}' height='{1:.0f}' fill='white'/>\n"
        "<path d='M{2:.1f} {2:.1f}V{3:.1f}H{4:.1f}' fill='none' stroke='#999'/>\n"
        "<path d='{5}' fill='none' stroke='#06c' stroke-width='2'/>\n",
        width + 2 * margin,
        height + 2 * margin,
        margin,
        margin + height,
        margin + width,
        path
    );
    out += text(margin, margin - 24, "start", "Cost of the best plan");
    out += text(margin - 8, y(most->cost) + 4, "end", fmt::format("{:.1f}", most->cost));
    out += text(margin - 8, y(low) + 4, "end", fmt::format("{:.1f}", low));
    out += text(margin, margin + height + 20, "start", "0");
    out += text(
        margin + width,
        margin + height + 20,
        "end",
        by_time ? fmt::format("{:.1f} s", until) : fmt::format("{:.0f} steps", until)
    );
    return out + "</svg>\n";
}

}  // namespace posthaste::main
