// SPDX-License-Identifier: Apache-2.0
#include "runtime/match/encode.h"

#include <tuple>
#include <type_traits>

namespace stoop {
namespace {

template <typename Number>
void number(Number value, std::string& out) {
    static_assert(std::is_arithmetic_v<Number> || std::is_enum_v<Number>);
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void text(std::string_view text, std::string& out) {
    number<uint64_t>(text.size(), out);
    out += text;
}

void value(const Value& value, Type type, std::string& out) {
    TypeClass kind = type_class(type);
    if (is_numeric(kind) || kind == TypeClass::Boolean)
        number(value.u, out);
    else
        text(value.text(), out);
}

// Each function below names all members of its type: one that is added there does not compile until it is
// decided here whether it belongs to what is said.

void encode(const Operand& operand, std::string& out) {
    const auto& [kind, type, list, print, slot, literal, transformer, selector, arguments] = operand;
    number(kind, out);
    number(type, out);
    number(list, out);
    number(print, out);
    number(slot, out);
    number(transformer, out);
    number(selector, out);
    if (kind == Operand::Kind::Literal) value(literal, type, out);
    number<uint64_t>(arguments.size(), out);
    for (const Operand& argument : arguments) encode(argument, out);
}

}  // namespace

void encode(const Atom& atom, std::string& out) {
    const auto& [left, op, modifier, comparison, right_is_operand, right, constants, regexes, regex_literals,
                 paths, texts, ranges, parts, shown] = atom;
    static_cast<void>(
        std::tie(regexes, regex_literals, paths, texts, ranges, parts, shown));  // prepared, or shown
    number(op, out);
    number(modifier, out);
    number(comparison, out);
    number(right_is_operand, out);
    encode(left, out);
    if (right_is_operand) encode(right, out);
    number<uint64_t>(constants.size(), out);
    for (const Value& constant : constants) value(constant, left.type, out);
}

void encode(const PlanNode& node, std::string& out) {
    const auto& [kind, atom, children, rule, tree_node] = node;
    static_cast<void>(std::tie(rule, tree_node));  // where it stands first
    number(kind, out);
    number(atom, out);
    number<uint64_t>(children.size(), out);
    for (uint32_t child : children) number(child, out);
}

std::string encode_conditions(const Plan& plan) {
    std::string out;
    text(plan.source, out);
    number(plan.type_slot.has_value(), out);
    number(plan.type_slot.value_or(0), out);
    number<uint64_t>(plan.event_types.size(), out);
    for (const std::string& type : plan.event_types) text(type, out);
    number<uint64_t>(plan.atoms.size(), out);
    for (const Atom& atom : plan.atoms) encode(atom, out);
    number<uint64_t>(plan.nodes.size(), out);
    for (const PlanNode& node : plan.nodes) encode(node, out);
    number<uint64_t>(plan.rules.size(), out);
    for (const PlanRule& rule : plan.rules) {
        number(rule.node, out);
        number<uint64_t>(rule.tree.nodes.size(), out);
        number<uint64_t>(rule.event_types.size(), out);
        for (uint64_t types : rule.event_types.words()) number(types, out);
    }
    return out;
}

}  // namespace stoop
