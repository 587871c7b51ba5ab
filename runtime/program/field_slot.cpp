// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/field_slot.h"

namespace stoop {

Slot slot_of(const FieldRef& ref) {
    return {ref.spelling,
            ref.field->name,
            ref.type,
            ref.field->list,
            ref.print,
            ref.comparison,
            ref.field->filter_only,
            ref.has_argument ? "" : ref.field->pointer};
}

std::optional<FieldRef> field_of(const Slot& slot, const Schema& schema) {
    std::optional<FieldRef> out = schema.find(slot.spelling).ref;
    if (out &&
        (out->spelling != slot.spelling || out->type != slot.type || out->holds_list() != slot.holds_list()))
        out.reset();
    return out;
}

}  // namespace stoop
