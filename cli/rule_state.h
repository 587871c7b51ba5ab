// SPDX-License-Identifier: Apache-2.0
// Why rules that the files have are not in effect, for people: they are off, for another source, skipped.
// None of the texts is made harmless yet.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"

namespace stoop::cli {

// Says why none of the rules that the files have is in the program, which is empty.
std::string no_rules_text(const Compilation& compilation, const Global& global);

// Of a rule that the program does not have: `is off`; `is not loaded; did you mean 'A shell'?` …
std::string absent_rule_text(const Compilation& compilation, const Global& global, std::string_view name);

}  // namespace stoop::cli
