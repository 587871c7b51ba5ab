// SPDX-License-Identifier: Apache-2.0
// From the text of a condition to its tree. The grammar is grammar/FalcoCondition.g4; this is the only part
// of Stoop that knows about ANTLR.
//
// The parser stops at the first mistake, as Falco does; parse_rest finds those behind it. Text is untrusted:
// what is nested too deeply or is too long is refused before the generated parser, which recurses, sees it.
// Costs time and memory linear in the text. Any number of threads may parse at once.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/syntax/ast.h"
#include "runtime/base/limits.h"

namespace stoop {

struct SyntaxError {
    // What only somebody who knows the fields of the source can help with.
    enum class Subject : uint8_t { None, NotAField, FieldAlone };

    std::string message;
    std::string label;  // what was expected at the place
    std::string help;
    ast::Range range;
    std::optional<Limit> limit{};    // that it was refused for, and not for its grammar
    std::optional<uint32_t> stop{};  // where Falco's parser stops, if not at the beginning of the range
    std::string falco{};             // in Falco's own words
    Subject subject = Subject::None;
    std::string name{};                  // of the subject
    std::optional<ast::Range> opened{};  // where what is not closed begins
    // To find what is wrong behind it: what may stand in the place of `range` (as long), else the check that
    // it is in and the end of that check's left side.
    std::string repair{};
    std::optional<uint32_t> check{};
    std::optional<uint32_t> left_end{};
    bool last = false;  // nothing behind it can be told from it
};

template <typename Node>
struct Parsed {
    std::optional<Node> node;
    SyntaxError error;  // if there is no node
};

Parsed<ast::Expression> parse_condition(std::string_view text, const Limits& limits);

// The mistakes behind the first one of a condition, a few at most. `tree` is what could be read: checks that
// could not are macros without a name. No tree if that cannot be told.
struct Rest {
    std::vector<SyntaxError> errors;
    std::optional<ast::Expression> tree;
};
// `is_of_field`: the field before the mistake is a part of it, and is not looked at.
Rest parse_rest(std::string_view text, const SyntaxError& first, const Limits& limits,
                const std::function<bool(const SyntaxError&)>& is_of_field);

// A field or transformer alone, as behind the `%` of an output template.
Parsed<ast::Operand> parse_reference(std::string_view text);

}  // namespace stoop
