// SPDX-License-Identifier: Apache-2.0
#include "runtime/alert/render.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "runtime/base/json_escape.h"
#include "runtime/event/address.h"

namespace stoop {
namespace {

constexpr size_t kLongestList = 1023;   // bytes that Falco prints of a list
constexpr size_t kLongestBytes = 1023;  // and of a buffer
constexpr std::string_view kAbsent = "<NA>";

template <typename Number>
void append_decimal(Number number, std::string& out) {
    char buffer[24];
    out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, number).ptr);
}

void append_number(const Value& value, Type type, PrintFormat print, std::string& out) {
    auto end = std::back_inserter(out);
    switch (print) {
        case PrintFormat::Hex: fmt::format_to(end, "{:X}", value.u); return;
        case PrintFormat::Octal: fmt::format_to(end, "{:o}", value.u); return;
        case PrintFormat::Padded: fmt::format_to(end, "{:09}", value.u); return;
        case PrintFormat::None: out += kAbsent; return;
        case PrintFormat::Decimal: break;
    }
    type_class(type) == TypeClass::Signed ? append_decimal(value.i, out) : append_decimal(value.u, out);
}

void append_bytes(std::string_view bytes, std::string& out) {
    for (char c : bytes.substr(0, kLongestBytes)) out += c < 0x20 || c > 0x7e ? '.' : c;
}

void append_scalar_text(const Value& value, Type type, PrintFormat print, std::string& out) {
    if (!value.present()) {
        out += kAbsent;
        return;
    }
    switch (type_class(type)) {
        case TypeClass::Boolean: out += value.u ? "true" : "false"; break;
        case TypeClass::Signed:
        case TypeClass::Unsigned: append_number(value, type, print, out); break;
        case TypeClass::Double: fmt::format_to(std::back_inserter(out), "{:.1f}", value.d); break;
        case TypeClass::Text: out += value.text().substr(0, value.text().find('\0')); break;
        case TypeClass::Bytes: append_bytes(value.text(), out); break;
        case TypeClass::Address: append_address(value.text(), out); break;
        case TypeClass::Network: out += "<IPNET>"; break;
        case TypeClass::Opaque: out += kAbsent; break;
    }
}

// The digits that Falco's own JSON library writes: that library is asked, by the part that does not allocate.
void append_double_json(double number, std::string& out) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    char buffer[64];
    out.append(buffer, nlohmann::detail::to_chars(buffer, buffer + sizeof buffer, number));
}

void append_number_json(const Value& value, Type type, PrintFormat print, std::string& out) {
    switch (print) {
        case PrintFormat::None: out += "null"; return;
        case PrintFormat::Hex:
        case PrintFormat::Octal:
            out += '"';
            append_number(value, type, print, out);
            out += '"';
            return;
        // Times are numbers even where their text is padded.
        case PrintFormat::Padded:
        case PrintFormat::Decimal: append_number(value, type, PrintFormat::Decimal, out);
    }
}

void append_scalar_json(const Value& value, Type type, PrintFormat print, std::string& out) {
    if (!value.present()) {
        out += "null";
        return;
    }
    switch (type_class(type)) {
        case TypeClass::Boolean: out += value.u ? "true" : "false"; break;
        case TypeClass::Double: append_double_json(value.d, out); break;
        case TypeClass::Signed:
        case TypeClass::Unsigned: append_number_json(value, type, print, out); break;
        case TypeClass::Text: append_json_string(value.text().substr(0, value.text().find('\0')), out); break;
        case TypeClass::Opaque: out += "null"; break;
        case TypeClass::Bytes:
        case TypeClass::Address:
        case TypeClass::Network: {
            out += '"';
            size_t start = out.size();
            append_scalar_text(value, type, print, out);
            escape_json_from(start, out);
            out += '"';
            break;
        }
    }
}

// Ancestors without an index print as one text, the values joined with blanks.
void append_joined(const Value& value, const Slot& slot, std::string& out) {
    size_t start = out.size();
    for (const Value& item : value.list()) {
        if (!item.present()) {  // it is known how many there are, but not what they are
            out.resize(start);
            out += kAbsent;
            return;
        }
        if (out.size() > start) out += ' ';
        append_scalar_text(item, slot.type, slot.print, out);
    }
}

}  // namespace

void append_value_text(const Value& value, Type type, bool list, PrintFormat print, std::string& out) {
    if (!list || !value.present()) return append_scalar_text(value, type, print, out);
    size_t start = out.size();
    out += '(';
    for (const Value& item : value.list()) {
        if (out.size() > start + kLongestList) break;
        if (out.size() > start + 1) out += ',';
        append_scalar_text(item, type, print, out);
    }
    out += ')';
    if (out.size() > start + kLongestList) out.resize(start + kLongestList);
}

void append_value_json(const Value& value, Type type, bool list, PrintFormat print, std::string& out) {
    if (!list || !value.present()) return append_scalar_json(value, type, print, out);
    if (value.size == 0) {
        out += "null";
        return;
    }
    char before = '[';
    for (const Value& item : value.list()) {
        out += before;
        append_scalar_json(item, type, print, out);
        before = ',';
    }
    out += ']';
}

void append_field_text(const Value& value, const Slot& slot, std::string& out) {
    if (slot.filter_only)
        out += slot.type == Type::IPNET && value.present() ? "<IPNET>" : kAbsent;
    else if (slot.comparison == Comparison::AnyAncestor && value.present())
        append_joined(value, slot, out);
    else
        append_value_text(value, slot.type, slot.list, slot.print, out);
}

void append_field_json(const Value& value, const Slot& slot, std::string& out) {
    bool as_text = slot.filter_only || slot.comparison == Comparison::AnyAncestor;
    if (!as_text || !value.present()) return append_value_json(value, slot.type, slot.list, slot.print, out);
    size_t start = out.size() + 1;
    out += '"';
    append_field_text(value, slot, out);
    if (std::string_view(out).substr(start) == kAbsent) {
        out.resize(start - 1);
        out += "null";
        return;
    }
    escape_json_from(start, out);
    out += '"';
}

}  // namespace stoop
