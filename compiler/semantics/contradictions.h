// SPDX-License-Identifier: Apache-2.0
// Comparisons that are valid and stand together in one condition where none, or every, value satisfies them:
// `proc.name = a and proc.name = b`. Only what is certain is said.
#pragma once

#include <string>
#include <vector>

#include "compiler/semantics/comparison_checker.h"

namespace stoop {

struct TreeWarning {
    Problem problem;
    std::string message, help;
    ast::Range range;
};
// Macros are not looked into. Takes a bounded time: of a large condition only a part is looked at.
std::vector<TreeWarning> warn_of_contradictions(const ast::Expression& condition, const Schema& schema);

}  // namespace stoop
