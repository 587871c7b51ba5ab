// SPDX-License-Identifier: Apache-2.0
// How an event is matched, whichever engine does it. A matcher is a function and what it works on; calling it
// is one indirect call per event. The function may run on any number of threads, each with a Scratch of its
// own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/engine/scratch.h"
#include "runtime/event/event_types.h"
#include "runtime/event/value.h"

namespace stoop {

// Writes the indexes of the rules that fire, in order and `limit` at most, to `fired` and returns how many.
// `slots` are the event's values in the order of the program's slots. What lies behind a text in the same 4
// kB of memory may be read, and changes nothing. `limit` is 1 for `first` matching, the number of rules for
// `all`.
using MatchFunction = uint32_t (*)(const void* program, const Value* slots, EventTypeId type,
                                   Scratch* scratch, uint32_t* fired, uint32_t limit);

// A block of events: their types, and the values of each.
struct EventBlock {
    std::span<const EventTypeId> types;
    const Value* const* slots = nullptr;
};
// A rule that fires on an event of a block.
struct Hit {
    uint32_t event = 0, rule = 0;
};
// As MatchFunction, for each event of the block; what fires is appended to `hits`, by event and then in
// order.
using BlockFunction = void (*)(const void* program, const EventBlock& block, Scratch* scratch, uint32_t limit,
                               std::vector<Hit>& hits);

// Which of the rules that could fire do: the first, or all.
enum class Matching : uint8_t { First, All };

inline const EventTypeSet kAllEventTypes;

struct Engine {
    MatchFunction function = nullptr;
    const void* program = nullptr;
    BlockFunction block_function = nullptr;
    const EventTypeSet* wanted = &kAllEventTypes;  // no rule fires on any other

    // Most events are of types that no rule wants, so these are not worth a call.
    uint32_t match(const Value* slots, EventTypeId type, Scratch& scratch, uint32_t* fired,
                   uint32_t limit) const {
        return wanted->contains(type) ? function(program, slots, type, &scratch, fired, limit) : 0;
    }
    // Many events at a time take half to two thirds of the time; a few hundred are as good as more.
    void match(const EventBlock& block, Scratch& scratch, uint32_t limit, std::vector<Hit>& hits) const {
        block_function(program, block, &scratch, limit, hits);
    }
};

}  // namespace stoop
