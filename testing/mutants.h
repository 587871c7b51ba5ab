// The mutants of a rule as conditions: what is changed, and the changed condition as a tree.
#pragma once

#include "compiler/compiler.h"

namespace stoop {

struct ChangedCondition {
    std::string change, kind;
    Place place;
    ast::Expression tree;
};

// The condition of a rule with its macros in place.
ast::Expression expanded_condition(const Compilation& rules, const RuleDefinition& rule);

// At most `most` of them.
std::vector<ChangedCondition> changed_conditions(const Compilation& rules, const RuleDefinition& rule,
                                                 size_t most);

}  // namespace stoop
