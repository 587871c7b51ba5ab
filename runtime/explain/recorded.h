// SPDX-License-Identifier: Apache-2.0
// Whether a verdict rests on what was recorded. "Not recorded" evaluates as absent, but nobody knows: with
// every comparison of such a field taken as unknown, a verdict that becomes unknown, too, depended on it
// (interface.md, "Events").
//
// Costs a walk over the tree, and another one if the verdict is not certain.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "runtime/engine/prepared_program.h"

namespace stoop {

// The slots that were not recorded and that the verdict of the rule depends on, in ascending order; empty if
// it is certain.
std::vector<uint32_t> unrecorded_slots(const PreparedProgram& program, const ProgramRule& rule,
                                       const Value* slots, Scratch& scratch);

// For people, the first fields of these slots: `fd.name, proc.name and 3 more`. Names are not printable yet.
std::string field_names(const Program& program, std::span<const uint32_t> slots);
// `fd.name, which was not recorded`
std::string unrecorded_text(const Program& program, std::span<const uint32_t> slots);

}  // namespace stoop
