// SPDX-License-Identifier: Apache-2.0
// Which rules and nodes of a program get functions of their own, and which of these remember their verdict.
// All modules of a program share one layout. Private to compiler/codegen/llvm.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/match_tables.h"
#include "runtime/program/program.h"

namespace stoop {

struct Layout {
    // The program's, with groups of children behind them. Those that one atom can answer for are that atom;
    // the children of others stand in the order in which they are tested.
    std::vector<ProgramNode> nodes;
    std::vector<uint32_t> memo;      // by node: index of the memory of its verdict, or 0
    std::vector<bool> compiled;      // by rule: whether there is code for it
    std::vector<uint32_t> function;  // by node: how many nodes its function has, or 0: it has none of its own
};

// Follows from the tables alone. Any thread.
Layout lay_out(const MatchTables& tables);

}  // namespace stoop
