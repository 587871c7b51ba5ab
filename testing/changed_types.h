// SPDX-License-Identifier: Apache-2.0
// Which event types a condition can match with each of its changes (compiler/semantics/select_events), worked
// out from the sets of its parts.
//
// Costs two steps for each part, and for a change one for each part above it whose set it changes. Equal sets
// are kept once.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "runtime/event/event_types.h"
#include "runtime/event/schema.h"
#include "testing/mutants.h"

namespace stoop {

class ChangedTypes {
  public:
    // Both must outlive this.
    ChangedTypes(const MutableCondition& condition, const Schema& schema);

    // A set is known by a number; equal sets have equal ones.
    using Id = uint32_t;
    const EventTypeSet& set(Id id) const { return sets_[id]; }
    Id whole() const { return of_[0]; }
    // Whether a part that is a comparison tells about event types; if not, it does not with fewer items
    // either.
    bool tells(uint32_t part) const { return of_[part] != all_; }
    // `comparison`: the changed one, if the change is of one; null will do for an item of one that does not
    // tell.
    Id with(const ConditionChange& change, const ast::Comparison* comparison);

  private:
    static constexpr Id kNone = UINT32_MAX;  // of no parts

    Id id(EventTypeSet set);
    Id joined(bool both, Id a, Id b);
    // Of the parts of an `and` what all of them can match; the other way round under `not`.
    static bool is_both(const MutableCondition::Part& part) {
        return (part.kind == MutableCondition::Kind::And) != part.negated;
    }
    Id changed_part(const ConditionChange& change, const ast::Comparison* comparison);

    const MutableCondition& condition_;
    const Schema& schema_;
    std::map<std::vector<uint64_t>, Id> ids_;
    std::vector<EventTypeSet> sets_;
    std::unordered_map<uint64_t, Id> both_, either_;
    Id all_ = kNone;
    std::vector<Id> of_;      // each part
    std::vector<Id> others_;  // the parts beside each
};

}  // namespace stoop
