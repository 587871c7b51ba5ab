// SPDX-License-Identifier: Apache-2.0
// An atom is one comparison: an operand, an operator, and constants or a second operand. Plain data: what is
// prepared for testing it stands beside it (engine/atom_table.h).
//
// Spec: condition-language.md §9 to §13.
#pragma once

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "runtime/event/types.h"
#include "runtime/event/value.h"
#include "runtime/program/operator.h"
#include "runtime/program/transformer.h"

namespace stoop {

// A side of a comparison that is looked up or computed for each event.
struct Operand {
    enum class Kind : uint8_t { Slot, Literal, List, Transform };

    Kind kind = Kind::Slot;
    Type type = Type::CHARBUF;  // of the value it yields
    bool list = false;
    PrintFormat print = PrintFormat::Decimal;  // how a number it yields is printed
    uint32_t slot = 0;                         // Slot: index into the event's values
    Value literal;                             // Literal
    Transformer transformer = Transformer::Tolower;
    char selector = 0;               // getopt(…)[c]
    std::vector<Operand> arguments;  // Transform, List

    ValueForm form() const { return {type, list, print}; }
};

// Bytes of a text or buffer among the constants of an atom, at most (spec: condition-language.md §8).
constexpr size_t kLongestConstant = 255;

struct Atom {
    Operand left;
    Operator op = Operator::Exists;
    Modifier modifier = Modifier::None;
    Comparison comparison = Comparison::Ordinary;

    bool right_is_operand = false;
    Operand right;
    std::vector<Value> constants;  // of left.type; what they point to is the program's
};

// Whether it holds a value of a slot, which is no list, against its constants one by one: no side is
// computed, no modifier counts. What its comparison does to the value is another matter.
inline bool compares_slot_with_constants(const Atom& atom) {
    return atom.left.kind == Operand::Kind::Slot && !atom.left.list && !atom.right_is_operand &&
           atom.modifier == Modifier::None;
}
inline bool compares_with_texts(const Atom& atom) {
    return compares_slot_with_constants(atom) && atom.comparison == Comparison::Ordinary &&
           type_class(atom.left.type) == TypeClass::Text;
}
// Whether it holds exactly for texts that are one of its constants, or that are not its constant.
inline bool is_one_of_texts(const Atom& atom) {
    return compares_with_texts(atom) && (atom.op == Operator::Eq || atom.op == Operator::In);
}
inline bool is_another_text(const Atom& atom) { return compares_with_texts(atom) && atom.op == Operator::Ne; }

// Whether it looks for constants in the texts of a slot: `contains` or `icontains`.
inline bool is_search(const Atom& atom) {
    return atom.left.kind == Operand::Kind::Slot && !atom.left.list && !atom.right_is_operand &&
           atom.comparison == Comparison::Ordinary && type_class(atom.left.type) == TypeClass::Text &&
           (atom.op == Operator::Contains || atom.op == Operator::Icontains);
}
// Whether an `or` of many of these is one search for any of their constants. An empty text is in every value.
inline bool can_be_joined(const Atom& atom) {
    return is_search(atom) && atom.modifier == Modifier::None && atom.constants.size() == 1 &&
           atom.constants[0].size > 0;
}
// For any of so many constants that a searcher for all of them pays.
constexpr size_t kManySearched = 24;
inline bool is_search_for_many(const Atom& atom) {
    return is_search(atom) && atom.modifier == Modifier::Anyof && atom.constants.size() >= kManySearched;
}
// Whether one of its sides is computed, for which memory is taken from the scratch.
inline bool uses_scratch(const Atom& atom) {
    return atom.left.kind != Operand::Kind::Slot ||
           (atom.right_is_operand && atom.right.kind != Operand::Kind::Slot);
}

// Calls `visit` with the slot of every field that an operand or an atom (or a const one) reads.
template <typename OperandType, typename Visit>
requires std::same_as<std::remove_const_t<OperandType>, Operand>
void for_each_slot(OperandType& operand, Visit&& visit) {
    if (operand.kind == Operand::Kind::Slot) visit(operand.slot);
    for (auto& argument : operand.arguments) for_each_slot(argument, visit);
}

template <typename AtomType, typename Visit>
requires std::same_as<std::remove_const_t<AtomType>, Atom>
void for_each_slot(AtomType& atom, Visit&& visit) {
    for_each_slot(atom.left, visit);
    if (atom.right_is_operand) for_each_slot(atom.right, visit);
}

}  // namespace stoop
