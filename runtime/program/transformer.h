// SPDX-License-Identifier: Apache-2.0
// The transformers: their names, how many arguments they take, and what they yield for arguments of which
// types (spec: condition-language.md §12).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "runtime/event/types.h"

namespace stoop {

enum class Transformer : uint8_t { Tolower, Toupper, B64, Basename, Len, Join, Concat, Getopt };

struct TransformerInfo {
    static constexpr size_t kAny = SIZE_MAX;

    std::string_view name;
    Transformer transformer;
    size_t least, most;  // arguments
};

std::span<const TransformerInfo> all_transformers();
const TransformerInfo& transformer_info(Transformer transformer);
std::optional<Transformer> transformer_from(std::string_view name);

// The type of a value, and how a number is printed.
struct ValueForm {
    Type type = Type::CHARBUF;
    bool list = false;
    PrintFormat print = PrintFormat::Decimal;
};

// What the transformer yields. Nothing if it does not take such arguments. `selected`: one option of getopt
// is asked for.
std::optional<ValueForm> form_of_result(Transformer transformer, std::span<const ValueForm> arguments,
                                        bool selected);

}  // namespace stoop
