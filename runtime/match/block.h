// Many events at a time, for going back over what was recorded. For each bucket that a block has events of,
// the guards of all of them are tested, then one field after the other is looked at, and last the candidates
// are evaluated event by event. That is faster than one event after the other: types that no rule wants are
// passed over in a loop of a few instructions, the work on one event does not wait for that on the one
// before, and a value that is the same as in the event before (the name of a process, say) is looked up once.
//
// Buckets of a few rules, and of more than 64, gain nothing by it; their events are matched one by one.
#pragma once

#include "runtime/match/program.h"

namespace stoop {

// A BlockFunction; `program` is a MatchProgram. Allocates only if there are more hits, or larger blocks, than
// ever before.
void match_block(const void* program, const EventBlock& block, Scratch* scratch, uint32_t limit,
                 std::vector<Hit>& hits);

// One event of a block by itself.
void match_alone(MatchFunction match, const void* program, const EventBlock& block, uint32_t event,
                 Scratch& scratch, uint32_t limit, std::vector<Hit>& hits);

}  // namespace stoop
