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

#include "runtime/match/plan.h"

namespace stoop {

struct Explanation {
    bool fires = false;
    std::vector<bool> verdicts;  // of each node of the tree
    std::vector<std::vector<uint32_t>>
        deciding;  // sets of atoms of the plan; the smallest that would flip the verdict
};

Explanation explain(const Plan& plan, const PlanRule& rule, const Value* slots);

// Why a comparison came out as it did.
enum class Reason : uint8_t {
    Compared,     // both sides were there
    Absent,       // a side was looked for and is not there
    NotRecorded,  // nobody knows a side
};
Reason reason(const Atom& atom, const Value* slots);

}  // namespace stoop
