// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/print.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/base/ascii.h"
#include "runtime/base/printable.h"
#include "runtime/event/address.h"
#include "runtime/program/digest.h"

namespace stoop {
namespace {

template <typename List, typename Text>
std::string joined(const List& list, std::string_view separator, Text&& text) {
    std::string out;
    for (const auto& item : list) {
        if (&item != &*list.begin()) out += separator;
        out += text(item);
    }
    return out;
}

// In quotes, with escapes, so that different texts print differently.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (char c : text) {
        switch (c) {
            case '\b': out += "\\b"; break;
            case '\f': out += "\\f"; break;
            case '\n': out += "\\n"; break;
            case '\r': out += "\\r"; break;
            case '\t': out += "\\t"; break;
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            default: out += c;
        }
    }
    return out + "\"";
}

// A text stands bare unless it could be read as something else: as nothing, or as more than one word.
std::string text_of(std::string_view text) {
    auto is_plain = [](char c) {
        return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("_./:@+*?[]-").find(c) != std::string_view::npos;
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), is_plain) ? std::string(text)
                                                                            : quoted(text);
}

std::string address_text(std::string_view bytes) {
    std::string out;
    append_address(bytes, out);
    return out;
}

std::string constant_text(const Value& value, Type type) {
    switch (type_class(type)) {
        case TypeClass::Boolean: return value.u != 0 ? "true" : "false";
        case TypeClass::Signed: return std::to_string(value.i);
        case TypeClass::Unsigned: return std::to_string(value.u);
        case TypeClass::Double: return fmt::format("{}", value.d);
        case TypeClass::Address: return address_text(value.text());
        case TypeClass::Network: {
            std::string_view address = value.text().substr(0, value.size - size_t{1});
            return fmt::format("{}/{}", address_text(address),
                               static_cast<unsigned char>(value.text().back()));
        }
        default: return text_of(value.text());
    }
}

std::string to_text(const Program& program, const Operand& operand) {
    auto text = [&](const Operand& argument) { return to_text(program, argument); };
    switch (operand.kind) {
        case Operand::Kind::Slot: return program.slots[operand.slot].spelling;
        case Operand::Kind::Literal: return quoted(operand.literal.text());
        case Operand::Kind::List: return "(" + joined(operand.arguments, ",", text) + ")";
        case Operand::Kind::Transform: break;
    }
    std::string out(transformer_info(operand.transformer).name);
    out += "(" + joined(operand.arguments, ",", text) + ")";
    if (operand.selector != 0) out += fmt::format("[{}]", operand.selector);
    return out;
}

// Names and texts do not break lines.
template <typename... Args>
void append(std::string& out, fmt::format_string<detail::Printable<Args>...> format, Args&&... args) {
    out += format_printable(format, std::forward<Args>(args)...);
}

void print(const ProgramNode& node, std::string& out) {
    constexpr std::string_view kKinds[] = {"and", "or", "not", "atom"};
    append(out, " {}", kKinds[static_cast<size_t>(node.kind)]);
    if (node.kind == ProgramNode::Kind::Atom) append(out, " {}", node.atom);
    for (uint32_t child : node.children) append(out, " {}", child);
    if (!node.children.empty() && node.has_atom()) append(out, " = atom {}", node.atom);
    out += "\n";
}

std::string types_text(const Program& program, const EventTypeSet& types) {
    if (types.is_all()) return "all";
    std::string out;
    for (size_t type = 0; type < program.event_type_count(); ++type) {
        if (!types.contains(static_cast<EventTypeId>(type))) continue;
        out += out.empty() ? "" : ", ";
        out += type < program.event_types.size() ? program.event_types[type] : "generic";
    }
    return out;
}

void print(const Program& program, const ProgramRule& rule, std::string& out) {
    append(out, "rule {} = node {}\n", text_of(rule.name), rule.node);
    append(out, "  priority {}\n", priority_name(rule.priority));
    if (!rule.tags.empty())
        append(out, "  tags {}\n",
               joined(rule.tags, ", ", [](const std::string& tag) { return text_of(tag); }));
    append(out, "  events {}\n", types_text(program, rule.event_types));
    for (const OutputPiece& piece : rule.output) {
        append(out, "  output {}", piece.is_operand ? to_text(program, piece.operand) : quoted(piece.text));
        if (piece.width != 0) append(out, " in {} bytes", piece.width);
        out += "\n";
    }
    for (const OutputField& field : rule.output_fields)
        append(out, "  field {} = slot {}\n", field.key, field.slot);
}

}  // namespace

std::string literal_text(std::string_view value) {
    constexpr std::string_view kSpecial = " \b\f\n\r\t=\"'\\";
    return value.find_first_of(kSpecial) == value.npos ? std::string(value) : quoted(value);
}

std::string to_text(const Program& program, const Atom& atom) {
    const OperatorInfo& info = operator_info(atom.op);
    std::string out = fmt::format("{} {}", to_text(program, atom.left), info.spelling);
    if (atom.modifier != Modifier::None) out += fmt::format(" {}", modifier_name(atom.modifier));
    if (atom.op == Operator::Exists) return out;
    if (atom.right_is_operand) {
        bool field = atom.right.kind == Operand::Kind::Slot;
        return out + (field ? " val(" : " ") + to_text(program, atom.right) + (field ? ")" : "");
    }
    std::string constants = joined(
        atom.constants, ", ", [&](const Value& constant) { return constant_text(constant, atom.left.type); });
    bool list = info.right == RightSide::List || atom.modifier != Modifier::None;
    return out + (list ? " (" + constants + ")" : " " + constants);
}

std::string to_text(const Program& program) {
    std::string out;
    append(out, "program {}\n", digest(program));
    append(out, "source {}\n", program.source);
    for (size_t i = 0; i < program.slots.size(); ++i) {
        const Slot& slot = program.slots[i];
        append(out, "slot {} {} : {}\n", i, slot.spelling, type_name(slot.type, slot.holds_list()));
    }
    for (size_t i = 0; i < program.atoms.size(); ++i)
        append(out, "atom {} {}\n", i, to_text(program, program.atoms[i]));
    for (size_t i = 0; i < program.nodes.size(); ++i) {
        append(out, "node {}", i);
        print(program.nodes[i], out);
    }
    for (const ProgramRule& rule : program.rules) print(program, rule, out);
    return out;
}

}  // namespace stoop
