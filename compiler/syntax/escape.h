// SPDX-License-Identifier: Apache-2.0
// Quoted strings of conditions (spec: condition-language.md §2.1).
#pragma once

#include <string>
#include <string_view>

namespace stoop {

struct Unescaped {
    std::string text;
    std::string error;  // empty if all is well
    std::string help;
    std::string falco;        // the error in Falco's own words
    size_t error_offset = 0;  // in the quoted text, of the backslash
};

// `quoted` with its delimiters.
Unescaped unescape(std::string_view quoted);

}  // namespace stoop
