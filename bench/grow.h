// SPDX-License-Identifier: Apache-2.0
// Rule sets of any size.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/engine/prepared_program.h"

namespace stoop::bench {

// A rule file of `count` rules: those of the program, then copies of them, as many rule sets of one kind
// together would be. In a copy, texts that are compared with fields (but those whose values are Falco's own
// words) begin or end in its number, so that it asks for other processes and files.
std::string grow(const PreparedProgram& program, size_t count);

// A rule file of `count` rules of a kind: `copies` are those of `grow`; in the others each rule is for one or
// two types of events, and compares texts of its own (`ordinary`), matches a regular expression of its own
// (`regex`), or compares with a list of a hundred texts of its own (`lists`).
const std::vector<std::string>& rule_set_kinds();
std::string rule_set(std::string_view kind, const PreparedProgram& program, size_t count);

}  // namespace stoop::bench
