// SPDX-License-Identifier: Apache-2.0
// Ranges of numbers or addresses, and sets of them: whether a value is in one of very many ranges takes a
// binary search.
#pragma once

#include <string_view>
#include <vector>

#include "runtime/event/types.h"
#include "runtime/event/value.h"

namespace stoop {

// Numbers of 64 bits and addresses of four bytes or sixteen, so that they are in order. Only those of one
// kind are ever compared.
using RangeKey = unsigned __int128;
RangeKey number_key(const Value& value, TypeClass type);
RangeKey address_key(std::string_view bytes);

struct KeyRange {
    RangeKey low = 0, high = 0;  // both are in it
    bool is_ipv6 = false;
};
KeyRange number_range(const Value& number, TypeClass type);
// Of an address, or of one and a byte with the length of the prefix.
KeyRange address_range(std::string_view address);
KeyRange network_range(std::string_view network);

// Built once by one thread, then only read.
class RangeSet {
  public:
    void build(std::vector<KeyRange> ranges);
    bool empty() const { return kinds_[0].empty() && kinds_[1].empty(); }
    // A number, or an address.
    bool contains(const Value& value, TypeClass type) const;

  private:
    // Of numbers or IPv4 addresses, and of IPv6 addresses; sorted, none touches another.
    std::vector<KeyRange> kinds_[2];
};

}  // namespace stoop
