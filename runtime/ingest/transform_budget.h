// SPDX-License-Identifier: Apache-2.0
// The budget `transformed-bytes`: whether what the transformers of a program make of an event stays within
// it.
//
// It is asked of the event before any rule is evaluated, for every comparison and output that could be: the
// answer depends on the event and the program alone, not on the engine or on which comparison it tests first.
// An event that needs more is a bad one.
//
// Events of ordinary size cost one comparison: how long an event may be without anything of the program
// coming near the budget is known beforehand. Only longer ones are measured. Immutable; any thread.
#pragma once

#include <optional>
#include <vector>

#include "runtime/engine/transform_size.h"
#include "runtime/event/event.h"
#include "runtime/ingest/event_problem.h"
#include "runtime/program/program.h"

namespace stoop {

class TransformBudget {
  public:
    // The program must outlive this.
    TransformBudget(const Program& program, uint64_t budget);

    // `size`: of the event's text.
    std::optional<EventProblem> check(const Event& event, size_t size) const {
        if (size <= safe_size_) return std::nullopt;
        return measure(event);
    }

  private:
    // What takes memory: an atom, or an operand of the output of a rule.
    struct Use {
        std::optional<uint32_t> atom;
        const Operand* operand = nullptr;
        uint32_t rule = 0;         // of an output
        EventTypeSet event_types;  // for which it is evaluated
    };
    void find_uses();
    uint32_t first_rule(uint32_t atom, EventTypeId type) const;
    uint64_t bytes(const Use& use, const SlotSize& slot_size) const;
    std::optional<EventProblem> measure(const Event& event) const;

    const Program& program_;
    const uint64_t budget_;
    std::vector<Use> uses_;
    size_t safe_size_ = SIZE_MAX;
};

}  // namespace stoop
