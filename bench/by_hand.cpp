// SPDX-License-Identifier: Apache-2.0
#include "bench/by_hand.h"

#include <algorithm>
#include <cstring>

namespace stoop::bench {
namespace {

uint32_t slot_of(const Program& program, std::string_view field) {
    auto is_it = [&](const Slot& slot) { return slot.spelling == field; };
    return static_cast<uint32_t>(std::find_if(program.slots.begin(), program.slots.end(), is_it) -
                                 program.slots.begin());
}

EventTypeId type_of(const Program& program, std::string_view name) {
    return static_cast<EventTypeId>(std::find(program.event_types.begin(), program.event_types.end(), name) -
                                    program.event_types.begin());
}

template <size_t Size>
bool is(const Value& value, const char (&text)[Size]) {
    return value.present() && value.size == Size - 1 && std::memcmp(value.data, text, Size - 1) == 0;
}

}  // namespace

ByHand by_hand(const Program& program) {
    return {slot_of(program, "evt.res"),      slot_of(program, "proc.is_exe_from_memfd"),
            slot_of(program, "proc.name"),    slot_of(program, "proc.pname"),
            slot_of(program, "proc.exepath"), slot_of(program, "proc.exe"),
            type_of(program, "execve"),       type_of(program, "execveat")};
}

uint32_t match_by_hand(const void* program, const Value* slots, EventTypeId type, Scratch*, uint32_t* fired,
                       uint32_t) {
    const auto& at = *static_cast<const ByHand*>(program);
    if (type != at.execve && type != at.execveat) return 0;
    const Value& from_memfd = slots[at.from_memfd];
    if (!from_memfd.present() || from_memfd.u != 1) return 0;
    if (!is(slots[at.res], "SUCCESS")) return 0;
    if (is(slots[at.name], "runc") || is(slots[at.pname], "runc")) return 0;
    if (is(slots[at.exepath], "memfd:runc_cloned:/proc/self/exe") ||
        is(slots[at.exe], "memfd:runc_cloned:/proc/self/exe"))
        return 0;
    fired[0] = 0;
    return 1;
}

}  // namespace stoop::bench
