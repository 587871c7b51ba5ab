// SPDX-License-Identifier: Apache-2.0
// From typed rules to a plan: equal atoms of all rules become one atom, equal sub-conditions one node of a
// graph.
//
// Costs one hash probe per node. What is shared is only what is equal by construction; the trees of the rules
// stay as their authors wrote them.
#pragma once

#include <memory>

#include "compiler/semantics/typed.h"
#include "runtime/match/plan.h"

namespace stoop {

std::unique_ptr<Plan> build_plan(std::unique_ptr<TypedRuleset> typed, const Schema& schema);

}  // namespace stoop
