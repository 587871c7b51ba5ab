// SPDX-License-Identifier: Apache-2.0
// Many events at a time, for going back over what was recorded: those of types that no rule wants are passed
// over 64 at once, the others are matched one after the other, so that the processor is on the next one while
// the last one still waits.
#pragma once

#include <vector>

#include "runtime/engine/engine.h"

namespace stoop {

// What a BlockFunction of an engine does whose rules want the types `wanted`; `tables` is what `match` works
// on. Allocates only if there are more hits than ever before.
void match_wanted(MatchFunction match, const EventTypeSet& wanted, const void* tables,
                  const EventBlock& block, Scratch& scratch, uint32_t limit, std::vector<Hit>& hits);

// Matches events of a block one by one.
class BlockMatcher {
  public:
    BlockMatcher(MatchFunction match, const void* tables, const EventBlock& block, Scratch& scratch,
                 uint32_t limit, std::vector<Hit>& hits)
        : match_(match), tables_(tables), block_(block), scratch_(scratch), limit_(limit), hits_(hits) {
        if (scratch.fired.size() < limit) scratch.fired.resize(limit);
        fired_ = scratch.fired.data();
    }
    void match(uint32_t event) {
        uint32_t count = match_(tables_, block_.slots[event], block_.types[event], &scratch_, fired_, limit_);
        for (uint32_t i = 0; i < count; ++i) hits_.push_back({event, fired_[i]});
    }

  private:
    const MatchFunction match_;
    const void* const tables_;
    const EventBlock block_;
    Scratch& scratch_;
    const uint32_t limit_;
    std::vector<Hit>& hits_;
    uint32_t* fired_;
};

}  // namespace stoop
