// SPDX-License-Identifier: Apache-2.0
// The reference evaluator: says what a program means, as plainly as it can be said, by walking each rule's
// tree as the author wrote it. Slower than native code and meant to be: tests hold the two against each
// other, and explanations are made from it.
//
// Costs a walk over the tree of every rule per event. Safe on any number of threads, each with its own
// Scratch.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/engine/prepared_program.h"

namespace stoop {

// The verdict of one node of a tree, left to right with short circuit (spec: condition-language.md §9).
bool evaluate(const PreparedProgram& program, const ConditionTree& tree, uint32_t node, const Value* slots,
              Scratch& scratch);

// The program must have a source map, and must outlive the engine.
Engine reference_engine(const PreparedProgram& program);

}  // namespace stoop
