// SPDX-License-Identifier: Apache-2.0
// The budget `transformed-bytes`: whether what the transformers of a plan make of an event stays within it.
//
// It is asked of the event before any rule is evaluated, for every comparison and output that could be: the
// answer depends on the event and the plan alone, not on the engine or on which comparison it tests first. An
// event that needs more is a bad one.
//
// Events of ordinary size cost one comparison: how long an event may be without anything of the plan coming
// near the budget is known beforehand. Only longer ones are measured. Immutable; any thread.
#pragma once

#include <optional>
#include <vector>

#include "runtime/event/event.h"
#include "runtime/ingest/event_problem.h"
#include "runtime/match/plan.h"
#include "runtime/match/transform_size.h"

namespace stoop {

class TransformBudget {
  public:
    explicit TransformBudget(const Plan& plan);  // which must outlive this

    // `size`: of the event's text.
    std::optional<EventProblem> check(const Event& event, size_t size) const {
        if (size <= safe_size_) return std::nullopt;
        return measure(event);
    }

  private:
    // What takes memory, and the rules that have it.
    struct Use {
        const Atom* atom = nullptr;
        const Operand* operand = nullptr;  // of an output, if it is no atom
        std::vector<uint32_t> rules;

        uint64_t bytes(const SlotSize& slot_size) const;
    };
    std::optional<EventProblem> measure(const Event& event) const;

    const Plan& plan_;
    const uint64_t budget_;
    std::vector<Use> uses_;
    size_t safe_size_ = SIZE_MAX;
};

}  // namespace stoop
