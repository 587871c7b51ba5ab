// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/ast.h"

#include <fmt/format.h>

#include "runtime/program/print.h"

namespace stoop::ast {
namespace {

template <typename List, typename Text>
std::string joined(const List& list, const char* separator, Text text) {
    std::string out;
    for (const auto& element : list) {
        if (&element != &list.front()) out += separator;
        out += text(element);
    }
    return out;
}

}  // namespace

std::string to_text(const Operand& operand) {
    std::string argument = operand.argument ? "[" + *operand.argument + "]" : "";
    auto text = [](const Operand& o) { return to_text(o); };
    switch (operand.kind) {
        case Operand::Kind::Field: return operand.name + argument;
        case Operand::Kind::Literal: return literal_text(operand.text);
        case Operand::Kind::List: return "(" + joined(operand.arguments, ",", text) + ")";
        case Operand::Kind::Transformer:
            return operand.name + "(" + joined(operand.arguments, ",", text) + ")" + argument;
    }
    return "";
}

std::string to_text(const Literal& literal) { return literal_text(literal.text); }

std::string to_text(const Comparison& c) {
    std::string out = to_text(c.left) + " " + c.op_text;
    if (c.modifier != Modifier::None) out += fmt::format(" {}", modifier_name(c.modifier));
    if (c.op == Operator::Exists) return out;
    if (c.right) {
        bool field = c.right->kind == Operand::Kind::Field;
        return out + (field ? " val(" + to_text(*c.right) + ")" : " " + to_text(*c.right));
    }
    if (c.list) {
        auto text = [](const Literal& l) { return to_text(l); };
        std::string literals = joined(c.literals, ", ", text);
        return out + (c.parenthesised ? " (" + literals + ")" : " " + literals);
    }
    return out + " " + to_text(c.literals[0]);
}

std::string to_text(const Expression& e) {
    auto text = [](const Expression& child) { return to_text(child); };
    switch (e.kind) {
        case Expression::Kind::And: return "(" + joined(e.children, " and ", text) + ")";
        case Expression::Kind::Or: return "(" + joined(e.children, " or ", text) + ")";
        case Expression::Kind::Not: return "not " + to_text(e.children[0]);
        case Expression::Kind::Comparison: return to_text(*e.comparison);
        case Expression::Kind::Macro: return e.macro;
    }
    return "";
}

}  // namespace stoop::ast
