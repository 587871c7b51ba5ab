// One event: a value for each slot that was asked for, and what is known of the event as a whole. An event is
// filled by a decoder, read by the engines and the renderer, and then filled again with the next one; it
// belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/event/arena.h"
#include "runtime/event/event_types.h"
#include "runtime/event/value.h"

namespace stoop {

struct Event {
    std::vector<Value> values;  // by slot; what they point to is in the arena
    Arena arena;
    std::string source = "syscall";
    EventTypeId type = kAnyEventType;
    uint64_t number = 0;  // in its input, from 1
    uint32_t line = 0;    // where it begins there

    void clear(size_t slots) {
        values.resize(slots);
        Value::forget(values);
        arena.reset();
        source = "syscall";
        type = kAnyEventType;
    }
};

}  // namespace stoop
