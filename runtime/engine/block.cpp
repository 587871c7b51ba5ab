// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/block.h"

#include <algorithm>
#include <bit>

#include "runtime/engine/type_filter.h"

namespace stoop {

void match_wanted(MatchFunction match, const EventTypeSet& wanted, const void* tables,
                  const EventBlock& block, Scratch& scratch, uint32_t limit, std::vector<Hit>& hits) {
    BlockMatcher matcher(match, tables, block, scratch, limit, hits);
    for (size_t begin = 0; begin < block.types.size(); begin += kTypeBlock) {
        auto types = block.types.subspan(begin, std::min(kTypeBlock, block.types.size() - begin));
        for (uint64_t open = wanted_types(wanted, types); open != 0; open &= open - 1)
            matcher.match(static_cast<uint32_t>(begin) + static_cast<uint32_t>(std::countr_zero(open)));
    }
}

}  // namespace stoop
