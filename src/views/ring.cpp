#include <algorithm>
#include <charconv>

#include "views/stream.hpp"

namespace posthaste::views {

std::string to_text(Cursor const& cursor) {
    return std::to_string(static_cast<unsigned>(cursor.region)) + "-" +
           std::to_string(cursor.number) + "-" + std::to_string(cursor.part);
}

std::optional<Cursor> cursor_from(std::string_view text) {
    std::array<std::uint64_t, 3> numbers{};
    constexpr std::array<std::uint64_t, 3> most{0xffff, ~std::uint64_t{0}, part_last};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i > 0) {
            if (!text.starts_with('-')) return std::nullopt;
            text.remove_prefix(1);
        }
        char const* const end = text.data() + text.size();
        auto const [stop, error] = std::from_chars(text.data(), end, numbers[i]);
        if (error != std::errc{} || numbers[i] > most[i]) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    }
    if (!text.empty()) return std::nullopt;
    return Cursor{
        RegionId{static_cast<std::uint16_t>(numbers[0])},
        numbers[1],
        static_cast<std::uint32_t>(numbers[2])};
}

std::size_t Message::bytes() const {
    constexpr std::size_t around = 256;
    std::size_t sum = around;
    for (auto const& text : texts)
        sum += text ? text->size() : 0;
    return sum;
}

namespace {

template <class T>
bool meet(std::vector<T> const& some, std::vector<T> const& others) {
    return std::ranges::any_of(some, [&](T const& one) {
        return std::ranges::find(others, one) != others.end();
    });
}

bool is_in(Topics const& topics, model::Position place) {
    if (!topics.area) return false;
    auto const& [south_west, north_east] = *topics.area;
    if (place.lat < south_west.lat || place.lat > north_east.lat) return false;
    if (south_west.lon > north_east.lon)
        return place.lon >= south_west.lon || place.lon <= north_east.lon;
    return place.lon >= south_west.lon && place.lon <= north_east.lon;
}

bool matches(Message const& message, Topics const& topics) {
    if (topics.all || message.for_all) return true;
    return meet(message.jobs, topics.jobs) || meet(message.agents, topics.agents) ||
           meet(message.zones, topics.zones) ||
           std::ranges::any_of(message.places, [&](auto place) { return is_in(topics, place); });
}

// Positions are told together; whoever may see or wants a part gets a text of that part.
Text positions_for(Message const& message, Subscription const& subscription) {
    auto const& topics = subscription.topics;
    bool const own_only = subscription.audience == Audience::agent;
    std::string text;
    for (auto const& item : message.positions) {
        bool const wanted =
            own_only ? item.agent == subscription.agent
                     : std::ranges::find(topics.agents, item.agent) != topics.agents.end() ||
                           meet(item.zones, topics.zones) || is_in(topics, item.place);
        if (!wanted) continue;
        text += text.empty() ? R"({"positions":[)" : ",";
        text += item.text;
    }
    if (text.empty()) return nullptr;
    return std::make_shared<std::string const>(text + "]}");
}

}  // namespace

Text text_for(Message const& message, Subscription const& subscription) {
    if (message.cursor.region != subscription.region) return nullptr;
    auto const& text = message.texts[static_cast<std::size_t>(subscription.audience)];
    bool const is_agent = subscription.audience == Audience::agent;
    if (!message.positions.empty() && (is_agent || !subscription.topics.all))
        return positions_for(message, subscription);
    if (!is_agent) return matches(message, subscription.topics) ? text : nullptr;
    bool const theirs =
        std::ranges::find(message.agents, subscription.agent) != message.agents.end();
    return message.for_all || theirs ? text : nullptr;
}

void Ring::begin(Cursor after) {
    std::lock_guard const lock{mutex_};
    auto& region = regions_[after.region];
    region = {};
    region.floor = after;
    region.last = after;
}

void Ring::add(MessagePtr message) {
    std::lock_guard const lock{mutex_};
    auto& region = regions_[message->cursor.region];
    ASSERT(message->cursor > region.last);
    region.last = message->cursor;
    region.bytes += message->bytes();
    region.messages.push_back(std::move(message));
    while (region.messages.size() > messages_max_ ||
           (region.bytes > bytes_max_ && region.messages.size() > 1)) {
        region.floor = region.messages.front()->cursor;
        region.bytes -= region.messages.front()->bytes();
        region.messages.pop_front();
    }
}

Ring::Since Ring::since(Cursor const& after) const {
    std::lock_guard const lock{mutex_};
    auto const found = regions_.find(after.region);
    if (found == regions_.end()) return {.gap = true, .last = after, .messages = {}};
    auto const& region = found->second;
    Since since{.gap = after < region.floor, .last = region.last, .messages = {}};
    if (since.gap) return since;
    auto const first = std::ranges::upper_bound(
        region.messages, after, {}, [](MessagePtr const& message) { return message->cursor; }
    );
    since.messages.assign(first, region.messages.end());
    return since;
}

}  // namespace posthaste::views
