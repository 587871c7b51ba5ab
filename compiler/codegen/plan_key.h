// SPDX-License-Identifier: Apache-2.0
// All of a plan that its native code depends on, as bytes: plans with the same key have the same code.
// What the code reads from the program when it runs (regexes, indexes of literals) is not in it.
#pragma once

#include <string>
#include <string_view>

#include "compiler/plan/dispatch.h"

namespace stoop {

// `identity`: the code generator's.
std::string plan_key(const Plan& plan, const Dispatch& dispatch, std::string_view identity);

}  // namespace stoop
