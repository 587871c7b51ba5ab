// SPDX-License-Identifier: Apache-2.0
// A condition as a tree, before anything is known about fields and macros (spec: condition-language.md §5).
// Every node knows its range in the condition's text; the text itself knows its place in the files
// (MappedText).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/program/operator.h"

namespace stoop::ast {

// Bytes of the condition's text.
struct Range {
    uint32_t begin = 0;
    uint32_t end = 0;
};

struct Literal {
    std::string text;  // unquoted and unescaped; a number as it was written
    Range range;
};

// A field, a transformer, or an argument of a transformer.
struct Operand {
    enum class Kind : uint8_t { Field, Transformer, Literal, List };
    Kind kind = Kind::Field;
    std::string name;                     // Field, Transformer
    std::optional<std::string> argument;  // what is in [brackets]
    std::string text;                     // Literal
    std::vector<Operand> arguments;       // Transformer, List
    Range range;
};

struct Comparison {
    Operand left;
    Operator op = Operator::Exists;
    std::string op_text;  // as written: `==` stays `==`
    Modifier modifier = Modifier::None;
    std::optional<Operand> right;   // val(…) or a transformer
    std::vector<Literal> literals;  // otherwise; one unless the operator takes a list
    bool list = false;              // the literals are a list
    bool parenthesised = true;      // the list was written as one, and not as a single name
    Range op_range;
};

struct Expression {
    enum class Kind : uint8_t { And, Or, Not, Comparison, Macro };
    Kind kind = Kind::Macro;
    std::vector<Expression> children;        // And, Or: two or more; Not: one
    std::shared_ptr<Comparison> comparison;  // Comparison
    std::string macro;                       // Macro
    Range range;
};

// The canonical text (spec: condition-language.md §5).
std::string to_text(const Expression& expression);
std::string to_text(const Comparison& comparison);
std::string to_text(const Operand& operand);
std::string to_text(const Literal& literal);

}  // namespace stoop::ast
