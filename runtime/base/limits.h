// SPDX-License-Identifier: Apache-2.0
// Budgets: how much of something input from outside may use before it is refused. The table is limits.def.
//
// A `Limits` is a plain value: made from the command line (or by the program that embeds Stoop), then handed
// down by value or const reference, and read by any thread. Who exceeds a limit reports
// `Problem::LimitExceeded` for rules and tests, or a bad event for an event, with `limit_help` as the way
// out.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stoop {

enum class Limit : uint8_t {
#define STOOP_LIMIT(id, ...) id,
#include "runtime/base/limits.def"
#undef STOOP_LIMIT
};

enum class LimitUnit : uint8_t { Count, Bytes };

struct LimitInfo {
    std::string_view name;
    LimitUnit unit;
    uint64_t value;    // by default
    uint64_t largest;  // that it can be set to
    std::string_view meaning;
};

size_t limit_count();
const LimitInfo& limit_info(Limit limit);
std::optional<Limit> find_limit(std::string_view name);

// A number that may end in K, M or G (times 1024, 1024², 1024³); nothing if it is none, or over 2⁶³ - 1.
std::optional<uint64_t> parse_limit_value(std::string_view text);
// "at most 16 MiB", "at most 1000": for messages.
std::string limit_text(Limit limit, uint64_t value);
// "'--limit NAME=VALUE' allows more": the help of a message. Empty if more than this value is never allowed.
std::string limit_help(Limit limit, uint64_t value);

class Limits {
  public:
    Limits();  // the defaults
    uint64_t operator[](Limit limit) const { return values_[static_cast<size_t>(limit)]; }
    void set(Limit limit, uint64_t value) { values_[static_cast<size_t>(limit)] = value; }

  private:
    static constexpr size_t kCount = 0
#define STOOP_LIMIT(...) +1
#include "runtime/base/limits.def"
#undef STOOP_LIMIT
        ;
    std::array<uint64_t, kCount> values_;
};

}  // namespace stoop
