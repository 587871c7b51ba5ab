// SPDX-License-Identifier: Apache-2.0
// A program with the tables of its atoms, and its source map: what the reference evaluator, explanations and
// coverage work on, and what the match tables of the other engines are prepared from (prepare.h).
//
// Immutable once prepared; any number of threads may read it. It stays where it is: tables refer to atoms.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/engine/atom_table.h"
#include "runtime/engine/regex_store.h"
#include "runtime/program/program.h"
#include "runtime/program/source_map.h"

namespace stoop {

struct PreparedProgram : Program {
    SourceMap source_map;           // of a program that was decoded: empty
    std::vector<AtomTable> tables;  // by atom
    RegexMemory regex_memory;

    PreparedProgram(Program program, SourceMap map)
        : Program(std::move(program)), source_map(std::move(map)) {}
    PreparedProgram(const PreparedProgram&) = delete;
    PreparedProgram& operator=(const PreparedProgram&) = delete;

    // Of one of the rules.
    const ConditionTree& tree(const ProgramRule& rule) const { return mapped(rule).tree; }
    const Place& place(const ProgramRule& rule) const { return mapped(rule).place; }
    // Whether testing one atom is all: of an Or that has one only if a searcher was prepared for it.
    bool is_one_atom(const ProgramNode& node) const {
        return node.kind == ProgramNode::Kind::Atom || (node.has_atom() && tables[node.atom].parts);
    }
    const std::string& text(uint32_t atom) const { return source_map.atoms[atom]; }

  private:
    const SourceMap::Rule& mapped(const ProgramRule& rule) const {
        return source_map.rules[static_cast<size_t>(&rule - rules.data())];
    }
};

// Compiles the regular expressions that `regexes` does not hold yet, and prepares all atoms. Null and an
// `error`, if an expression is none or they take more memory than the store has.
std::unique_ptr<PreparedProgram> prepare(Program program, SourceMap map, RegexStore& regexes,
                                         std::string& error);

}  // namespace stoop
