// Sets of rules, as the indexes of literals give them out. The rules of one bucket (those that an event type
// chooses) are its members, numbered in the order in which they fire.
#pragma once

#include <cstdint>

namespace stoop {

// Of the members 64 * word to 64 * word + 63 those whose bit is set.
struct MemberBits {
    uint32_t word = 0;
    uint64_t bits = 0;
};

// A set of members: `count` MemberBits from `begin` of the array that belongs to it. All of them have these
// guards: none can fire unless all of those hold.
struct RuleRange {
    uint32_t begin = 0, count = 0;
    uint32_t guards = 0;
};

}  // namespace stoop
