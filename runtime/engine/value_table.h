// SPDX-License-Identifier: Apache-2.0
// The values of one list of an event, to find out whether another value is among them: for two long lists,
// where holding each against each would take the product of their lengths. A fill takes time that is linear
// in the list, a look a few nanoseconds. Memory is kept for the next fill.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/event/types.h"
#include "runtime/event/value.h"

namespace stoop {

class ValueTable {
  public:
    // Whether values of the type can be equal, and be held.
    static bool holds(TypeClass type);

    void fill(std::span<const Value> values, TypeClass type);
    bool contains(const Value& value) const;

  private:
    std::string_view key_of(const Value& value, uint64_t& number) const;

    std::span<const Value> values_;
    TypeClass type_ = TypeClass::Text;
    std::vector<uint32_t> places_;  // numbers of values, from 1; a power of two of them, at least half empty
};

}  // namespace stoop
