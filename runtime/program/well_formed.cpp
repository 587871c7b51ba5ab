// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/well_formed.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/text_map.h"

namespace stoop {
namespace {

// Walks over the graph recurse. Conditions of the compiler are less deep (limits.def: depth).
constexpr uint32_t kDeepestGraph = 5'000;

// The highest limit that rules can be given (limits.def: output-width).
constexpr uint64_t kWidestOutput = uint64_t{1} << 30;

using Problem = std::string;

// Of the spelling of a field, and of the name of an event type.
constexpr size_t kLongestName = 1'024;
constexpr size_t kMostEventTypes = 2'048;

// Elements are texts, or numbers that are written out.
bool is_element(const ValueForm& form) {
    TypeClass type = type_class(form.type);
    return type == TypeClass::Text || type == TypeClass::Signed || type == TypeClass::Unsigned;
}

// The value of such a slot is a list though its type is none: a field that stands for several values.
bool stands_for_several(const Program& program, const Operand& operand) {
    return operand.kind == Operand::Kind::Slot && stands_for_several(program.slots[operand.slot].comparison);
}

// An operand within another one, or on the right side.
bool is_good(const Program& program, const Operand& operand) {
    if (stands_for_several(program, operand)) return false;
    bool elements =
        std::all_of(operand.arguments.begin(), operand.arguments.end(), [&](const Operand& argument) {
            return is_good(program, argument) &&
                   (operand.kind != Operand::Kind::List || is_element(argument.form()));
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
        case TypeClass::Text:
            return constant.size <= kLongestConstant && constant.text().find('\0') == std::string_view::npos;
        case TypeClass::Bytes: return constant.size <= kLongestConstant;
        default: return true;
    }
}

// How many constants an operator takes.
bool is_count(const Atom& atom) {
    bool set = operator_info(atom.op).right == RightSide::List || atom.modifier != Modifier::None;
    if (atom.op == Operator::Exists) return atom.constants.empty() && atom.modifier == Modifier::None;
    return set || atom.constants.size() == 1;
}

Problem problem_of(const Program& program, const Atom& atom) {
    if (!stands_for_several(program, atom.left) && !is_good(program, atom.left))
        return "an operand is of a type that it cannot be";
    if (!operator_info(atom.op).allows(atom.left.type, atom.left.list))
        return fmt::format("operator '{}' does not compare its type", operator_info(atom.op).spelling);
    if (atom.right_is_operand) {
        if (!atom.constants.empty() || atom.modifier != Modifier::None ||
            !operator_info(atom.op).field_on_right)
            return "an operator takes no field";
        if (!is_good(program, atom.right) || atom.right.type != atom.left.type ||
            atom.right.list != atom.left.list)
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
        if (piece.is_operand && !stands_for_several(program, piece.operand) &&
            !is_good(program, piece.operand))
            return "has an operand in its output that cannot be one";
        widths += piece.width;
    }
    if (widths > kWidestOutput) return "has an output that is too wide";
    for (const OutputField& field : rule.output_fields)
        if (field.slot >= program.slots.size()) return "prints a field that is not there";
    return "";
}

// Empty, or steps that each begin with a slash (RFC 6901).
bool is_pointer(std::string_view pointer) {
    if (!pointer.empty() && pointer[0] != '/') return false;
    for (size_t at = pointer.find('~'); at != pointer.npos; at = pointer.find('~', at + 1))
        if (at + 1 == pointer.size() || (pointer[at + 1] != '0' && pointer[at + 1] != '1')) return false;
    return true;
}

bool is_spelling(const Slot& slot) {
    if (slot.field.empty() || slot.spelling.size() > kLongestName) return false;
    if (slot.spelling == slot.field) return true;
    return slot.spelling.starts_with(slot.field) &&
           (slot.spelling[slot.field.size()] == '.' || slot.spelling[slot.field.size()] == '[');
}

// Fields that stand for several values are no lists; what outputs print of them is fixed.
bool is_comparison(const Slot& slot) {
    switch (slot.comparison) {
        case Comparison::EitherAddress:
        case Comparison::EitherNetwork:
        case Comparison::EitherPort: return slot.filter_only && !slot.list;
        case Comparison::AnyAncestor: return !slot.list;
        case Comparison::Around: return type_class(slot.type) == TypeClass::Unsigned && !slot.list;
        default: return true;
    }
}

Problem problem_of_slots(const Program& program) {
    TextViewSet spellings;
    for (const Slot& slot : program.slots) {
        if (!is_spelling(slot)) return "a field is spelt in another way than its name";
        if (!spellings.insert(slot.spelling).second) return "a field is there twice";
        if (!is_pointer(slot.pointer)) return "a pointer into documents is none";
        if (!is_comparison(slot)) return "a field is not of the kind that it is compared as";
    }
    // Whether a slot is that of a field of every source.
    auto is = [&](uint32_t slot, std::string_view field, TypeClass type) {
        if (slot >= program.slots.size()) return false;
        const Slot& of = program.slots[slot];
        return of.spelling == field && type_class(of.type) == type && of.comparison == Comparison::Ordinary &&
               !of.list;
    };
    if (!is(program.time_slot, "evt.rawtime", TypeClass::Unsigned)) return "the time of events has no slot";
    if (program.type_slot && !is(*program.type_slot, "evt.type", TypeClass::Text))
        return "the type of events has no slot";
    return "";
}

Problem problem_of_event_types(const Program& program) {
    if (program.event_types.size() > kMostEventTypes) return "there are too many types of events";
    TextViewSet names;
    for (const std::string& name : program.event_types)
        if (name.size() > kLongestName || !names.insert(name).second)
            return "a type of events is there twice, or its name is too long";
    return "";
}

}  // namespace

std::string ill_formed(const Program& program) {
    if (Problem problem = problem_of_event_types(program); !problem.empty()) return problem;
    if (Problem problem = problem_of_slots(program); !problem.empty()) return problem;
    for (const Atom& atom : program.atoms)
        if (Problem problem = problem_of(program, atom); !problem.empty()) return problem;
    std::vector<uint32_t> depths;
    for (uint32_t node = 0; node < program.nodes.size(); ++node)
        if (Problem problem = problem_of(program, node, depths); !problem.empty()) return problem;
    for (const ProgramRule& rule : program.rules)
        if (Problem problem = problem_of(program, rule); !problem.empty())
            return fmt::format("rule '{}' {}", rule.name, problem);
    return "";
}

}  // namespace stoop
