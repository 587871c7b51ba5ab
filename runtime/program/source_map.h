// SPDX-License-Identifier: Apache-2.0
// Where the rules of a program are in their files, and what their authors wrote: each condition as a tree in
// which macros keep their names, every node its place, and nothing is shared. The reference evaluator,
// explanations and coverage walk these trees. A program without a source map runs on the other engines.
//
// Immutable once built; any number of threads may read it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/place.h"

namespace stoop {

struct ConditionTree {
    enum class Kind : uint8_t { And, Or, Not, Atom, Macro };
    struct Node {
        Kind kind = Kind::Atom;
        uint32_t atom = 0;               // Atom: of the program
        std::vector<uint32_t> children;  // And, Or: in order; Not, Macro: one
        std::string macro;               // Macro: its name
        Place place;
        uint32_t end_line = 0, end_column = 0;  // Atom: behind its last character
    };
    std::vector<Node> nodes;  // children before parents; the last one is the whole condition

    uint32_t root() const { return static_cast<uint32_t>(nodes.size() - 1); }
};

struct SourceMap {
    struct Rule {
        ConditionTree tree;
        Place place;  // of its name
    };
    // Where a node of the program's graph stands first: a node of the tree of a rule.
    struct Node {
        uint32_t rule = 0, tree_node = 0;
    };
    std::vector<Rule> rules;  // by rule of the program
    std::vector<Node> nodes;  // by node
    std::vector<std::string>
        atoms;  // by atom, its canonical text in the first spelling of those that mean it

    const Place& place(uint32_t node) const {
        return rules[nodes[node].rule].tree.nodes[nodes[node].tree_node].place;
    }
};

}  // namespace stoop
