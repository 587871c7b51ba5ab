// SPDX-License-Identifier: Apache-2.0
// What people write where the grammar wants something else, and the mend: `&&`, `startsWith`, a list in
// brackets, a quote that is not closed.
#pragma once

#include "compiler/syntax/parser.h"

namespace stoop {

// Where the parser stopped.
struct StoppedParse {
    enum class Wanted : uint8_t { Connective, Operator, Value, Number, List, Element, Check, Other };
    enum class Kind : uint8_t { None, Identifier, Value, Quoted, Number, Connective, Other };

    std::string_view text;
    Wanted wanted = Wanted::Other;
    ast::Range found;   // the token, or the end of the text
    ast::Range before;  // the token before it
    Kind before_kind = Kind::None;
    std::optional<ast::Range> left;  // the left side of the comparison
    std::optional<ast::Range> op;    // its operator
    std::optional<uint32_t> check;   // where the check begins
};

// Words the error for the slip that it is, if it is a known one.
void explain_slip(const StoppedParse& at, SyntaxError& error);

}  // namespace stoop
