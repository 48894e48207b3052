// The limit of what a grid in memory can do: flat coordinates known beforehand, no traits, no ids,
// nothing explained. Not a rival one could use; what our index pays over it is the price of the
// round earth, of filtering and of exact ties.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace posthaste::bench {

/// Points in a square of `side_m`, in metres from its corner.
class DenseGrid {
public:
    static constexpr std::size_t wanted_count = 10;
    struct Hit {
        float squared = 0;
        std::uint32_t number = 0;
    };
    struct Answer {
        std::array<Hit, wanted_count> hits;
        std::size_t count = 0;
    };

    DenseGrid(std::size_t point_count, float side_m, float cell_m)
        : cell_m_{cell_m},
          columns_{static_cast<int>(side_m / cell_m) + 1},
          cells_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(columns_)),
          places_(point_count) {}

    void insert(std::uint32_t number, float x, float y) {
        std::uint32_t const at = cell(column(x), column(y));
        places_[number] = {at, static_cast<std::uint32_t>(cells_[at].size())};
        cells_[at].push_back({x, y, number});
    }

    void move(std::uint32_t number, float x, float y) {
        Place const old = places_[number];
        std::uint32_t const at = cell(column(x), column(y));
        auto& from = cells_[old.cell];
        if (at == old.cell) {
            from[old.index] = {x, y, number};
            return;
        }
        from[old.index] = from.back();
        places_[from[old.index].number].index = old.index;
        from.pop_back();
        insert(number, x, y);
    }

    /// The nearest ten within the radius, by rings of cells.
    Answer nearest(float x, float y, float radius_m) const {
        Answer answer;
        float limit = radius_m * radius_m;
        int const cx = column(x);
        int const cy = column(y);
        float const in_x = x - (static_cast<float>(cx) * cell_m_);
        float const in_y = y - (static_cast<float>(cy) * cell_m_);
        float const edge = std::min({in_x, cell_m_ - in_x, in_y, cell_m_ - in_y});
        scan(cx, cy, x, y, answer, limit);
        for (int ring = 1;; ++ring) {
            float const reached = edge + (static_cast<float>(ring - 1) * cell_m_);
            if (reached * reached >= limit) break;
            for (int i = -ring; i <= ring; ++i) {
                scan(cx + i, cy - ring, x, y, answer, limit);
                scan(cx + i, cy + ring, x, y, answer, limit);
            }
            for (int i = -ring + 1; i < ring; ++i) {
                scan(cx - ring, cy + i, x, y, answer, limit);
                scan(cx + ring, cy + i, x, y, answer, limit);
            }
        }
        std::sort_heap(answer.hits.data(), end(answer), nearer);
        return answer;
    }

private:
    struct Point {
        float x = 0;
        float y = 0;
        std::uint32_t number = 0;
    };
    struct Place {
        std::uint32_t cell = 0;
        std::uint32_t index = 0;
    };

    static bool nearer(Hit const& a, Hit const& b) { return a.squared < b.squared; }
    static Hit* end(Answer& answer) { return answer.hits.data() + answer.count; }

    int column(float metres) const {
        return std::clamp(static_cast<int>(metres / cell_m_), 0, columns_ - 1);
    }
    std::uint32_t cell(int x, int y) const {
        return static_cast<std::uint32_t>((y * columns_) + x);
    }

    void scan(int cx, int cy, float x, float y, Answer& answer, float& limit) const {
        if (cx < 0 || cy < 0 || cx >= columns_ || cy >= columns_) return;
        for (Point const& point : cells_[cell(cx, cy)]) {
            float const dx = point.x - x;
            float const dy = point.y - y;
            float const squared = (dx * dx) + (dy * dy);
            if (squared >= limit) continue;
            if (answer.count == wanted_count) {
                std::pop_heap(answer.hits.data(), end(answer), nearer);
                --answer.count;
            }
            answer.hits[answer.count++] = {squared, point.number};
            std::push_heap(answer.hits.data(), end(answer), nearer);
            if (answer.count == wanted_count) limit = answer.hits[0].squared;
        }
    }

    float cell_m_;
    int columns_;
    std::vector<std::vector<Point>> cells_;
    std::vector<Place> places_;
};

}  // namespace posthaste::bench
