// SPDX-License-Identifier: Apache-2.0
// Puts the items of all files into one table per kind, in the order of their first definition: later items
// take the place of earlier ones, append to them, or override some of their keys (spec: rules-files.md §9).
#pragma once

#include "compiler/semantics/ruleset.h"

namespace stoop {

// Reports what cannot be done, and leaves the item as it was before.
void collect(std::vector<RuleFile> files, const Sources& sources, const Schemas& schemas, Ruleset& out,
             Diagnostics& diagnostics);

}  // namespace stoop
