// Sets of rules, as the indexes of literals give them out. The rules of one bucket (those that an event type
// chooses) are its members, numbered in the order in which they fire.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

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

// A set of members while it is being gathered.
struct MemberSet {
    std::vector<MemberBits> bits;
    uint32_t guards = UINT32_MAX;  // that all of them have

    // Members are added in order.
    void add(uint32_t member, uint32_t its_guards) {
        guards &= its_guards;
        if (bits.empty() || bits.back().word != member / 64) bits.push_back({member / 64, 0});
        bits.back().bits |= uint64_t{1} << member % 64;
    }
    void add(const MemberSet& others) {
        guards &= others.guards;
        std::vector<MemberBits> all;
        all.reserve(bits.size() + others.bits.size());
        std::merge(bits.begin(), bits.end(), others.bits.begin(), others.bits.end(), std::back_inserter(all),
                   [](const MemberBits& a, const MemberBits& b) { return a.word < b.word; });
        bits.clear();
        for (const MemberBits& members : all)
            if (bits.empty() || bits.back().word != members.word)
                bits.push_back(members);
            else
                bits.back().bits |= members.bits;
    }
    // Puts them behind those of `all`.
    RuleRange append_to(std::vector<MemberBits>& all) const {
        RuleRange out{static_cast<uint32_t>(all.size()), static_cast<uint32_t>(bits.size()), guards};
        all.insert(all.end(), bits.begin(), bits.end());
        return out;
    }
};

}  // namespace stoop
