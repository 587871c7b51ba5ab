// SPDX-License-Identifier: Apache-2.0
// What a match writes on its way. One per thread, to be used with any number of programs.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/engine/candidates.h"
#include "runtime/engine/value_table.h"
#include "runtime/event/arena.h"
#include "runtime/event/event_types.h"

namespace stoop {

struct Scratch {
    uint32_t has_candidates = 0;  // read by native code; see add_candidates in match_tables.h
    EventTypeId type = 0;         // of the event, for a bucket that is mixed
    Candidates candidates;        // empty between events

    // What is remembered holds the number of the event it belongs to, so nothing has to be cleared.
    static constexpr uint32_t kEvents = uint32_t{1} << 31;
    uint32_t event = 0;
    std::vector<uint32_t> memory;  // see begin_event in match_tables.h

    Arena arena;  // the results of transformers

    ValueTable table;  // of the list that is compared with another

    std::vector<uint32_t> fired;  // for blocks of events; see block.h
};

}  // namespace stoop
