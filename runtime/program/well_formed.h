// SPDX-License-Identifier: Apache-2.0
// Whether a program can be matched safely, as far as matching relies on what the compiler sees to: operators
// on types that they compare, constants of the right sizes, children before parents, no deep nesting. The
// compiler's programs are; what was decoded is asked before it is used. Linear in the program. Any thread.
#pragma once

#include <string>

#include "runtime/program/program.h"

namespace stoop {

// Deeper ones are refused: walks over operands recurse.
constexpr size_t kDeepestOperand = 1'000;

// What is wrong with the program, for people; empty if nothing is.
std::string ill_formed(const Program& program);

}  // namespace stoop
