// The calibration of arrivals as a picture.
#include <fmt/format.h>

#include <algorithm>

#include "main/eta_report.hpp"

namespace posthaste::main {

namespace {

constexpr double panel_width = 420;
constexpr double panel_height = 220;
constexpr double margin = 60;

struct Panel {
    double left = 0;

    double x(double share) const { return left + share * panel_width; }
    static double y(double share) { return margin + (1 - share) * panel_height; }
};

std::string text(double x, double y, std::string_view anchor, std::string_view words) {
    return fmt::format(
        "<text x='{:.1f}' y='{:.1f}' text-anchor='{}'>{}</text>\n", x, y, anchor, words
    );
}

std::string bar(double x, double width, double from, double to, std::string_view name) {
    return fmt::format(
        "<rect class='{}' x='{:.1f}' y='{:.1f}' width='{:.1f}' height='{:.1f}'/>\n",
        name,
        x,
        std::min(from, to),
        width,
        std::abs(from - to)
    );
}

std::string line(Panel const& panel, double y, std::string_view name) {
    return fmt::format(
        "<line class='{}' x1='{:.1f}' x2='{:.1f}' y1='{:.1f}' y2='{:.1f}'/>\n",
        name,
        panel.x(0),
        panel.x(1),
        y,
        y
    );
}

// Two bars for each span, which ought to end at the two lines.
std::string calibration(std::vector<EtaSample> const& samples) {
    Panel const panel{margin};
    auto const groups = by_minutes_ahead(samples);
    auto out = text(panel.x(0), margin - 24, "start", "Arrived by p50 and by p90, minutes ahead");
    auto const step = panel_width / static_cast<double>(std::max<std::size_t>(1, groups.size()));
    double left = panel.x(0);
    for (auto const& [minutes, figures] : groups) {
        auto const top = [](std::int64_t share) {
            return Panel::y(static_cast<double>(share) / 1000);
        };
        out += bar(left + step * 0.15, step * 0.32, Panel::y(0), top(figures.within_p50), "p50");
        out += bar(left + step * 0.53, step * 0.32, Panel::y(0), top(figures.within_p90), "p90");
        auto const label = fmt::format("{}+ ({})", minutes, figures.drives);
        out += text(left + step / 2, Panel::y(0) + 18, "middle", label);
        left += step;
    }
    for (double const share : {0.5, 0.9}) {
        out += line(panel, Panel::y(share), "goal");
        out +=
            text(panel.x(0) - 8, Panel::y(share) + 4, "end", fmt::format("{:.0f} %", share * 100));
    }
    return out + line(panel, Panel::y(0), "axis");
}

// How late the middle one is, up to the largest of them.
std::string bias(std::vector<EtaSample> const& samples) {
    Panel const panel{margin * 2.5 + panel_width};
    auto const groups = by_hour(samples);
    double most = 60;
    for (auto const& [_, figures] : groups)
        most = std::max(most, std::abs(static_cast<double>(figures.bias.count()) / 1000));
    auto const y = [&](double seconds) { return Panel::y(0.5 + seconds / most / 2); };
    auto out = text(
        panel.x(0), margin - 24, "start", "Later (up) or earlier than p50, median, by hour (UTC)"
    );
    constexpr double step = panel_width / 24;
    for (auto const& [hour, figures] : groups) {
        auto const left = panel.x(0) + static_cast<double>(hour) * step;
        out += bar(
            left + 2, step - 4, y(0), y(static_cast<double>(figures.bias.count()) / 1000), "bias"
        );
    }
    for (int hour = 0; hour < 24; hour += 6)
        out += text(
            panel.x(0) + (hour + 0.5) * step, Panel::y(0) + 18, "middle", std::to_string(hour)
        );
    for (double const seconds : {most, -most})
        out += text(panel.x(0) - 8, y(seconds) + 4, "end", fmt::format("{:+.0f} s", seconds));
    return out + line(panel, y(0), "axis");
}

}  // namespace

std::string plot(std::vector<EtaSample> const& samples) {
    constexpr double width = margin * 3.5 + panel_width * 2;
    constexpr double height = panel_height + margin * 2;
    auto out = fmt::format(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{0:.0f}' height='{1:.0f}' "
        "viewBox='0 0 {0:.0f} {1:.0f}' font-family='sans-serif' font-size='13'>\n"
        "<style>.p50{{fill:#2b6cb0}}.p90{{fill:#90cdf4}}.bias{{fill:#c05621}}"
        ".axis{{stroke:#333}}.goal{{stroke:#333;stroke-dasharray:5 4}}</style>\n"
        "<rect width='{0:.0f}' height='{1:.0f}' fill='white'/>\n",
        width,
        height
    );
    return out + calibration(samples) + bias(samples) + "</svg>\n";
}

}  // namespace posthaste::main
