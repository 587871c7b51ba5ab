// SPDX-License-Identifier: Apache-2.0
// The value of one field of one event: sixteen bytes, trivially copied, read by both engines. Native code
// reads the members at fixed offsets (the static_asserts below), so the layout is part of the contract with
// compiler/codegen.
//
// A value does not own what it points to. Text, bytes, addresses and list items live in the arena of the
// event, in the program (constants), or in the scratch of the matcher (results of transformers), and are
// valid as long as those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "runtime/event/types.h"

namespace stoop {

enum class State : uint8_t {
    NotRecorded,  // nobody knows; evaluates as absent, but is reported
    Absent,       // looked for and not there (`<NA>`, JSON null)
    Present,
};

struct Value {
    State state = State::NotRecorded;
    bool derived = false;  // follows from other recorded fields (spec: alert-derivation.md)
    // A list of which only a part is known: a match counts, a miss is "not recorded".
    bool partial = false;
    uint8_t unused = 0;
    uint32_t size = 0;  // bytes of text, bytes or address (4 or 16); number of items of a list
    union {
        const char*
            data;  // Text, Bytes, Address; for a Network constant the address and then one byte of prefix
        const Value* items;  // a list
        int64_t i;           // Signed
        uint64_t u;          // Unsigned; Boolean as 0 or 1
        double d;            // Double
    };

    Value() : u(0) {}

    bool present() const { return state == State::Present; }
    std::string_view text() const { return {data, size}; }
    std::span<const Value> list() const { return {items, size}; }

    // Makes all of them NotRecorded, as Value() is.
    static void forget(std::span<Value> values) {
        std::memset(static_cast<void*>(values.data()), 0, values.size_bytes());
    }
    static Value absent();
    static Value of_text(std::string_view text);  // borrows
    static Value of_signed(int64_t value);
    static Value of_unsigned(uint64_t value);
    static Value of_bool(bool value) { return of_unsigned(value ? 1 : 0); }
    static Value of_double(double value);
    static Value of_list(std::span<const Value> items);  // borrows
};

static_assert(sizeof(Value) == 16);
static_assert(static_cast<int>(State::NotRecorded) == 0);
static_assert(offsetof(Value, state) == 0);
static_assert(offsetof(Value, size) == 4);
static_assert(offsetof(Value, data) == 8);

inline Value Value::absent() {
    Value v;
    v.state = State::Absent;
    return v;
}
inline Value Value::of_text(std::string_view text) {
    Value v;
    v.state = State::Present;
    v.size = static_cast<uint32_t>(text.size());
    v.data = text.data();
    return v;
}
inline Value Value::of_signed(int64_t value) {
    Value v;
    v.state = State::Present;
    v.i = value;
    return v;
}
inline Value Value::of_unsigned(uint64_t value) {
    Value v;
    v.state = State::Present;
    v.u = value;
    return v;
}
inline Value Value::of_double(double value) {
    Value v;
    v.state = State::Present;
    v.d = value;
    return v;
}
inline Value Value::of_list(std::span<const Value> items) {
    Value v;
    v.state = State::Present;
    v.size = static_cast<uint32_t>(items.size());
    v.items = items.data();
    return v;
}

}  // namespace stoop
