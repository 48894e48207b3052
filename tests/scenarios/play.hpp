// One scenario played: its lines are told to a shard, and what follows is written down.
//
// Takes    the part above ----. One line a statement; an indented line belongs to the `at` above.
//            grid, map, roads                  map.hpp; with roads, travel times are theirs when
//                                              they are empty, and as reports say
//            at 08:00:00                       time goes on to here
//            policy radius 5000                by the policy's field names
//            hub DEPOT at A
//            agent W1 at A [shift 08:00-16:00] [skills a,b] [kind van] [features a,b] [capacity 4]
//                          [off]
//            ride|parcel J1 from A to B ...    [load 1] [slots 2] [skills a,b] [kinds van]
//            visit J1 at A ...                 [features a,b] [priority 9] [release 08:10]
//                                              [deadline 09:00] [window 08:00-09:00] [service 60 s]
//            duty W1 on_duty|paused|off        W1 at B: a fix
//            W1 accepts|declines|receives J1   W1 drops J1 · W1 finishes J1 0
//            W1 J1 en_route [tapped 08:03:00]  a step, by the agent
//            W1 attaches photo_before J1
//            office J1 cancelled               a step, by a dispatcher
//            office assigns J1 W1 · takes J1 W1 · edits J1 priority 9 · removes W1
//            office closes BC until 08:30 · slows BC to 150 % until 08:30   the road between
//            office quotes J1 100 · approves J1 · rejects J1
// Gives    a line for each event with its time, and "refused" with the reason for each no.
// Errors   a line that is not understood fails the test, and names itself.
#pragma once

#include <string>

namespace posthaste::scenarios {

std::string play(std::string const& script);

}  // namespace posthaste::scenarios
