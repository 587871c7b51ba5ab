// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/value_table.h"

#include <bit>
#include <cmath>

#include "runtime/base/text_hash.h"

namespace stoop {

bool ValueTable::holds(TypeClass type) { return type != TypeClass::Network && type != TypeClass::Opaque; }

// Equal values have equal keys, but for what is not a number, which equals nothing.
std::string_view ValueTable::key_of(const Value& value, uint64_t& number) const {
    switch (type_) {
        case TypeClass::Text:
        case TypeClass::Bytes:
        case TypeClass::Address: return value.text();
        case TypeClass::Double: number = std::bit_cast<uint64_t>(value.d == 0 ? 0.0 : value.d); break;
        default: number = value.u;
    }
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

void ValueTable::fill(std::span<const Value> values, TypeClass type) {
    values_ = values;
    type_ = type;
    places_.assign(std::bit_ceil(values.size() * 2 + 1), 0);
    uint64_t number, other;
    for (uint32_t i = 0; i < values.size(); ++i) {
        std::string_view key = key_of(values[i], number);
        size_t at = hash_text(key) & (places_.size() - 1);
        while (places_[at] != 0 && key_of(values_[places_[at] - 1], other) != key)
            at = (at + 1) & (places_.size() - 1);
        places_[at] = i + 1;
    }
}

bool ValueTable::contains(const Value& value) const {
    if (type_ == TypeClass::Double && std::isnan(value.d)) return false;
    uint64_t number, other;
    std::string_view key = key_of(value, number);
    for (size_t at = hash_text(key) & (places_.size() - 1); places_[at] != 0;
         at = (at + 1) & (places_.size() - 1))
        if (key_of(values_[places_[at] - 1], other) == key) return true;
    return false;
}

}  // namespace stoop
