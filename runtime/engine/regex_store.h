// SPDX-License-Identifier: Apache-2.0
// The regular expressions of a rule set: each pattern compiled once, and all of them within one budget of
// memory.
//
// RE2 remembers what it found out about values, as states of an automaton, up to a bound for each expression
// that is fixed when it is compiled: 5 MiB unless told otherwise, so a few hundred take gigabytes on events
// that are made for that. If the budget is too small for that each gets a share of it. Where the share is too
// small for any states RE2 matches in another way, which is linear in the value, too, but slower. No verdict
// depends on it.
//
// One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/text_map.h"

namespace re2 {
class RE2;
}

namespace stoop {

// What became of the budget.
struct RegexMemory {
    size_t expressions = 0;
    uint64_t each = 0;  // bytes that one may take for states beyond those that it needs; if they are limited
    bool limited = false;
};

class RegexStore {
  public:
    // A regular expression, and what required_literals says of it.
    struct Entry {
        std::shared_ptr<const re2::RE2> regex;
        std::vector<std::string> literals;
    };

    explicit RegexStore(uint64_t memory) : memory_(memory) {}

    // The regex is not ok() if the pattern is none.
    const Entry& compile(std::string_view pattern);
    // The expressions by themselves take more than there is: no more should be compiled.
    bool is_over() const { return needed_ > memory_; }

    // Once all are known.
    RegexMemory share();
    // Of a pattern that was compiled; behind share() with its share.
    const Entry& find(std::string_view pattern) const { return entries_.find(pattern)->second; }

  private:
    const uint64_t memory_;
    uint64_t needed_ = 0;
    TextMap<Entry> entries_;  // by pattern
};

}  // namespace stoop
