// SPDX-License-Identifier: Apache-2.0
// The verdict of a condition with each of its changes, without evaluating any of them as a whole: the
// verdicts of all parts are worked out once, and for each part whether the whole depends on it as things
// stand. A change then turns the verdict if it turns its part, and the whole depends on that.
//
// Costs one pass over the parts for an event, and a few steps for a change.
#pragma once

#include <vector>

#include "testing/mutants.h"

namespace stoop {

class ChangedVerdicts {
  public:
    // The condition must outlive this.
    explicit ChangedVerdicts(const MutableCondition& condition)
        : parts_(condition.parts()),
          holds_(parts_.size()),
          decides_(parts_.size()),
          children_that_hold_(parts_.size()) {}

    // `comparison(part)` is the verdict of a part that is one.
    template <typename Verdict>
    void evaluate(const Verdict& comparison) {
        for (size_t i = 0; i < parts_.size(); ++i)
            if (parts_[i].comparison) holds_[i] = comparison(static_cast<uint32_t>(i));
        join();
    }

    bool holds() const { return holds_[0]; }
    // Whether the verdict would be the other one if this part's were.
    bool decides(uint32_t part) const { return decides_[part]; }
    bool holds(uint32_t part) const { return holds_[part]; }
    // `comparison`: the verdict of the changed one, if the change is of one.
    bool holds_with(const ConditionChange& change, bool comparison) const {
        return holds() != (decides_[change.part] && part_with(change, comparison) != holds_[change.part]);
    }

  private:
    void join();
    bool part_with(const ConditionChange& change, bool comparison) const;

    const std::vector<MutableCondition::Part>& parts_;
    std::vector<bool> holds_, decides_;
    std::vector<uint32_t> children_that_hold_;
};

}  // namespace stoop
