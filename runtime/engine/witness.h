// SPDX-License-Identifier: Apache-2.0
// What must hold for a condition to hold, as far as it can be asked of an event cheaply: guards (comparisons
// of numbers and flags), literals (of which at least one must be found in the value of its field) and
// exceptions (texts that a field must not be).
//
// Sound for any condition: a condition that holds has its guards, one of its literals and none of its
// exceptions. Costs a walk over the nodes of the condition, each once.
#pragma once

#include <limits>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/engine/match_tables.h"

namespace stoop {

constexpr double kNoWitness = std::numeric_limits<double>::infinity();

struct RuleWitness {
    bool never = false;            // it cannot hold
    std::vector<uint32_t> guards;  // atoms that must all hold, sorted
    // Atoms of which one must hold; empty if nothing is known. None is a guard.
    std::vector<uint32_t> literals;
    double weight = kNoWitness;  // what looking for them and what is found then costs
    // Atoms that compare a text with constants: if it is equal to one, the condition cannot hold.
    std::vector<uint32_t> exceptions;
};

struct WitnessLiteral {
    LiteralPlace place;
    std::string text;
};
// What a value must have for the atom to hold: one of these. Nothing if an index cannot say.
std::vector<WitnessLiteral> witness_literals(const AtomTable& table);
// In one of which a number or an address must be for the atom to hold; likewise.
std::vector<KeyRange> witness_ranges(const Atom& atom);

// Whether it is one of the two.
bool can_be_witness(const AtomTable& table);

class Witnesses {
  public:
    // `known`: what is known of each atom beforehand.
    Witnesses(const PreparedProgram& program, const KnownAtoms& known) : program_(program), known_(known) {}

    RuleWitness of(uint32_t node);
    // Of an atom as a witness; kNoWitness if it is none or says too little.
    double weight(uint32_t atom) const;

  private:
    struct Found {
        Known verdict = Known::Unknown;
        std::vector<uint32_t> atoms;
        double chance = 1;  // of one of the atoms to hold
        double cost = 0;    // of asking
    };
    const Found& find(uint32_t node);
    Found find_atom(uint32_t atom) const;
    double weight(const Found& found) const;

    const PreparedProgram& program_;
    const KnownAtoms& known_;
    std::unordered_map<uint32_t, Found> found_;
};

}  // namespace stoop
