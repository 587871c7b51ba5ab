// SPDX-License-Identifier: Apache-2.0
// The stages up to a program as text, for `stoop check --emit`: what each one made of the rules, so that a
// wrong result can be cornered to one of them.
#pragma once

#include <string>

#include "compiler/semantics/ruleset.h"
#include "runtime/engine/prepared_program.h"

namespace stoop {

std::string print_ast(const Ruleset& ruleset);  // every macro and rule, as parsed
// A rule's condition with its macros and lists filled in, and where each part came from. The condition must
// be valid.
std::string print_resolved(const Ruleset& ruleset, const Sources& sources, const RuleDefinition& rule);
std::string print_typed(const PreparedProgram& program);  // every rule's tree, its atoms with their types

}  // namespace stoop
