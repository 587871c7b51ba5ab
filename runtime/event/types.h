// SPDX-License-Identifier: Apache-2.0
// The types of field values (spec: condition-language.md §7). The table is types.def; everything that differs
// per type asks it, so that a new type is one line there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

enum class Type : uint8_t {
#define STOOP_TYPE(name, ...) name,
#include "runtime/event/types.def"
#undef STOOP_TYPE
};

// What values of a type are compared as.
enum class TypeClass : uint8_t { Boolean, Signed, Unsigned, Double, Text, Bytes, Address, Network, Opaque };

// How the text of an operand of the type is read.
enum class LiteralForm : uint8_t {
    Boolean,
    Signed,
    Unsigned,
    Port,
    Double,
    Text,
    Bytes,
    Address,
    Network,
    None
};

// Fields with a comparison of their own (spec: condition-language.md §11).
enum class Comparison : uint8_t {
    Ordinary,
    EitherAddress,  // fd.ip: client or server
    EitherNetwork,  // fd.net
    EitherPort,     // fd.port, fd.proto
    HostName,       // fd.sip.name …: needs a name look-up, which is never made
    AnyAncestor,    // proc.aname without an index …
    RawArgument,    // evt.rawarg.X
    Around,         // evt.around[T]
};

// The value of such a field is a list of what it stands for.
constexpr bool stands_for_several(Comparison comparison) {
    return comparison == Comparison::EitherAddress || comparison == Comparison::EitherNetwork ||
           comparison == Comparison::EitherPort || comparison == Comparison::AnyAncestor;
}

enum class PrintFormat : uint8_t { Decimal, Hex, Octal, Padded, None };

inline constexpr TypeClass kTypeClasses[] = {
#define STOOP_TYPE(name, type_class, ...) TypeClass::type_class,
#include "runtime/event/types.def"
#undef STOOP_TYPE
};
constexpr TypeClass type_class(Type type) { return kTypeClasses[static_cast<size_t>(type)]; }

std::string_view type_name(Type type);
std::string type_name(Type type, bool list);  // "list of CHARBUF"
std::optional<Type> type_from_name(std::string_view name);
unsigned type_bits(Type type);
LiteralForm literal_form(Type type);

inline bool is_numeric(TypeClass c) {
    return c == TypeClass::Signed || c == TypeClass::Unsigned || c == TypeClass::Double;
}

}  // namespace stoop
