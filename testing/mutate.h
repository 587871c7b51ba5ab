// SPDX-License-Identifier: Apache-2.0
// Mutation testing of rules: each rule under test is changed in many small ways, and each changed rule, a
// mutant, takes the rule's place in every test that passes. A mutant that no test notices shows what the
// tests do not pin down.
//
// No mutant is compiled as a whole. A change turns the verdict on an event if it turns its part of the
// condition and the whole depends on that part (changed_verdicts.h); only comparisons that are changed are
// compiled. So a change costs a few steps for an event of a test, whatever the size of the rule. Changes are
// tried in groups of bounded size, and all of a run take Limit::MutantWork steps at most.
//
// Equivalent mutants are those that are proven to have the rule's verdict on every event (equivalence.h).
#pragma once

#include <memory>
#include <optional>

#include "testing/json_stream.h"
#include "testing/mutants.h"
#include "testing/run.h"

namespace stoop {

struct MutatedRule {
    enum class Fate : uint8_t {
        Survived,
        Killed,
        Equivalent,
        Refused,  // it does not compile, and so is no mutant
    };

    const Compilation* rules = nullptr;  // that has it first
    const ProgramRule* rule = nullptr;
    Span name;                                          // in the rule's file
    std::unique_ptr<const MutableCondition> condition;  // null if it is too large
    std::vector<ConditionChange> changes;               // that were tried
    std::vector<Fate> fates;                            // of these
    size_t all = 0;                                     // changes there are
    std::optional<Limit> exceeded;                      // why not all were tried

    size_t count(Fate fate) const;
    size_t mutants() const { return changes.size() - count(Fate::Refused); }
    const Place& place() const { return rules->program->place(*rule); }
    Place place(const ConditionChange& change) const {
        return rules->sources.place(change_span(*condition, change));
    }
};

// The rules that the suite's tests expect, in the order of the files. `results` are those of all tests; only
// tests that pass can notice a mutant. The suite must outlive the rules.
std::vector<MutatedRule> mutate(const Suite& suite, const std::vector<TestResult>& results);

// `only the first 1200 of 8000 changes were tried`; for rules with `exceeded`.
std::string untried_text(const MutatedRule& rule);

// For people: a line for each rule, and each survivor with its condition before and after. In all reports
// conditions are whole up to Limit::ReportBytes; then what stands around a change is shown.
void human_mutants(const std::vector<MutatedRule>& rules, bool verbose, const Limits& limits,
                   const Write& write);
void json_mutants(const std::vector<MutatedRule>& rules, const Limits& limits, const Write& write);
void github_mutants(const std::vector<MutatedRule>& rules, const Limits& limits, const Write& write);

}  // namespace stoop
