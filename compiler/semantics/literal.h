// SPDX-License-Identifier: Apache-2.0
// The text of an operand as a value of the type it is compared with (spec: condition-language.md §8).
#pragma once

#include <string>
#include <string_view>

#include "runtime/event/arena.h"
#include "runtime/event/types.h"
#include "runtime/event/value.h"
#include "runtime/program/operator.h"

namespace stoop {

struct LiteralResult {
    Value value;  // its bytes are in the arena
    std::string error;
    std::string help;
};

// Wrong literals are refused exactly where Falco refuses them; numbers wrap and saturate as its do.
LiteralResult read_literal(std::string_view text, Type type, Operator op, Arena& arena);

}  // namespace stoop
