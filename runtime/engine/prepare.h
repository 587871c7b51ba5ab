// SPDX-License-Identifier: Apache-2.0
// From the type of an event to the rules that may fire on it. For each set of types that the same rules want
// (a bucket) it is worked out which comparisons must hold for a rule to fire at all, and those that many
// rules ask of one field are put in an index: code generation turns the result into the entry of the matcher.
//
// A rule's *witness* is a set of literals on one or several fields of which at least one must match; its
// *guards* are cheap comparisons that must all hold; its *exceptions* are texts that one of its fields must
// not be. All follow from the condition alone; which of several possible witnesses is taken is a guess at how
// often it holds and what it costs, and changes the speed only.
//
// Costs a walk over the graph for each bucket. Any thread; the result is only read.
#pragma once

#include "runtime/engine/match_tables.h"

namespace stoop {

enum class Use : uint8_t {
    Code,    // native code is made from them: it looks for some literals itself
    Tables,  // they answer by themselves (tables_engine.h)
};

// All but native code. The program must outlive the tables.
MatchTables prepare(const PreparedProgram& program, Use use);

}  // namespace stoop
