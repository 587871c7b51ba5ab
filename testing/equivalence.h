// Whether two rules of a plan have the same verdict on every event, as far as the plan can prove it: the same
// node of the graph, or the same truth table over their atoms.
//
// Rows of the table that cannot be are left out: comparisons of one field with constants can exclude or imply
// each other. Costs the table, so conditions with more than kMostAtoms atoms are only compared by node.
#pragma once

#include "runtime/match/plan.h"

namespace stoop {

class Equivalence {
  public:
    static constexpr size_t kMostAtoms = 14;

    // Both must outlive this.
    Equivalence(const Plan& plan, const PlanRule& rule) : plan_(plan), rule_(rule) {}

    // False is no proof of the contrary.
    bool proves(const PlanRule& other) const;

  private:
    const Plan& plan_;
    const PlanRule& rule_;
};

}  // namespace stoop
