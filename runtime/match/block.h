// Many events at a time, for going back over what was recorded: those of types that no rule wants are passed
// over 64 at once, the others are matched one after the other, so that the processor is on the next one while
// the last one still waits.
#pragma once

#include <vector>

#include "runtime/match/program.h"

namespace stoop {

// A BlockFunction; `program` is a MatchProgram. Allocates only if there are more hits than ever before.
void match_block(const void* program, const EventBlock& block, Scratch* scratch, uint32_t limit,
                 std::vector<Hit>& hits);

// One event of a block.
inline void match_alone(MatchFunction match, const void* program, const EventBlock& block, uint32_t event,
                        Scratch& scratch, uint32_t limit, std::vector<Hit>& hits) {
    if (scratch.fired.size() < limit) scratch.fired.resize(limit);
    uint32_t count =
        match(program, block.slots[event], block.types[event], &scratch, scratch.fired.data(), limit);
    for (uint32_t i = 0; i < count; ++i) hits.push_back({event, scratch.fired[i]});
}

}  // namespace stoop
