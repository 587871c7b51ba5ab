// SPDX-License-Identifier: Apache-2.0
#include "runtime/event/types.h"

#include <iterator>

namespace stoop {
namespace {

struct TypeRow {
    std::string_view name;
    unsigned bits;
    LiteralForm literal;
};

constexpr TypeRow kTypes[] = {
#define STOOP_TYPE(name, type_class, bits, literal) {#name, bits, LiteralForm::literal},
#include "runtime/event/types.def"
#undef STOOP_TYPE
};

const TypeRow& row(Type type) { return kTypes[static_cast<size_t>(type)]; }

}  // namespace

std::string_view type_name(Type type) { return row(type).name; }
std::string type_name(Type type, bool list) {
    return (list ? "list of " : "") + std::string(type_name(type));
}
unsigned type_bits(Type type) { return row(type).bits; }
LiteralForm literal_form(Type type) { return row(type).literal; }

std::optional<Type> type_from_name(std::string_view name) {
    for (size_t i = 0; i < std::size(kTypes); ++i)
        if (kTypes[i].name == name) return static_cast<Type>(i);
    return std::nullopt;
}

}  // namespace stoop
