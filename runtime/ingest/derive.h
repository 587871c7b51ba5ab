// Facts that follow from recorded ones: `proc.is_exe_from_memfd` from the flags of an execve, `fd.net` from
// the two addresses (spec: alert-derivation.md has the table). Never a guess, and never over a recorded
// value, null included.
//
// Which derivations a plan wants is worked out once; the fields they start from become further slots of the
// event, behind those of the plan.
#pragma once

#include <memory>
#include <vector>

#include "runtime/event/event.h"
#include "runtime/event/schema.h"
#include "runtime/match/plan.h"

namespace stoop {

struct Derivation;

class Deriver {
  public:
    // Appends to `slots`, which begins with the plan's, the inputs that the derivations need.
    Deriver(const Schema& schema, std::vector<Slot>& slots);

    // Fills what is not recorded and follows. What it adds is marked as derived.
    void run(Event& event) const;

    // The fields that `slot` is derived from when it is not recorded, for explanations.
    std::vector<uint32_t> inputs(uint32_t slot) const;

  private:
    struct Step {
        uint32_t target;
        std::vector<uint32_t> inputs;
        std::shared_ptr<const Derivation> derivation;
        FieldRef ref;  // of the target
    };
    std::vector<Step> steps_;
};

}  // namespace stoop
