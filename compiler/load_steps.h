// SPDX-License-Identifier: Apache-2.0
// Falco loads file after file, and what it has after each must be valid: a later file cannot repair an
// earlier one. All files together show nearly all of what is wrong with them. Only where a file changes what
// others before it define, or defines what they mention, was there something that is not there in the end.
// The steps that show all such states are few: a hundred files that override a rule each need one.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/source/rule_file.h"

namespace stoop {

// After how many files each of these steps is; all files are not among them. Linear in the files.
std::vector<size_t> load_steps(const std::vector<RuleFile>& files);

// What it takes to look at a file once, in nodes of conditions, without what its macros expand to.
uint64_t weight_of(const RuleFile& file);

}  // namespace stoop
