// SPDX-License-Identifier: Apache-2.0
#include "runtime/ingest/json/json_value.h"

#include <fmt/format.h>

#include <charconv>

#include "runtime/base/reuse.h"
#include "runtime/event/address.h"

namespace stoop {
namespace {

using Kind = JsonNumber::Kind;

// Falco prints some numbers as text: hexadecimal, octal, or with leading zeros.
bool read_printed_number(std::string_view text, PrintFormat format, uint64_t& out) {
    int base = format == PrintFormat::Hex ? 16 : format == PrintFormat::Octal ? 8 : 10;
    auto result = std::from_chars(text.data(), text.data() + text.size(), out, base);
    return !text.empty() && result.ec == std::errc() && result.ptr == text.data() + text.size();
}

std::string one_expected(Misfit misfit, const ValueType& type) {
    switch (misfit) {
        case Misfit::None: return "";
        case Misfit::Boolean: return "true or false";
        case Misfit::Signed: return fmt::format("an integer of {} bits", type.bits);
        case Misfit::Unsigned: return fmt::format("a non-negative integer of {} bits", type.bits);
        case Misfit::Number: return "a number";
        case Misfit::Text: return "a string";
        case Misfit::Bytes: return "a string or {\"hex\": \"…\"}";
        case Misfit::EvenDigits: return "an even number of hexadecimal digits";
        case Misfit::HexDigits: return "hexadecimal digits";
        case Misfit::AddressText: return "an IP address in a string";
        case Misfit::Address: return "an IP address";
    }
    return "";
}

}  // namespace

ValueType::ValueType(const FieldRef& ref)
    : type_class(stoop::type_class(ref.type)),
      print(ref.print),
      bits(static_cast<uint8_t>(type_bits(ref.type))),
      list(ref.holds_list()),
      absent_if_empty(ref.field->list && !ref.field->may_be_empty),
      time(time_field_form(ref.field->name)) {}

Misfit ValueReader::list(uint32_t token, const ValueType& type, Arena& arena, Value& out) {
    clear_for_reuse(items_);
    if (tokens_.kind(token) != '[') {
        items_.push_back(token);
    } else if (tokens_.kind(++token) != ']') {
        for (;; ++token) {  // over the comma
            items_.push_back(token);
            tokens_.skip_value(token);
            if (tokens_.kind(token) != ',') break;
        }
    }
    auto values = arena.values(items_.size());
    for (size_t i = 0; i < items_.size(); ++i)
        if (Misfit misfit = scalar(items_[i], type, arena, values[i]); misfit != Misfit::None) return misfit;
    out = values.empty() && type.absent_if_empty ? Value::absent() : Value::of_list(values);
    return Misfit::None;
}

Misfit ValueReader::scalar(uint32_t token, const ValueType& type, Arena& arena, Value& out) {
    switch (type.type_class) {
        case TypeClass::Boolean: return boolean(token, out);
        case TypeClass::Signed: return read_signed(token, type, arena, out);
        case TypeClass::Unsigned: return read_unsigned(token, type, arena, out);
        case TypeClass::Double: return real(token, out);
        case TypeClass::Text: return text(token, type, arena, out);
        case TypeClass::Bytes: return bytes(token, arena, out);
        case TypeClass::Address:
        case TypeClass::Network: return address(token, arena, out);
        case TypeClass::Opaque: break;  // nothing but `exists` applies to it, so any value will do
    }
    out = Value::of_text("");
    return Misfit::None;
}

Misfit ValueReader::boolean(uint32_t token, Value& out) const {
    char c = tokens_.kind(token);
    if (c != 't' && c != 'f') return Misfit::Boolean;
    out = Value::of_bool(c == 't');
    return Misfit::None;
}

Misfit ValueReader::read_signed(uint32_t token, const ValueType& type, Arena& arena, Value& out) {
    int64_t value;
    if (is_string(token) && (type.print == PrintFormat::Hex || type.print == PrintFormat::Octal)) {
        uint64_t pattern;
        if (!read_printed_number(tokens_.string(token, arena), type.print, pattern)) return Misfit::Signed;
        // the bits, as printed
        value = type.bits == 32 ? static_cast<int32_t>(pattern) : static_cast<int64_t>(pattern);
    } else {
        JsonNumber n = number(token);
        if (n.kind == Kind::Unsigned && n.u <= static_cast<uint64_t>(INT64_MAX))
            value = static_cast<int64_t>(n.u);
        else if (n.kind == Kind::Negative)
            value = n.i;
        else
            return Misfit::Signed;
    }
    unsigned bits = type.bits;
    if (bits < 64 && (value < -(int64_t{1} << (bits - 1)) || value >= int64_t{1} << (bits - 1)))
        return Misfit::Signed;
    out = Value::of_signed(value);
    return Misfit::None;
}

Misfit ValueReader::read_unsigned(uint32_t token, const ValueType& type, Arena& arena, Value& out) {
    uint64_t value = 0;
    if (is_string(token) && type.print != PrintFormat::Decimal && type.print != PrintFormat::None) {
        if (!read_printed_number(tokens_.string(token, arena), type.print, value)) return Misfit::Unsigned;
    } else {
        JsonNumber n = number(token);
        bool zero = n.kind == Kind::Negative && n.i == 0;
        if (n.kind != Kind::Unsigned && !zero) return Misfit::Unsigned;
        value = n.u;
    }
    if (type.bits < 64 && value >> type.bits != 0) return Misfit::Unsigned;
    out = Value::of_unsigned(value);
    return Misfit::None;
}

Misfit ValueReader::real(uint32_t token, Value& out) const {
    JsonNumber n = number(token);
    if (n.kind == Kind::None) return Misfit::Number;
    out = Value::of_double(n.kind == Kind::Unsigned   ? static_cast<double>(n.u)
                           : n.kind == Kind::Negative ? static_cast<double>(n.i)
                                                      : n.d);
    return Misfit::None;
}

Misfit ValueReader::text(uint32_t token, const ValueType& type, Arena& arena, Value& out) {
    if (is_string(token)) {
        std::string_view text = tokens_.string(token, arena);
        // Only an escape can have made one.
        if (text.data() != tokens_.raw_string(token).data()) text = text.substr(0, text.find('\0'));
        out = Value::of_text(text);
        return Misfit::None;
    }
    JsonNumber n = type.time ? number(token) : JsonNumber();
    if (n.kind != Kind::Unsigned) return Misfit::Text;
    time_text_.clear();
    times_.append(*type.time, n.u, time_text_);
    out = Value::of_text(arena.copy(time_text_));
    return Misfit::None;
}

// A string, or {"hex": "…"}; of keys that are there twice the last one counts.
Misfit ValueReader::bytes(uint32_t token, Arena& arena, Value& out) {
    if (is_string(token)) {
        out = Value::of_text(tokens_.string(token, arena));
        return Misfit::None;
    }
    if (tokens_.kind(token) != '{' || tokens_.kind(token + 1) != '"') return Misfit::Bytes;
    uint32_t value = 0;
    for (uint32_t at = token + 1;; ++at) {  // over the comma
        if (tokens_.string(at, arena) != "hex") return Misfit::Bytes;
        value = at += 2;
        tokens_.skip_value(at);
        if (tokens_.kind(at) != ',') break;
    }
    if (!is_string(value)) return Misfit::Bytes;
    std::string_view hex = tokens_.string(value, arena);
    if (hex.size() % 2 != 0) return Misfit::EvenDigits;
    char* bytes = arena.bytes(hex.size() / 2 + 1);
    for (size_t i = 0; i < hex.size(); i += 2) {
        uint8_t byte;
        auto result = std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
        if (result.ec != std::errc() || result.ptr != hex.data() + i + 2) return Misfit::HexDigits;
        bytes[i / 2] = static_cast<char>(byte);
    }
    out = Value::of_text({bytes, hex.size() / 2});
    return Misfit::None;
}

Misfit ValueReader::address(uint32_t token, Arena& arena, Value& out) {
    if (!is_string(token)) return Misfit::AddressText;
    auto address = parse_address(tokens_.string(token, arena));
    if (!address) return Misfit::Address;
    out = Value::of_text(arena.copy({address->bytes, address->size}));
    return Misfit::None;
}

std::string expectation(Misfit misfit, const ValueType& type) {
    return one_expected(misfit, type) + (type.list ? ", or an array of such" : "");
}

}  // namespace stoop
