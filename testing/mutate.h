// Mutation testing of rules: each rule under test is changed in many small ways, and each changed rule, a
// mutant, takes the rule's place in every test that passes. A mutant that no test notices shows what the
// tests do not pin down.
//
// Mutants are compiled like any rule, all of a rule at once into one plan, in which what they share (nearly
// everything) is one node of the graph. That graph is evaluated once per event for all of them together, so
// that a mutant costs little more than the node in which it differs.
//
// Equivalent mutants are those that the plan proves to have the rule's verdict on every event: their
// condition is the same node of the graph, or has the same truth table over the atoms, as far as these can be
// true together (`= a` and `= b` cannot; `= a` implies `startswith a`). Conditions of many atoms are not
// tried.
#pragma once

#include "testing/run.h"

namespace stoop {

struct Mutant {
    std::string change;  // drop 'evt.res = SUCCESS'
    std::string kind;    // drop, negate, and-or, item, comparison
    Place place;
    std::string condition;  // with the change
    enum class Fate : uint8_t { Survived, Killed, Equivalent };
    Fate fate = Fate::Survived;
};

struct MutatedRule {
    std::string rule;
    Place place;
    std::string condition;  // as it is, macros expanded
    std::vector<Mutant> mutants;

    size_t count(Mutant::Fate fate) const;
};

// The most mutants of one rule; a rule that is so large is changed only in its first parts.
constexpr size_t kMostMutants = 20'000;

// The rules that the suite's tests expect, in the order of the files. `results` are those of all tests; only
// tests that pass can notice a mutant.
std::vector<MutatedRule> mutate(const Suite& suite, const Schema& schema,
                                const std::vector<TestResult>& results);

// For people: a line for each rule, and each survivor with its condition before and after.
std::string human_mutants(const std::vector<MutatedRule>& rules, bool verbose);
std::string json_mutants(const std::vector<MutatedRule>& rules);
std::string github_mutants(const std::vector<MutatedRule>& rules);

}  // namespace stoop
