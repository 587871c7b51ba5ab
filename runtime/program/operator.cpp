// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/operator.h"

namespace stoop {
namespace {

constexpr OperatorInfo kOperators[] = {
#define STOOP_OPERATOR(id, spelling, right, numbers, booleans, addresses, texts, bytes, lists, field) \
    {Operator::id, spelling, RightSide::right, numbers, booleans, addresses, texts, bytes, lists, field},
#include "runtime/program/operators.def"
#undef STOOP_OPERATOR
};

// Lists of other types support `exists` only (spec: condition-language.md §7).
bool comparable_in_list(Type type) {
    return type == Type::CHARBUF || type == Type::UINT64 || type == Type::RELTIME || type == Type::ABSTIME ||
           type == Type::BOOL || type == Type::IPADDR || type == Type::IPNET;
}

}  // namespace

bool OperatorInfo::allows(Type type, bool list) const {
    if (op == Operator::Exists) return true;
    if (list) return lists && comparable_in_list(type);
    switch (type_class(type)) {
        case TypeClass::Signed:
        case TypeClass::Unsigned:
        case TypeClass::Double: return numbers;
        case TypeClass::Boolean: return booleans;
        case TypeClass::Text: return texts;
        case TypeClass::Bytes: return bytes;
        case TypeClass::Address:
        case TypeClass::Network: return addresses;
        case TypeClass::Opaque: return false;
    }
    return false;
}

std::span<const OperatorInfo> all_operators() { return kOperators; }

const OperatorInfo& operator_info(Operator op) { return kOperators[static_cast<size_t>(op)]; }

std::optional<Operator> operator_from(std::string_view spelling) {
    if (spelling == "==") return Operator::Eq;
    for (const OperatorInfo& info : kOperators)
        if (info.spelling == spelling) return info.op;
    return std::nullopt;
}

std::string_view modifier_name(Modifier modifier) {
    constexpr std::string_view kNames[] = {"", "oneof", "anyof", "allof"};
    return kNames[static_cast<size_t>(modifier)];
}

}  // namespace stoop
