// SPDX-License-Identifier: Apache-2.0
// What Falco says of a comparison that it refuses, word for word (spec: condition-language.md §6 to §8, §12,
// §13), for the document of `falco -V`. Stoop's own messages are made where the fault is found.
#pragma once

#include <string>
#include <string_view>

#include "compiler/syntax/ast.h"
#include "runtime/event/schema.h"
#include "runtime/event/types.h"
#include "runtime/program/operator.h"

namespace stoop {

// The field does not exist, or not with this argument.
std::string falco_no_field(const ast::Operand& operand, const Schema& schema);
// The operator does not compare values of this type.
std::string falco_no_operator(const ast::Comparison& comparison, Type type, bool list);
// The text cannot be read as a value of this type.
std::string falco_no_literal(std::string_view text, Type type, Operator op);
// The transformer cannot be applied to its argument, which is of this type.
std::string falco_no_transformer(const ast::Operand& transformer, Type type, bool list);
// The operator cannot take a field on its right side.
std::string falco_no_right_field(Operator op);
// An operand, and its type, where the two sides of a comparison do not fit.
std::string falco_subject(const ast::Operand& operand);
std::string falco_type(Type type, bool list);

// Whether `skip-if-unknown-filter` covers a fault: Falco looks for words in its own message.
bool falco_may_skip(std::string_view message);

}  // namespace stoop
