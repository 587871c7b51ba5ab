// SPDX-License-Identifier: Apache-2.0
// Diagnostics for programs. Each function prints all of them to standard output.
#pragma once

#include "cli/command.h"
#include "compiler/describe.h"

namespace stoop::cli {

void print_json(const LoadedRules& rules, const RuleCounts& counts);  // one document
void print_sarif(const LoadedRules& rules);   // SARIF 2.1.0, which code scanning services read
void print_github(const LoadedRules& rules);  // annotations of a GitHub workflow

}  // namespace stoop::cli
