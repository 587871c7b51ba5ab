// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/well_formed.h"

#include <fmt/format.h>

#include <algorithm>

namespace stoop {
namespace {

// Walks over the graph recurse. Conditions of the compiler are less deep (limits.def: depth).
constexpr uint32_t kDeepestGraph = 5'000;

// The highest limit that rules can be given (limits.def: output-width).
constexpr uint64_t kWidestOutput = uint64_t{1} << 30;

using Problem = std::string;

bool is_text(const ValueForm& form) { return type_class(form.type) == TypeClass::Text; }

// Elements are texts, or numbers that are written out.
bool is_element(const ValueForm& form) {
    TypeClass type = type_class(form.type);
    return type == TypeClass::Text || type == TypeClass::Signed || type == TypeClass::Unsigned;
}

bool is_good(const Operand& operand) {
    bool elements =
        std::all_of(operand.arguments.begin(), operand.arguments.end(), [&](const Operand& argument) {
            return is_good(argument) && (operand.kind != Operand::Kind::List || is_element(argument.form()));
        });
    if (operand.kind != Operand::Kind::Transform) return elements;
    std::vector<ValueForm> forms;
    for (const Operand& argument : operand.arguments) forms.push_back(argument.form());
    return elements && form_of_result(operand.transformer, forms, operand.selector != 0).has_value();
}

bool is_address(std::string_view bytes) { return bytes.size() == 4 || bytes.size() == 16; }

bool is_network(std::string_view bytes) {
    if (bytes.empty() || !is_address(bytes.substr(0, bytes.size() - 1))) return false;
    return static_cast<unsigned char>(bytes.back()) <= 8 * (bytes.size() - 1);
}

bool is_constant(const Value& constant, TypeClass type) {
    switch (type) {
        case TypeClass::Address: return is_address(constant.text());
        case TypeClass::Network: return is_network(constant.text());
        case TypeClass::Boolean: return constant.u <= 1;
        default: return true;
    }
}

// How many constants an operator takes.
bool is_count(const Atom& atom) {
    bool set = operator_info(atom.op).right == RightSide::List || atom.modifier != Modifier::None;
    if (atom.op == Operator::Exists) return atom.constants.empty() && atom.modifier == Modifier::None;
    return set || atom.constants.size() == 1;
}

Problem problem_of(const Atom& atom) {
    if (!is_good(atom.left)) return "an operand is of a type that it cannot be";
    if (!operator_info(atom.op).allows(atom.left.type, atom.left.list))
        return fmt::format("operator '{}' does not compare its type", operator_info(atom.op).spelling);
    if (atom.right_is_operand) {
        if (!atom.constants.empty() || atom.modifier != Modifier::None ||
            !operator_info(atom.op).field_on_right)
            return "an operator takes no field";
        if (!is_good(atom.right) || atom.right.type != atom.left.type || atom.right.list != atom.left.list)
            return "two operands are of different types";
        return "";
    }
    if (!is_count(atom)) return "an operator has too few constants, or too many";
    const TypeClass type = type_class(atom.left.type);
    bool good = std::all_of(atom.constants.begin(), atom.constants.end(),
                            [&](const Value& constant) { return is_constant(constant, type); });
    return good ? "" : "a constant is of the wrong size";
}

// Whether an atom says what the children of an `or` do together: see join_searches in compiler/plan.
bool stands_for(const Program& program, const Atom& any, const std::vector<uint32_t>& children) {
    if (!is_search_for_many(any) || any.constants.size() != children.size()) return false;
    for (size_t i = 0; i < children.size(); ++i) {
        const ProgramNode& child = program.nodes[children[i]];
        if (child.kind != ProgramNode::Kind::Atom) return false;
        const Atom& one = program.atoms[child.atom];
        if (!can_be_joined(one) || one.left.slot != any.left.slot || one.op != any.op ||
            one.constants[0].text() != any.constants[i].text())
            return false;
    }
    return true;
}

Problem problem_of(const Program& program, uint32_t index, std::vector<uint32_t>& depths) {
    const ProgramNode& node = program.nodes[index];
    if (node.has_atom() && node.atom >= program.atoms.size())
        return "a condition has an atom that is not there";
    uint32_t depth = 0;
    for (uint32_t child : node.children) {
        if (child >= index) return "a condition is part of itself";
        depth = std::max(depth, depths[child] + 1);
    }
    if (depth > kDeepestGraph) return "a condition is nested too deeply";
    depths.push_back(depth);
    const size_t children = node.children.size();
    switch (node.kind) {
        case ProgramNode::Kind::Atom:
            return node.has_atom() && children == 0 ? "" : "a comparison has no atom";
        case ProgramNode::Kind::Not:
            return !node.has_atom() && children == 1 ? "" : "a 'not' has no condition";
        case ProgramNode::Kind::And: return !node.has_atom() && children > 1 ? "" : "an 'and' joins nothing";
        case ProgramNode::Kind::Or:
            if (children < 2) return "an 'or' joins nothing";
            if (!node.has_atom() || stands_for(program, program.atoms[node.atom], node.children)) return "";
            return "an atom stands for an 'or' that says something else";
    }
    return "";
}

Problem problem_of(const Program& program, const ProgramRule& rule) {
    if (rule.node >= program.nodes.size()) return "has no condition";
    uint64_t widths = 0;
    for (const OutputPiece& piece : rule.output) {
        if (piece.is_operand && !is_good(piece.operand))
            return "has an operand in its output that cannot be one";
        widths += piece.width;
    }
    if (widths > kWidestOutput) return "has an output that is too wide";
    for (const OutputField& field : rule.output_fields)
        if (field.slot >= program.slots.size()) return "prints a field that is not there";
    return "";
}

Problem problem_of_slots(const Program& program) {
    for (const Slot& slot : program.slots)
        if (!slot.spelling.starts_with(slot.field)) return "a field has another name than it is spelt with";
    if (program.time_slot >= program.slots.size()) return "the time of events has no slot";
    if (!program.type_slot) return "";
    if (*program.type_slot >= program.slots.size()) return "the type of events has no slot";
    const Slot& type = program.slots[*program.type_slot];
    return is_text({type.type}) && !type.holds_list() ? "" : "the type of events is no text";
}

}  // namespace

std::string ill_formed(const Program& program) {
    constexpr size_t kMostEventTypes = kAnyEventType - 1;
    if (program.event_types.size() >= kMostEventTypes) return "there are too many types of events";
    if (Problem problem = problem_of_slots(program); !problem.empty()) return problem;
    for (const Atom& atom : program.atoms)
        if (Problem problem = problem_of(atom); !problem.empty()) return problem;
    std::vector<uint32_t> depths;
    for (uint32_t node = 0; node < program.nodes.size(); ++node)
        if (Problem problem = problem_of(program, node, depths); !problem.empty()) return problem;
    for (const ProgramRule& rule : program.rules)
        if (Problem problem = problem_of(program, rule); !problem.empty())
            return fmt::format("rule '{}' {}", rule.name, problem);
    return "";
}

}  // namespace stoop
