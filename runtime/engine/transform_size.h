// SPDX-License-Identifier: Apache-2.0
// How much memory transformers take for an event, worked out from the sizes of its values alone. A condition
// of a few kilobytes can put a text of megabytes together a thousand times, so events are asked for this
// before anything is transformed (ingest/transform_budget.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "runtime/program/atom.h"

namespace stoop {

// No value that a transformer makes has more bytes or items than this, whatever the budget.
constexpr size_t kMostTransformed = INT32_MAX;

// The size of a value, or more: the bytes of a text, or of all items of a list together.
struct ValueSize {
    uint64_t bytes = 0, items = 1;
};
ValueSize size_of(const Value& value, bool list);

// The size of the value of a slot, as the operand has it.
using SlotSize = std::function<ValueSize(const Operand& slot)>;

// At most so many bytes are taken from the scratch to evaluate the operand, or both sides of the atom.
// UINT64_MAX stands for all that is more.
uint64_t transformed_bytes(const Operand& operand, const SlotSize& slot_size);
uint64_t transformed_bytes(const Atom& atom, const SlotSize& slot_size);

}  // namespace stoop
