// SPDX-License-Identifier: Apache-2.0
// Which rules of a set are on: each rule's own `enabled`, then what the caller asks for (spec: rules-files.md
// §14). The rules keep their order, whatever is switched on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/semantics/ruleset.h"
#include "compiler/source/diagnostic.h"

namespace stoop {

// Applied from the first member to the last. A pattern's only wildcard is `*`.
struct RuleSelection {
    std::vector<std::string> tags;  // if there are any, only rules with one of these are on
    std::vector<std::string> disabled_tags;
    std::vector<std::string> disabled_rules;  // patterns of names
    std::vector<std::string> enabled_rules;
};

// Which rules are on, by rule of the set. Warns of what matches no rule, if there are any rules.
std::vector<bool> select_rules(const RuleSelection& selection, const Ruleset& ruleset,
                               Diagnostics& diagnostics);

// As Falco matches: the texts between the stars are looked for from left to right, each at its first place,
// and nothing is tried again. `*ab` does not match `abab`.
bool matches_wildcard(std::string_view pattern, std::string_view name);

}  // namespace stoop
