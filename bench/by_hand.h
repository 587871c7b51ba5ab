// SPDX-License-Identifier: Apache-2.0
// rules/fileless_execution.yaml as a programmer would write it for speed, to measure native code against.
#pragma once

#include <optional>

#include "runtime/engine/scratch.h"
#include "runtime/program/program.h"

namespace stoop::bench {

// Where the fields of the rule are in an event, and the types that it is about.
struct ByHand {
    uint32_t res = 0, from_memfd = 0, name = 0, pname = 0, exepath = 0, exe = 0;
    EventTypeId execve = 0, execveat = 0;
};
ByHand by_hand(const Program& program);

// A MatchFunction; `program` is a ByHand.
uint32_t match_by_hand(const void* program, const Value* slots, EventTypeId type, Scratch* scratch,
                       uint32_t* fired, uint32_t limit);

}  // namespace stoop::bench
