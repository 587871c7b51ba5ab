// SPDX-License-Identifier: Apache-2.0
// The words behind `-r RULES`: further ones are rules, too, as long as they end in .yaml or .yml and are not
// named like a test file (interface.md, "Commands").
#pragma once

#include <string>
#include <vector>

namespace stoop::cli {

// The words of the command line with a `-r` before each word that is rules in this way.
std::vector<std::string> with_rule_options(const std::vector<std::string>& words);

}  // namespace stoop::cli
