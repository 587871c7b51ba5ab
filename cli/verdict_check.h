// SPDX-License-Identifier: Apache-2.0
// Whether the verdicts on an event are known: a run notes those that rest on fields which were not recorded.
//
// Most events cost next to nothing: no rule is for their type, or all fields that these rules read were
// recorded. Others take a walk over the trees of the rules. That is done for the first events and then, in
// each block of the input, until some number of verdicts was looked into; the rest is only counted. So what
// is looked into does not depend on the number of threads. One thread.
#pragma once

#include <unordered_map>
#include <vector>

#include "cli/run_notes.h"
#include "runtime/engine/prepared_program.h"
#include "runtime/event/event.h"

namespace stoop::cli {

class VerdictCheck {
  public:
    // The program must outlive this. `all`: every event is looked into.
    VerdictCheck(const PreparedProgram& program, bool all);

    void start_block();
    // Rules from `end` on have no verdict on the event.
    void note(const Event& event, uint32_t end, Scratch& scratch, RunNotes& notes);

  private:
    // The rules that see events of one type.
    struct OfType {
        std::vector<uint32_t> rules;
        std::vector<uint32_t> slots;  // that their conditions read
    };
    const OfType& of_type(EventTypeId type);
    bool is_to_be_walked(const Event& event, uint64_t verdicts);

    const PreparedProgram& program_;
    bool all_;
    uint64_t first_;  // events up to this number are looked into
    uint64_t left_ = 0;
    std::unordered_map<EventTypeId, OfType> types_;  // of events that were seen
};

}  // namespace stoop::cli
