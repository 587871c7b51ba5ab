// SPDX-License-Identifier: Apache-2.0
// What a command takes from the project file: the rule set that it works on, its schemas, its source.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "cli/command.h"

namespace stoop::cli {

// Some commands do without, as the one that writes a project file.
bool looks_at_project(const std::string& command);

// Loads the project in `folder`, if there is one, and makes the rule set that is chosen, or is the only one,
// the one that is worked on. kOk, or every problem is printed.
int use_project(Global& global, const std::optional<std::string>& folder);

// The source of the rule set that is worked on, as a definition of it says.
void choose_source(Global& global, const RuleSetDefinition& definition);

// Makes a set the one that is worked on. False after a message if one of its schemas is wrong.
bool choose_rule_set(Global& global, const RuleSet& set);

// For commands that go through all rule sets: what is global for each. One without a rule set where the rules
// are named on the command line, or there is no project. Nothing, after a message, if a schema is wrong.
std::optional<std::vector<Global>> each_rule_set(const Global& global, bool rules_given);

// Whether the rule set that is worked on holds one of the files, as rules, tests or schema; the project file
// belongs to all. Those that it holds are added to `known`.
bool holds_any(const Global& global, const std::vector<std::string>& files, std::set<std::string>& known);

// Whether a file is a list of rules, macros and lists.
bool holds_rules(const std::string& path, const Global& global);

// Why there is no rule set to work on, and what to do.
std::string no_rule_set_text(const Global& global);

// A file that the project names, if it may be read.
TextFile read_below_root(const Root& root, const std::string& path, const Limits& limits);

}  // namespace stoop::cli
