// SPDX-License-Identifier: Apache-2.0
// One event: a value for each slot that was asked for, and what is known of the event as a whole. An event is
// filled by a decoder, read by the engines and the renderer, and then filled again with the next one; it
// belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/event/arena.h"
#include "runtime/event/event_types.h"
#include "runtime/event/value.h"

namespace stoop {

struct Event {
    // What matching reads stands together.
    std::vector<Value> values;  // by slot; what they point to is in the arena
    EventTypeId type = kAnyEventType;
    uint32_t line = 0;    // where it begins in its input
    uint64_t number = 0;  // there, from 1
    std::string source = "syscall";
    std::string_view rule;  // that the alert names, if it is one
    Arena arena;

    void clear(size_t slots) {
        values.resize(slots);
        Value::forget(values);
        arena.reset();
        source = "syscall";
        rule = {};
        type = kAnyEventType;
    }
};

}  // namespace stoop
