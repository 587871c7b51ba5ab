// SPDX-License-Identifier: Apache-2.0
// From typed rules to a program: equal atoms of all rules become one atom, equal sub-conditions one node of a
// graph. What only rules use that are not in the program is left out, so equal rules make equal programs.
//
// Costs one hash probe per node. What is shared is only what is equal by construction; the trees of the rules
// stay as their authors wrote them, in the source map.
#pragma once

#include "compiler/semantics/typed.h"
#include "runtime/program/program.h"
#include "runtime/program/source_map.h"

namespace stoop {

struct BuiltProgram {
    Program program;
    SourceMap source_map;
};

// Takes rules, atoms and constants out of `typed`.
BuiltProgram build_program(TypedRuleset& typed, const Schema& schema);

}  // namespace stoop
