// Which comparisons of a rule's resolved condition the tests have exercised: seen true, seen false, and seen
// to decide the verdict on their own. A comparison decides on an event if the verdict of the whole condition
// would be the other one had it alone turned out otherwise; it is covered when it has decided both as true
// and as false (masking MC/DC). A comparison that a condition has twice, through a macro, counts twice.
//
// Every event of every test counts, also those that an earlier rule or the rule's event types keep from it:
// `evt.type in (execve)` could else never be seen false.
//
// Costs two walks over each rule's tree per event. One collector per thread; merging them in any order gives
// the same result.
#pragma once

#include <map>
#include <vector>

#include "runtime/match/plan.h"

namespace stoop {

// The tests that showed something, by their index in the suite, in ascending order.
using TestIndexes = std::vector<uint32_t>;

struct AtomCoverage {
    TestIndexes seen_true, seen_false, decided_true, decided_false;

    void merge(const AtomCoverage& other);
    bool covered() const { return !decided_true.empty() && !decided_false.empty(); }
};

// By node of the rule's tree; only those of comparisons are used.
using RuleCoverage = std::vector<AtomCoverage>;

class Coverage {
  public:
    void add(const Plan& plan, const Value* slots, uint32_t test, Scratch& scratch);
    void merge(const Coverage& other);

    // Null if no test ran on these rules.
    const std::vector<RuleCoverage>* of(const Plan& plan) const;

  private:
    std::map<const Plan*, std::vector<RuleCoverage>> plans_;
    std::vector<bool> verdicts_, decides_;
};

}  // namespace stoop
