// SPDX-License-Identifier: Apache-2.0
// Which changes leave the verdict of a condition as it is on every event, as far as its comparisons prove it:
// the changed comparison means the same, or the truth table over all comparisons is the same.
//
// Rows of the table that cannot be are left out: comparisons of one field with constants can exclude or imply
// each other. Costs the table, and so conditions with more than kMostAtoms different comparisons, or with
// very many parts, are not tried.
#pragma once

#include <span>
#include <vector>

#include "runtime/engine/prepared_program.h"
#include "testing/mutants.h"

namespace stoop {

// A condition and some of its changes, compiled.
struct CompiledChanges {
    static constexpr uint32_t kNone = UINT32_MAX;

    std::span<const ConditionChange> changes;
    std::unique_ptr<PreparedProgram> program;  // its atoms are what counts
    std::vector<uint32_t> parts;               // the atom of each part of the condition that is a comparison
    std::vector<uint32_t> changed;             // the atom of each change of a comparison
    std::vector<bool> by_item;                 // changes of a list that are told from it, and not compiled
    std::vector<bool> refused;                 // changes that do not compile, such as a prefix of a number
};

// For each change: it is proven to make no difference. False is no proof of the contrary.
constexpr size_t kMostAtoms = 14;
std::vector<bool> equivalent_changes(const MutableCondition& condition, const CompiledChanges& compiled);

}  // namespace stoop
