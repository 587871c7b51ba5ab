// SPDX-License-Identifier: Apache-2.0
// Operators as other languages and plain English write them: `startsWith`, `=~`, `does not contain`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stoop {

struct OperatorWord {
    std::string_view written;  // in lower case, without `_`, `-` and blanks
    std::string_view meant;    // the operator of the language
    std::string_view why;      // what else there is to know; may be empty
    bool negated = false;      // `not` has to stand before the whole check
};

// One word, or run of signs. Null if it is not known.
const OperatorWord* find_operator_word(std::string_view word);

// Several words at the beginning of the text, such as `does not start with`.
struct OperatorPhrase {
    const OperatorWord* word = nullptr;  // null if there is none
    bool negated = false;
    size_t size = 0;  // bytes of the text
};
OperatorPhrase find_operator_phrase(std::string_view text);

// The operator of nearly this name; empty if there is none.
std::string nearest_operator(std::string_view word);

}  // namespace stoop
