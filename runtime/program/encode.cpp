// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/encode.h"

#include <tuple>
#include <type_traits>

namespace stoop {
namespace {

template <typename Number>
void number(Number value, std::string& out) {
    static_assert(std::is_unsigned_v<Number> && !std::is_same_v<Number, bool>);
    for (size_t byte = 0; byte < sizeof value; ++byte)
        out += static_cast<char>(static_cast<uint64_t>(value) >> (8 * byte) & 0xff);
}

template <typename Small>  // of one byte
void small(Small value, std::string& out) {
    static_assert(sizeof value == 1);
    out += static_cast<char>(value);
}

void length(size_t size, std::string& out) { number(static_cast<uint32_t>(size), out); }

void text(std::string_view text, std::string& out) {
    length(text.size(), out);
    out += text;
}

void value(const Value& value, Type type, std::string& out) {
    TypeClass kind = type_class(type);
    if (is_numeric(kind) || kind == TypeClass::Boolean)
        number(value.u, out);
    else
        text(value.text(), out);
}

template <typename List, typename Write>
void list(const List& items, std::string& out, Write&& write) {
    length(items.size(), out);
    for (const auto& item : items) write(item);
}

// Each function below names all members of its type: one that is added there does not compile until it is
// decided here whether it belongs to what is said.

void encode(const Slot& slot, std::string& out) {
    const auto& [spelling, field, type, is_list, print, comparison, filter_only, pointer] = slot;
    text(spelling, out);
    text(field, out);
    small(type, out);
    small(is_list, out);
    small(print, out);
    small(comparison, out);
    small(filter_only, out);
    text(pointer, out);
}

void encode(const Operand& operand, std::string& out) {
    const auto& [kind, type, is_list, print, slot, literal, transformer, selector, arguments] = operand;
    static_cast<void>(std::tie(type, is_list, print));  // the slot's, or what the transformer yields
    small(kind, out);
    switch (kind) {
        case Operand::Kind::Slot: return number(slot, out);
        case Operand::Kind::Literal: return text(literal.text(), out);
        case Operand::Kind::Transform:
            small(transformer, out);
            small(selector, out);
            break;
        case Operand::Kind::List: break;
    }
    list(arguments, out, [&](const Operand& argument) { encode(argument, out); });
}

void encode(const OutputPiece& piece, std::string& out) {
    const auto& [piece_text, is_operand, operand, width] = piece;
    small(is_operand, out);
    if (!is_operand) return text(piece_text, out);
    encode(operand, out);
    number(width, out);
}

void encode(const OutputField& field, std::string& out) {
    const auto& [key, slot] = field;
    text(key, out);
    number(slot, out);
}

// A bit for each type, unless the set holds all of them.
void encode(const EventTypeSet& set, size_t types, std::string& out) {
    const EventTypeSet known = set.size() == 0 ? set : set.first(types);
    small(known.is_all(), out);
    if (known.is_all()) return;
    for (uint64_t word : known.words()) number(word, out);
}

void encode(const ProgramRule& rule, size_t types, std::string& out) {
    const auto& [name, priority, tags, output, output_fields, event_types, node] = rule;
    text(name, out);
    small(priority, out);
    list(tags, out, [&](const std::string& tag) { text(tag, out); });
    list(output, out, [&](const OutputPiece& piece) { encode(piece, out); });
    list(output_fields, out, [&](const OutputField& field) { encode(field, out); });
    encode(event_types, types, out);
    number(node, out);
}

}  // namespace

void encode(const Atom& atom, std::string& out) {
    const auto& [left, op, modifier, comparison, right_is_operand, right, constants] = atom;
    static_cast<void>(comparison);  // the slot's
    small(op, out);
    small(modifier, out);
    encode(left, out);
    small(right_is_operand, out);
    if (right_is_operand) return encode(right, out);
    list(constants, out, [&](const Value& constant) { value(constant, left.type, out); });
}

void encode(const ProgramNode& node, std::string& out) {
    const auto& [kind, atom, children] = node;
    small(kind, out);
    number(atom, out);
    list(children, out, [&](uint32_t child) { number(child, out); });
}

std::string encode(const Program& program) {
    const auto& [source, slots, atoms, nodes, rules, time_slot, type_slot, event_types, constants] = program;
    static_cast<void>(constants);  // what values of atoms point to
    std::string out(kProgramMagic);
    number(kProgramVersion, out);
    text(source, out);
    list(slots, out, [&](const Slot& slot) { encode(slot, out); });
    number(time_slot, out);
    number(type_slot.value_or(ProgramNode::kNone), out);
    list(event_types, out, [&](const std::string& type) { text(type, out); });
    list(atoms, out, [&](const Atom& atom) { encode(atom, out); });
    list(nodes, out, [&](const ProgramNode& node) { encode(node, out); });
    list(rules, out, [&](const ProgramRule& rule) { encode(rule, program.event_type_count(), out); });
    return out;
}

}  // namespace stoop
