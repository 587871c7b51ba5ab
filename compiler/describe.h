// SPDX-License-Identifier: Apache-2.0
// What a rule set holds, as Falco's own description of it says (spec: rules-files.md §16,
// rule-file-findings.md §10), for `stoop list`.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/compiler.h"

namespace stoop {

struct ConditionDescription {
    std::string compiled;             // macros, lists and exceptions filled in
    std::set<std::string> fields;     // everywhere in it
    std::set<std::string> operators;  // as written, with their modifiers
    std::vector<std::string> events;  // sorted; empty for a source without event types
    // Named by the author's own text, not by macros or exceptions.
    std::set<std::string> macros, lists;
    // That provide fields of it or of the rule's output, events that it names, or the events of the source.
    std::set<std::string> plugins;
};

struct ExceptionsDescription {
    std::set<std::string> names, fields, operators;
};

// The conditions must be valid.
ConditionDescription describe(const RuleDefinition& rule, const Compilation& rules, const Schema& schema);
ConditionDescription describe(const MacroDefinition& macro, const Ruleset& ruleset, const Schema& schema);
ExceptionsDescription describe_exceptions(const RuleDefinition& rule);

// The output without what Falco removes.
std::string compiled_output(const RuleDefinition& rule);

// How many rules there are, and which of them were not looked at.
struct RuleCounts {
    size_t all = 0;
    size_t disabled = 0;                            // checked, but switched off
    size_t skipped = 0;                             // something in them is unknown, and they ask for it
    std::map<std::string, size_t> unknown_sources;  // the rules of each

    size_t checked() const;
};
RuleCounts count_rules(const Compilation& rules, const Schemas& schemas);

}  // namespace stoop
