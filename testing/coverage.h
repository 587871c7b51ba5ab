// SPDX-License-Identifier: Apache-2.0
// Which comparisons of a rule's resolved condition the tests have exercised: seen true, seen false, and seen
// to decide the verdict on their own. A comparison decides on an event if the verdict of the whole condition
// would be the other one had it alone turned out otherwise; it is covered when it has decided both as true
// and as false (masking MC/DC). A comparison that a condition has twice, through a macro, counts twice.
//
// Every event of every test counts, also those that an earlier rule or the rule's event types keep from it:
// `evt.type in (execve)` could else never be seen false.
//
// Costs two walks over each rule's tree per event, and memory for each comparison, whatever the number of
// tests. One collector per thread; merging them in any order gives the same result.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "runtime/engine/prepared_program.h"

namespace stoop {

// The tests that showed something: how many, and the first of them by their index in the suite.
class ShownBy {
  public:
    static constexpr size_t kMostNamed = 20;

    // Tests come in ascending order, each as often as it may.
    void note(uint32_t test);
    // With the tests of another, none of which is among these.
    void merge(const ShownBy& other);

    bool empty() const { return count_ == 0; }
    uint32_t count() const { return count_; }
    std::span<const uint32_t> named() const;

  private:
    uint32_t count_ = 0, last_ = 0;
    std::unique_ptr<std::array<uint32_t, kMostNamed>> first_;
};

struct AtomCoverage {
    ShownBy seen_true, seen_false, decided_true, decided_false;

    void merge(const AtomCoverage& other);
    bool covered() const { return !decided_true.empty() && !decided_false.empty(); }
};

// Of the comparisons of a rule's tree, in the order in which they stand there.
using RuleCoverage = std::vector<AtomCoverage>;

class Coverage {
  public:
    void add(const PreparedProgram& program, const Value* slots, uint32_t test, Scratch& scratch);
    // With what another one saw of other tests.
    void merge(const Coverage& other);

    // Null if no test ran on these rules.
    const std::vector<RuleCoverage>* of(const PreparedProgram& program) const;

  private:
    std::map<const PreparedProgram*, std::vector<RuleCoverage>> programs_;
    std::vector<bool> atoms_, verdicts_, decides_;
};

}  // namespace stoop
