// Dijkstra's algorithm by hand: rows of arcs one after the other, and a binary heap.
//
// Takes    a graph of junctions, without turns: the easier question; or of edges joined by their
//          turns: the one that the hierarchy answers.
// Gives    to_all(): times from one node to every other; to_some(): stops when the last of some is
//          settled. On the graph as it is given: turn it round for many to one.
// Cost     O(m log n); nothing is allocated after the first run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace posthaste::bench {

class CsrDijkstra {
public:
    static constexpr std::int32_t never = 0x7fff'ffff;

    struct Arc {
        std::uint32_t from;
        std::uint32_t to;
        std::int32_t time;
    };

    CsrDijkstra(std::uint32_t nodes, std::vector<Arc> arcs)
        : first_(nodes + 1, 0), times_(nodes, never), wanted_(nodes, 0) {
        std::ranges::sort(arcs, {}, &Arc::from);
        for (auto const& arc : arcs) {
            ++first_[arc.from + 1];
            out_.push_back({arc.to, arc.time});
        }
        for (std::uint32_t i = 0; i < nodes; ++i)
            first_[i + 1] += first_[i];
    }

    std::span<std::int32_t const> to_all(std::uint32_t source) {
        run(source, 0);
        return times_;
    }
    std::span<std::int32_t const> to_some(
        std::uint32_t source, std::span<std::uint32_t const> targets
    ) {
        std::size_t count = 0;
        for (auto const target : targets)
            if (wanted_[target]++ == 0) ++count;
        run(source, count);
        for (auto const target : targets)
            wanted_[target] = 0;
        return times_;
    }

private:
    struct Out {
        std::uint32_t to;
        std::int32_t time;
    };
    struct Entry {
        std::int32_t time;
        std::uint32_t node;
        bool operator>(Entry const& other) const { return time > other.time; }
    };

    void run(std::uint32_t source, std::size_t until) {
        for (auto const node : touched_)
            times_[node] = never;
        touched_.assign(1, source);
        times_[source] = 0;
        heap_.assign(1, {0, source});
        while (!heap_.empty()) {
            std::ranges::pop_heap(heap_, std::greater<>{});
            auto const [time, node] = heap_.back();
            heap_.pop_back();
            if (time > times_[node]) continue;
            if (wanted_[node] != 0 && until > 0 && --until == 0) return;
            for (auto i = first_[node]; i < first_[node + 1]; ++i) {
                auto const next = time + out_[i].time;
                auto& known = times_[out_[i].to];
                if (next >= known) continue;
                if (known == never) touched_.push_back(out_[i].to);
                known = next;
                heap_.push_back({next, out_[i].to});
                std::ranges::push_heap(heap_, std::greater<>{});
            }
        }
    }

    std::vector<std::uint32_t> first_;
    std::vector<Out> out_;
    std::vector<std::int32_t> times_;
    std::vector<std::uint32_t> touched_;
    std::vector<std::uint8_t> wanted_;
    std::vector<Entry> heap_;
};

}  // namespace posthaste::bench
