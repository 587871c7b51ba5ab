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
