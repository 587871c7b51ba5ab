// SPDX-License-Identifier: Apache-2.0
// An atom is one comparison: an operand, an operator, and constants or a second operand. It holds everything
// that can be prepared before the first event (parsed constants, compiled regexes, the prefix tree of
// pmatch), so testing it only reads. Both engines share this meaning of an atom: the reference evaluator
// calls test() for each one, native code does the simple ones itself and calls test() for the rest.
//
// Spec: condition-language.md §9 to §13. Atoms are immutable once built; test() may run on any number of
// threads, each with a Scratch of its own.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/event/schema.h"
#include "runtime/event/value.h"
#include "runtime/match/operator.h"
#include "runtime/match/range_set.h"
#include "runtime/match/scratch.h"
#include "runtime/match/text_table.h"

namespace re2 {
class RE2;
}

namespace stoop {

class PathPrefixes;
class Substrings;

enum class Transformer : uint8_t { Tolower, Toupper, B64, Basename, Len, Join, Concat, Getopt };

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
};

struct Atom {
    Operand left;
    Operator op = Operator::Exists;
    Modifier modifier = Modifier::None;
    Comparison comparison = Comparison::Ordinary;

    bool right_is_operand = false;
    Operand right;
    std::vector<Value> constants;  // of left.type; they live in the plan's arena

    // Prepared from the constants, for the operators that want them.
    std::vector<std::shared_ptr<const re2::RE2>> regexes;
    std::vector<std::string> regex_literals;  // of a single one; see regex_literals.h
    std::unique_ptr<PathPrefixes> paths;
    // For `in` with many constants; empty for few.
    TextTable texts;                    // or addresses
    RangeSet ranges;                    // of numbers or networks
    std::unique_ptr<Substrings> parts;  // for `contains anyof` and `icontains anyof` with many

    // Fewer constants than this are compared one after the other.
    static constexpr size_t kManyConstants = 16;
    static constexpr size_t kManyNumbers = 64;  // as native code takes few numbers apart
    static constexpr size_t kManyParts = 24;    // of those that are searched for

    std::string text;  // canonical, as messages show it, in the first spelling of those that mean the same

    Atom();
    Atom(Atom&&) noexcept;
    Atom& operator=(Atom&&) noexcept;
    ~Atom();
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
// Whether one of its sides is computed, for which memory is taken from the scratch.
inline bool uses_scratch(const Atom& atom) {
    return atom.left.kind != Operand::Kind::Slot ||
           (atom.right_is_operand && atom.right.kind != Operand::Kind::Slot);
}

// Of a search for any of some constants: prepares it, if they are so many that it is worth it and what it
// takes is among the bytes of memory that are left, of which that many are taken.
void prepare_parts(Atom& atom, size_t& memory_left);

// Whether the event whose values are at `slots` satisfies the atom. What transformers took from `scratch` is
// given back.
bool test(const Atom& atom, const Value* slots, Scratch& scratch);

// The verdict of a single regular expression on a present value.
bool matches_regex(const Atom& atom, const Value& value);

// The value of an operand: a slot's own value, a constant, or what the transformer makes of its arguments,
// which stays in `scratch` until its arena is reset.
Value evaluate(const Operand& operand, const Value* slots, Scratch& scratch);

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
