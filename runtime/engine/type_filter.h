// SPDX-License-Identifier: Apache-2.0
// Which events of a block are of types that rules want, 32 types at once where the processor has AVX-512:
// most events of a recording are of others. Any thread; nothing is allocated.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/event/event_types.h"

namespace stoop {

constexpr size_t kTypeBlock = 64;

// Bit i says whether type i, of 64 at most, is in the set. Of an id that is behind the set, or behind the
// first 512, it says so too.
using TypeFilter = uint64_t (*)(const EventTypeSet& wanted, std::span<const EventTypeId> types);
extern const TypeFilter wanted_types;

// One for each way that this processor has, the best first. For tests.
std::vector<TypeFilter> type_filters();

}  // namespace stoop
