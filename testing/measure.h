// SPDX-License-Identifier: Apache-2.0
// How long a rule set takes over events that are already decoded. Machines are noisy, so nothing here is
// measured once: a figure is the median of many rounds, and two rule sets are compared round by round, in
// turn and in alternating order, so that whatever slows the machine slows both. Of the ratios of all rounds
// the median is given with the interval in which it lies with 99 % certainty (bootstrap, with a fixed seed).
//
// A round over the events takes some milliseconds at least; few events are gone over repeatedly. Not for use
// on several threads at once: they would measure each other.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/event/event.h"

namespace stoop {

// What is measured. All of it must outlive the measuring.
struct Workload {
    Engine engine;
    uint32_t limit = 1;  // rules that may fire on an event
    uint32_t rules = 0;  // of the program
    const std::vector<Event>* events = nullptr;
};

struct Figures {
    double min = 0, median = 0;  // of the rounds' averages, in ns an event
    double p99 = 0;              // of single events, the clock's own time taken off; median of the rounds
};
Figures measure(const Workload& workload, uint32_t rounds);

struct Ratio {
    double median = 1, low = 1, high = 1;
};
struct SpeedComparison {
    Figures before, after;
    Ratio throughput, p99;  // after to before; above 1 is slower
};
SpeedComparison compare_speed(const Workload& before, const Workload& after, uint32_t rounds);

}  // namespace stoop
