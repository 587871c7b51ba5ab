// SPDX-License-Identifier: Apache-2.0
// Sets of rules, as the indexes of literals give them out. The rules of one bucket (those that an event type
// chooses) are its members, numbered in the order in which they fire. Indexes are built from member_sets.h.
#pragma once

#include <cstdint>

namespace stoop {

// Of the members 64 * word to 64 * word + 63 those whose bit is set.
struct MemberBits {
    uint32_t word = 0;
    uint64_t bits = 0;
};

// A set of members: `count` MemberBits, each of another word, from `begin` of the array that belongs to it.
// All of them have these guards: none can fire unless all of those hold.
struct RuleRange {
    uint32_t begin = 0, count = 0;
    uint32_t guards = 0;
};

// Those of a set of which all are in the first word, if their guards are among those that hold.
inline uint64_t bits_of(const RuleRange& range, const MemberBits* members, uint32_t held) {
    return (range.guards & ~held) == 0 ? members[range.begin].bits : 0;
}

}  // namespace stoop
