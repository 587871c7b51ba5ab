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

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/plan/known_atoms.h"
#include "runtime/match/plan.h"
#include "runtime/match/program.h"

namespace stoop {

struct Dispatch {
    // What native code looks for in place, and the members that want it: as bits if the bucket fits a word,
    // else a list of the program.
    struct Literal {
        LiteralPlace place = LiteralPlace::Whole;
        std::string text;     // reversed if it is of LiteralPlace::End
        uint32_t guards = 0;  // that all of them have
        uint64_t members = 0;
        uint32_t list = 0;
        uint64_t excluded = 0;  // those that cannot fire on such a value
        // Of a list: an exception of the program; if it holds, none of them can fire.
        std::optional<uint32_t> exception = {};
    };
    struct Types {
        KnownAtoms atoms;              // what the types alone say
        std::vector<uint32_t> guards;  // atoms, each for the bit of its number here
        // By look. Places that are not in it are left to the index.
        std::vector<std::vector<Literal>> literals;
    };
    MatchProgram program;      // but for native code
    std::vector<Types> types;  // by bucket
};

Dispatch make_dispatch(const Plan& plan);

}  // namespace stoop
