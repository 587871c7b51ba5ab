// SPDX-License-Identifier: Apache-2.0
// Which event types a condition can match (spec: condition-language.md §14.2). Only comparisons of evt.type
// and syscall.type with names tell; everything else can hold for any event, negated or not.
#pragma once

#include "compiler/semantics/ruleset.h"

namespace stoop {

// The condition must be valid. Linear in its text and that of its macros.
EventTypeSet select_events(const ast::Expression& condition, const Ruleset& ruleset, const Schema& schema);

// Those of one comparison, or of what denies it. Sets of an `and` and an `or` follow from those of its parts,
// with the two exchanged under an odd number of `not`s.
EventTypeSet select_events(const ast::Comparison& comparison, bool negated, const Schema& schema);

}  // namespace stoop
