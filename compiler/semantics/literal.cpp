// SPDX-License-Identifier: Apache-2.0
#include "compiler/semantics/literal.h"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "runtime/base/ascii.h"
#include "runtime/event/address.h"
#include "runtime/program/atom.h"

namespace stoop {
namespace {

LiteralResult fail(std::string error, std::string help = "") {
    return {Value(), std::move(error), std::move(help)};
}

// Leading blanks, a sign and decimal digits, nothing after: what C's scanf takes for %d, without hexadecimal.
bool is_number(std::string_view text) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text[0]))) text.remove_prefix(1);
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

LiteralResult not_a_number(std::string_view text) {
    bool field =
        !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) && text.find('.') != text.npos;
    if (field)
        return fail(fmt::format("'{}' is not a number", text),
                    fmt::format("the value of another field: val({})", text));
    return fail(fmt::format("'{}' is not a number", text),
                "numbers are written in decimal, without fraction, exponent or unit");
}

int64_t cut_signed(int64_t value, unsigned bits) {
    if (bits == 64) return value;
    auto word = static_cast<int32_t>(value);
    return bits == 8 ? static_cast<int8_t>(word) : bits == 16 ? static_cast<int16_t>(word) : word;
}

uint64_t cut_unsigned(uint64_t value, unsigned bits) {
    return bits == 64 ? value : value & 0xffffffffu & ((uint64_t{1} << bits) - 1);
}

std::string boolean_help(std::string_view text) {
    std::string word = lower(text);
    for (std::string_view yes : {"true", "yes", "on", "1"})
        if (word == yes) return "write 'true'";
    for (std::string_view no : {"false", "no", "off", "0"})
        if (word == no) return "write 'false'";
    return "write 'true' or 'false'";
}

LiteralResult read_port(std::string_view text) {
    if (text.empty()) return {Value::of_unsigned(0), "", ""};
    if (std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        errno = 0;
        unsigned long long number = std::strtoull(std::string(text).c_str(), nullptr, 10);
        if (errno != 0 || number > INT_MAX)
            return fail(fmt::format("'{}' is not a port", text), "ports go up to 65535");
        return {Value::of_unsigned(number & 0xffff), "", ""};
    }
    servent entry;
    servent* found = nullptr;
    char buffer[4096];
    getservbyname_r(std::string(text).c_str(), nullptr, &entry, buffer, sizeof buffer, &found);
    if (!found)
        return fail(fmt::format("'{}' is not a port", text),
                    "a port is a number or the name of a service, such as http");
    return {Value::of_unsigned(ntohs(static_cast<uint16_t>(entry.s_port))), "", ""};
}

Value in_arena(std::string_view bytes, Arena& arena) { return Value::of_text(arena.copy(bytes)); }

LiteralResult read_address(std::string_view text, Arena& arena) {
    auto address = parse_address(text);
    if (!address)
        return fail(fmt::format("'{}' is not an IP address", text),
                    text.find('/') != text.npos
                        ? "networks are compared with fd.snet and its like"
                        : "an address is such as 10.0.0.1 or 2001:db8::1; names of hosts "
                          "are compared with fd.sip.name and its like");
    return {in_arena({address->bytes, address->size}, arena), "", ""};
}

LiteralResult read_network(std::string_view text, Arena& arena) {
    size_t slash = text.find('/');
    auto address = parse_address(text.substr(0, slash));
    if (slash == text.npos || !address)
        return fail(fmt::format("'{}' is not an IP network", text),
                    address && slash == text.npos
                        ? fmt::format("a network of one address: {}/{}", text, address->size == 4 ? 32 : 128)
                        : "write ADDRESS/PREFIX, such as 10.0.0.0/8");
    std::string_view prefix = text.substr(slash + 1);
    if (!is_number(prefix)) return not_a_number(prefix);
    // Falco casts the number to one byte before it looks at it.
    auto bits = static_cast<uint8_t>(std::strtoul(std::string(prefix).c_str(), nullptr, 10));
    bool v4 = address->size == 4;
    if (v4 ? bits > 32 : bits == 0 || bits > 128)
        return fail(fmt::format("'{}' is not a network prefix", prefix),
                    v4 ? "it is 0 to 32 for IPv4" : "it is 1 to 128 for IPv6");
    std::string bytes(address->bytes, address->size);
    bytes += static_cast<char>(bits);
    return {in_arena(bytes, arena), "", ""};
}

LiteralResult read_text(std::string_view text, Arena& arena) {
    if (text.size() > kLongestConstant)
        return fail(fmt::format("this text is {} bytes long; operands may have {} at most", text.size(),
                                kLongestConstant));
    if (text.find('\0') != text.npos)
        return fail("a text cannot contain a zero byte", "only byte buffers can hold one");
    return {in_arena(text, arena), "", ""};
}

LiteralResult read_bytes(std::string_view text, Operator op, Arena& arena) {
    if (text.size() > kLongestConstant)
        return fail(
            fmt::format("this operand is {} bytes long; {} are allowed", text.size(), kLongestConstant));
    if (op != Operator::Bcontains && op != Operator::Bstartswith) return {in_arena(text, arena), "", ""};
    bool hex = text.size() % 2 == 0 &&
               std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c); });
    if (!hex)
        return fail(fmt::format("'{}' is not a sequence of hexadecimal bytes", text),
                    "write two digits a byte, such as 7f454c46");
    std::string bytes;
    for (size_t i = 0; i < text.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    return {in_arena(bytes, arena), "", ""};
}

}  // namespace

LiteralResult read_literal(std::string_view text, Type type, Operator op, Arena& arena) {
    unsigned bits = type_bits(type);
    switch (literal_form(type)) {
        case LiteralForm::Boolean:
            if (text != "true" && text != "false")
                return fail(fmt::format("'{}' is neither true nor false", text), boolean_help(text));
            return {Value::of_bool(text == "true"), "", ""};
        case LiteralForm::Signed:
            if (!is_number(text)) return not_a_number(text);
            return {Value::of_signed(cut_signed(std::strtoll(std::string(text).c_str(), nullptr, 10), bits)),
                    "", ""};
        case LiteralForm::Unsigned:
            if (!is_number(text)) return not_a_number(text);
            return {
                Value::of_unsigned(cut_unsigned(std::strtoull(std::string(text).c_str(), nullptr, 10), bits)),
                "", ""};
        case LiteralForm::Double:
            if (!is_number(text)) return not_a_number(text);
            return {Value::of_double(static_cast<double>(
                        cut_signed(std::strtoll(std::string(text).c_str(), nullptr, 10), 32))),
                    "", ""};
        case LiteralForm::Port: return read_port(text);
        case LiteralForm::Text: return read_text(text, arena);
        case LiteralForm::Bytes: return read_bytes(text, op, arena);
        case LiteralForm::Address: return read_address(text, arena);
        case LiteralForm::Network: return read_network(text, arena);
        case LiteralForm::None: break;
    }
    return fail(fmt::format("no operand can be written for the type {}", type_name(type)),
                "only 'exists' applies to it");
}

}  // namespace stoop
