// SPDX-License-Identifier: Apache-2.0
// Why a rule fires on an event or does not: the verdict of every node of its tree, and which comparisons
// decided.
//
// A comparison decides if the verdict of the whole condition would be the other one had it alone turned out
// the other way (wherever the same comparison stands in the condition). Where no single one does, the
// smallest set that does, taken together, is looked for among small sets only; conditions with very many
// comparisons get none.
//
// Costs a walk over the tree for every set that is tried, some 20,000 at most; meant for people, not for the
// matching path.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/prepared_program.h"

namespace stoop {

struct Explanation {
    bool fires = false;
    std::vector<bool> verdicts;  // of each node of the tree
    std::vector<std::vector<uint32_t>>
        deciding;  // sets of atoms of the program; the smallest that would flip the verdict
};

// Larger deciding sets are not looked for.
constexpr size_t kLargestDecidingSet = 3;

Explanation explain(const PreparedProgram& program, const ProgramRule& rule, const Value* slots,
                    size_t largest_set = kLargestDecidingSet);

// The first rule that fires on an event; null if none does. Where only one may, it keeps later ones from it.
const ProgramRule* first_rule(const PreparedProgram& program, EventTypeId type, const Value* slots);

}  // namespace stoop
