// How long it takes to say where one more job could go, what each place would add, and what is in
// the way of every vehicle that has none.
//
// Takes    200 routes of 20 stops (windows, loads, skills; every stop at a place of its own), and
//          1,000 jobs, one asked about after the other. The object asked is kept, the routes stay.
// Gives    `insert`: the 99th percentile of a question, in ms; every position priced, every
//          conflict named by the timetable.
#pragma once

namespace posthaste::bench {

void run_insert();

}  // namespace posthaste::bench
