// SPDX-License-Identifier: Apache-2.0
// What a plan says, as bytes: plans that say the same have the same bytes, and others have others. Interning
// of atoms and nodes, and the key of cached native code, come from this one encoding.
//
// Numbers have fixed widths, texts and lists their length before them. What is prepared from other members
// (compiled regular expressions, tables) is left out, and so are the places and texts that only messages
// show. Linear in the plan. Any thread.
#pragma once

#include <string>

#include "runtime/match/plan.h"

namespace stoop {

// Appends what an atom compares with what.
void encode(const Atom& atom, std::string& out);
// Appends what a node of the graph joins.
void encode(const PlanNode& node, std::string& out);
// All that decides which rules fire, and which of them get native code: atoms over slots, the graph, and of
// each rule its condition, its events and the size of its tree. Not which fields the slots hold, nor a rule's
// name, output or tags.
std::string encode_conditions(const Plan& plan);

}  // namespace stoop
