// SPDX-License-Identifier: Apache-2.0
// A test that passes, with a mutant in place of one of its rules: whether the alerts are still those that it
// expects.
//
// Holds which rules fire on each event. Costs a step for an event and an alert, and an alert is made once
// for each expectation that it is compared with.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "testing/run.h"

namespace stoop {

// What may still be spent on trying mutants.
class MutantWork {
  public:
    explicit MutantWork(uint64_t steps) : left_(steps) {}
    void spend(uint64_t steps) {
        exceeded_ = exceeded_ || steps > left_;
        left_ -= std::min(left_, steps);
    }
    uint64_t left() const { return left_; }
    bool is_exceeded() const { return exceeded_; }

  private:
    uint64_t left_;
    bool exceeded_ = false;
};

class MutatedTest {
  public:
    // All must outlive this. Spends work for every event.
    MutatedTest(const LoadedTest& test, const PreparedProgram& program, TestRunner& runner, MutantWork& work);

    const LoadedTest& test() const { return test_; }
    // That a mutant takes at least.
    uint64_t steps() const { return test_.events() + fired_.size(); }
    // `fires(event)` says whether the mutant of the rule does.
    template <typename Fires>
    bool notices(uint32_t rule, const Fires& fires) {
        alerts_.clear();
        bool changed = false;
        for (uint32_t i = 0; i < test_.events(); ++i) changed |= add_alerts(i, rule, fires(i));
        return changed && !is_as_expected();
    }

  private:
    struct Alert {
        uint32_t event, rule;
    };
    bool add_alerts(uint32_t event, uint32_t rule, bool fires);
    bool is_as_expected();
    bool agrees(size_t expected, Alert alert);

    const LoadedTest& test_;
    const PreparedProgram& program_;
    TestRunner& runner_;
    MutantWork& work_;
    // The rules that fire on each event: those from its offset to the next one's. Where only the first one
    // counts, there are two at most.
    std::vector<size_t> offsets_{0};
    std::vector<uint32_t> fired_;
    std::vector<Alert> alerts_;                            // with a mutant
    std::map<std::pair<uint32_t, uint32_t>, bool> agree_;  // by expectation and event
};

}  // namespace stoop
