// SPDX-License-Identifier: Apache-2.0
// Slips in a comparison, behind its field: in the operator, the value, or the elements of a list.
#pragma once

#include "compiler/syntax/slip_place.h"

namespace stoop {

// Each words the error, and is true, if it knows the slip.
class OperatorSlips : protected SlipPlace {
  protected:
    OperatorSlips(const StoppedParse& at, SyntaxError& error) : SlipPlace(at, error) {}

    bool operator_slip();
    bool explain(const OperatorPhrase& phrase, ast::Range range);
    // `proc.name bash`
    bool no_operator();
    bool field_alone();
    bool value_slip();
    bool behind_operator(std::string_view what);
    bool number_slip();
    bool list_slip();
    bool element_slip();
    void mark_open_parenthesis();
    bool template_text();
};

}  // namespace stoop
