// Which event types a condition can match (spec: condition-language.md §14.2). Only comparisons of evt.type
// and syscall.type with names tell; everything else can hold for any event, negated or not.
#pragma once

#include "compiler/semantics/typed.h"

namespace stoop {

EventTypeSet select_events(const ConditionTree& tree, const TypedRuleset& rules, const EventTypes& types);

}  // namespace stoop
