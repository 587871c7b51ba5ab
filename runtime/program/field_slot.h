// SPDX-License-Identifier: Apache-2.0
// Between slots, which are closed, and the fields of a schema: the compiler makes slots of fields, a decoder
// of events looks up the fields of slots. Any thread.
#pragma once

#include <optional>

#include "runtime/event/schema.h"
#include "runtime/program/program.h"

namespace stoop {

Slot slot_of(const FieldRef& ref);

// The field of a slot. Nothing if the schema has none that is spelt so, or one with other values.
std::optional<FieldRef> field_of(const Slot& slot, const Schema& schema);

}  // namespace stoop
