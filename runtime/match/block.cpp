// SPDX-License-Identifier: Apache-2.0
#include "runtime/match/block.h"

#include <algorithm>
#include <bit>

#include "runtime/match/type_filter.h"

namespace stoop {

void match_block(const void* of, const EventBlock& block, Scratch* scratch, uint32_t limit,
                 std::vector<Hit>& hits) {
    const auto& program = *static_cast<const MatchProgram*>(of);
    BlockMatcher matcher(program.match, of, block, *scratch, limit, hits);
    for (size_t begin = 0; begin < block.types.size(); begin += kTypeBlock) {
        auto types = block.types.subspan(begin, std::min(kTypeBlock, block.types.size() - begin));
        for (uint64_t open = wanted_types(program.wanted, types); open != 0; open &= open - 1)
            matcher.match(static_cast<uint32_t>(begin) + static_cast<uint32_t>(std::countr_zero(open)));
    }
}

}  // namespace stoop
