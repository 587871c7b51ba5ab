// SPDX-License-Identifier: Apache-2.0
// Characters that look like those of the language and are others: what word processors and web pages make of
// quotes, dashes and blanks.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace stoop {

struct LookAlike {
    size_t begin = 0;  // bytes of the text
    size_t size = 0;
    std::string_view name;     // "a typographic quote"
    std::string_view instead;  // what a keyboard types; empty: nothing
};

// The first one in the text.
std::optional<LookAlike> find_look_alike(std::string_view text);

}  // namespace stoop
