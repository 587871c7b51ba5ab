// SPDX-License-Identifier: Apache-2.0
// Values that are valid and never do what they seem to: values that a field never has, wildcards where they
// are ordinary characters, signs that mean something elsewhere.
#pragma once

#include <vector>

#include "compiler/semantics/comparison_checker.h"

namespace stoop {

// Of a comparison that is valid; `field` is its left side, if that is a field alone.
void warn_of_useless_values(const ast::Comparison& source, const FieldRef* field,
                            std::vector<ComparisonWarning>& warnings);

}  // namespace stoop
