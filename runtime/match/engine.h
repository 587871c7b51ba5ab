// How an event is matched, whichever engine does it. A matcher is a function and what it works on; calling it
// is one indirect call per event. The function may run on any number of threads, each with a Scratch of its
// own.
#pragma once

#include <cstdint>

#include "runtime/event/event_types.h"
#include "runtime/event/value.h"
#include "runtime/match/atom.h"

namespace stoop {

// Writes the indexes of the rules that fire, in order and `limit` at most, to `fired` and returns how many.
// `slots` are the event's values in the order of the plan's slots. `limit` is 1 for `first` matching, the
// number of rules for `all`.
using MatchFunction = uint32_t (*)(const void* program, const Value* slots, EventTypeId type,
                                   Scratch* scratch, uint32_t* fired, uint32_t limit);

// Which of the rules that could fire do: the first, or all.
enum class Matching : uint8_t { First, All };

struct Engine {
    MatchFunction function = nullptr;
    const void* program = nullptr;

    uint32_t match(const Value* slots, EventTypeId type, Scratch& scratch, uint32_t* fired,
                   uint32_t limit) const {
        return function(program, slots, type, &scratch, fired, limit);
    }
};

}  // namespace stoop
