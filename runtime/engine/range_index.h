// SPDX-License-Identifier: Apache-2.0
// Which rules are worth evaluating, by the value of one field of numbers or addresses: every rule in the
// index has given ranges in one of which the value must be, or the rule cannot fire. A number is a range of
// one; a network is the range of its addresses.
//
// The ranges of all rules cut the numbers into intervals; a look finds that of the value by bisection, a few
// nanoseconds and a step more for each doubling of the ranges. Built once by one thread, then only read.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/member_sets.h"
#include "runtime/event/types.h"
#include "runtime/event/value.h"
#include "runtime/search/range_set.h"
#include "runtime/search/rule_range.h"

namespace stoop {

class RangeIndex {
  public:
    explicit RangeIndex(TypeClass type) : type_(type) {}

    // `members`: rules that have the range.
    void add(const KeyRange& range, const Members& members);
    void build();  // after the last add and before the first look

    // Calls `found` with the members that have a range in which the value is.
    template <typename Found>
    void look(const Value& value, Found&& found) const {
        if (is_numeric(type_)) return kinds_[0].look(number_key(value, type_), found);
        if (value.size == 4) kinds_[0].look(address_key(value.text()), found);
        if (value.size == 16) kinds_[1].look(address_key(value.text()), found);
    }
    const MemberBits* members() const { return members_.data(); }

  private:
    struct Added {
        KeyRange range;
        Members members;
    };
    struct Kind {
        std::vector<RangeKey> begins;     // of intervals; the first one begins at 0
        std::vector<RuleRange> rules;     // of each
        std::vector<RuleRange> anywhere;  // members of too wide ranges, which may be wherever the value is

        template <typename Found>
        void look(RangeKey key, Found&& found) const {
            for (const RuleRange& range : anywhere) found(range);
            if (begins.empty()) return;
            size_t at = 0;
            for (size_t step = (begins.size() + 1) / 2, left = begins.size(); left > 1;
                 step = (left + 1) / 2) {
                if (at + step < begins.size() && begins[at + step] <= key) at += step;
                left = step;
            }
            if (rules[at].count != 0) found(rules[at]);
        }
    };
    void build(Kind& kind, std::vector<Added> added);

    TypeClass type_;
    std::vector<Added> added_;
    Kind kinds_[2];  // numbers or IPv4; IPv6
    std::vector<MemberBits> members_;
};

}  // namespace stoop
