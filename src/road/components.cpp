#include "road/components.hpp"

#include <algorithm>

namespace posthaste::road {

namespace {

// One profile's strongly connected parts of the states.
class Parts {
public:
    Parts(OwnedColumns const& columns, Profile profile)
        : columns_{columns}, profile_{profile}, states_(columns.turn_first.size() - 1) {}

    void find_all() {
        for (StateId state = 0; state < states_.size(); ++state)
            if (is_open(state) && states_[state].number == 0) find_from(state);
    }

    EdgeId edge_of(StateId state) const {
        auto const edges = columns_.edge_head.size();
        return state < edges ? state : columns_.copy_of[state - edges];
    }
    /// The largest in states.
    bool is_in_largest(StateId state) const {
        return largest_ != 0 && states_[state].part == largest_;
    }

private:
    struct State {
        std::uint32_t number = 0;  ///< in the order of visiting; 0: not yet
        std::uint32_t low = 0;
        std::uint32_t part = 0;
        std::uint32_t next_turn = 0;
        bool is_on_stack = false;
    };

    bool is_open(StateId state) const {
        return columns_.edge_speeds[edge_of(state)][index_of(profile_)] > 0;
    }

    void enter(StateId state) {
        auto& mine = states_[state];
        mine.number = mine.low = ++visited_;
        mine.next_turn = columns_.turn_first[state];
        mine.is_on_stack = true;
        stack_.push_back(state);
        path_.push_back(state);
    }

    void find_from(StateId root) {
        enter(root);
        while (!path_.empty()) {
            auto const state = path_.back();
            auto& mine = states_[state];
            if (mine.next_turn == columns_.turn_first[state + 1]) {
                leave(state);
                continue;
            }
            auto const turn = mine.next_turn++;
            if ((columns_.turn_profiles[turn] & bit_of(profile_)) == 0) continue;
            auto const to = columns_.turn_to[turn];
            if (states_[to].number == 0) {
                enter(to);
            } else if (states_[to].is_on_stack) {
                mine.low = std::min(mine.low, states_[to].number);
            }
        }
    }

    void leave(StateId state) {
        path_.pop_back();
        auto const& mine = states_[state];
        if (!path_.empty()) {
            auto& before = states_[path_.back()];
            before.low = std::min(before.low, mine.low);
        }
        if (mine.low == mine.number) close(state);
    }

    void close(StateId root) {
        ++parts_;
        std::size_t size = 0;
        for (StateId state = none; state != root; ++size) {
            state = stack_.back();
            stack_.pop_back();
            states_[state].is_on_stack = false;
            states_[state].part = parts_;
        }
        if (size <= largest_size_) return;
        largest_size_ = size;
        largest_ = parts_;
    }

    OwnedColumns const& columns_;
    Profile profile_;
    std::vector<State> states_;
    std::vector<StateId> stack_;
    std::vector<StateId> path_;
    std::uint32_t visited_ = 0;
    std::uint32_t parts_ = 0;
    std::uint32_t largest_ = 0;
    std::size_t largest_size_ = 0;
};

}  // namespace

std::uint64_t mark_connected(OwnedColumns& columns, ProfileMask profiles) {
    for (std::size_t i = 0; i < profile_count; ++i) {
        if ((profiles >> i & 1U) == 0) continue;
        Parts parts{columns, static_cast<Profile>(i)};
        parts.find_all();
        for (StateId state = 0; state + 1 < columns.turn_first.size(); ++state) {
            if (parts.is_in_largest(state))
                columns.edge_traits[parts.edge_of(state)].connected |=
                    static_cast<ProfileMask>(1U << i);
        }
    }
    return static_cast<std::uint64_t>(
        std::ranges::count(columns.edge_traits, 0, &EdgeTraits::connected)
    );
}

}  // namespace posthaste::road
