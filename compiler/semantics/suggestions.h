// SPDX-License-Identifier: Apache-2.0
// What may have been meant by a name that is not known: a field of another source or of a plugin, a macro of
// the rules that Falco publishes, a part of a field's name.
#pragma once

#include <string>
#include <string_view>

#include "compiler/semantics/ruleset.h"

namespace stoop {

// Of a name without a dot, such as `user`: the fields that begin or end with it. Empty if there are none.
std::string fields_named(std::string_view name, const Schema& schema);

// Of a field that `schema` does not have: whose it is. Empty if that is not known.
std::string owner_of_field(std::string_view name, const Schema& schema, const Schemas& schemas);

// For a source that is not known.
std::string help_for_source(std::string_view source, const Schemas& schemas);

// That a macro or list is one of the rules that Falco publishes; else empty.
std::string in_published_rules(std::string_view name, std::string_view kind, std::string_view file);

// The same for a name that is nearly that of one.
std::string near_published_rules(std::string_view name, std::string_view kind, std::string_view file);

// A way out for a macro that is not defined; `file` is where it is referred to.
std::string help_for_macro(const ast::Expression& reference, const ResolvedCondition& condition,
                           const Ruleset& ruleset, const Schema* schema, std::string_view file);

// A way out for a word in a list that may have been meant as the name of one; empty if it was not.
std::string help_for_list(const std::string& word, const Ruleset& ruleset, std::string_view file);

}  // namespace stoop
