// SPDX-License-Identifier: Apache-2.0
// The operators and modifiers of conditions. The table is operators.def.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/event/types.h"

namespace stoop {

enum class Operator : uint8_t {
#define STOOP_OPERATOR(id, ...) id,
#include "runtime/program/operators.def"
#undef STOOP_OPERATOR
};

// `= oneof (a, b)`: how many of the operands must satisfy the operator (spec: condition-language.md §10.9).
enum class Modifier : uint8_t { None, Oneof, Anyof, Allof };

enum class RightSide : uint8_t { Nothing, Number, String, List };

struct OperatorInfo {
    Operator op;
    std::string_view spelling;
    RightSide right;
    bool numbers, booleans, addresses, texts, bytes, lists;
    bool field_on_right;  // `op val(field)` is allowed

    // Whether a field of this type (or list of it) may stand on the left.
    bool allows(Type type, bool list) const;
};

std::span<const OperatorInfo> all_operators();
const OperatorInfo& operator_info(Operator op);
std::optional<Operator> operator_from(std::string_view spelling);  // `==` included
std::string_view modifier_name(Modifier modifier);                 // empty for None

}  // namespace stoop
