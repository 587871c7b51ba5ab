// SPDX-License-Identifier: Apache-2.0
// Sets of members while an index is built. Thousands of rules may look for the same thousands of literals (a
// list that they share), so a set is there once for all literals that have it, and so is the union of the
// same sets. Time and memory are those of the sets, not of literals times rules.
//
// One thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/search/rule_range.h"

namespace stoop {

struct MemberSet {
    std::vector<MemberBits> bits;  // by word
    uint32_t guards = UINT32_MAX;  // that all of them have

    // Members are added in order.
    void add(uint32_t member, uint32_t its_guards) {
        guards &= its_guards;
        if (bits.empty() || bits.back().word != member / 64) bits.push_back({member / 64, 0});
        bits.back().bits |= uint64_t{1} << member % 64;
    }
};

using Members = std::shared_ptr<const MemberSet>;
// The members of any of these. A set may be in it more than once.
using MemberSets = std::vector<Members>;

// Puts unions of sets into an array that is to be read by RuleRange.
class MemberPlacer {
  public:
    // `all`: every set that there is.
    MemberPlacer(std::vector<MemberBits>& out, MemberSets all) : out_(out), all_(std::move(all)) {}

    // The same range for the same sets. If unions get too large together, that of all sets: who looks finds
    // more than there is, never less.
    RuleRange place(MemberSets sets);

  private:
    RuleRange append(const MemberSets& sets);

    std::vector<MemberBits>& out_;
    MemberSets all_;
    std::map<MemberSets, RuleRange> placed_;
    size_t words_ = 0;  // that were looked at
    std::optional<RuleRange> everything_;
};

}  // namespace stoop
