// SPDX-License-Identifier: Apache-2.0
#include "testing/changed_verdicts.h"

namespace stoop {

using Kind = MutableCondition::Kind;

void ChangedVerdicts::join() {
    children_that_hold_.assign(parts_.size(), 0);
    for (size_t i = parts_.size(); i-- > 0;) {  // children stand behind their parents
        const MutableCondition::Part& part = parts_[i];
        uint32_t count = children_that_hold_[i];
        switch (part.kind) {
            case Kind::And: holds_[i] = count == part.children.size(); break;
            case Kind::Or: holds_[i] = count > 0; break;
            case Kind::Not: holds_[i] = count == 0; break;
            case Kind::Comparison:
            case Kind::Macro: break;
        }
        if (i > 0 && holds_[i]) ++children_that_hold_[part.parent];
    }
    decides_.assign(parts_.size(), false);
    decides_[0] = true;
    for (size_t i = 1; i < parts_.size(); ++i) {
        const MutableCondition::Part& parent = parts_[parts_[i].parent];
        if (!decides_[parts_[i].parent]) continue;
        // Of `and`, true leaves the verdict to the others; of `or`, false does.
        bool neutral = parent.kind == Kind::And;
        size_t hold = children_that_hold_[parts_[i].parent];
        size_t against = neutral ? parent.children.size() - hold : hold;
        decides_[i] = parent.kind == Kind::Not || against == 0 || (against == 1 && holds_[i] != neutral);
    }
}

bool ChangedVerdicts::part_with(const ConditionChange& change, bool comparison) const {
    const MutableCondition::Part& part = parts_[change.part];
    size_t hold = children_that_hold_[change.part], all = part.children.size();
    switch (change.kind) {
        case ConditionChange::Kind::Junction: return part.kind == Kind::And ? hold > 0 : hold == all;
        case ConditionChange::Kind::Drop:
            hold -= holds_[part.children[change.index]];
            return part.kind == Kind::And ? hold == all - 1 : hold > 0;
        case ConditionChange::Kind::Negate: return !holds_[change.part];
        case ConditionChange::Kind::Item:
        case ConditionChange::Kind::Operator: return comparison;
    }
    return false;
}

}  // namespace stoop
