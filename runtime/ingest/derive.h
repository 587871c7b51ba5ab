// SPDX-License-Identifier: Apache-2.0
// Facts that follow from recorded ones: `proc.is_exe_from_memfd` from the flags of an execve, `fd.net` from
// the two addresses (spec: alert-derivation.md; the tables are in facts.h). Never a guess, and never over a
// recorded value, null included.
//
// Which derivations a program wants is worked out once; the fields they start from become further slots of
// the event, behind those of the program.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/event/event.h"
#include "runtime/event/schema.h"
#include "runtime/program/program.h"

namespace stoop {

struct Derivation;

class Deriver {
  public:
    // Appends to `slots`, which begins with the program's, the inputs that the derivations need. The schema
    // must outlive the deriver.
    Deriver(const Schema& schema, std::vector<Slot>& slots);

    // Fills what is not recorded and follows. What it adds is marked as derived.
    void run(Event& event) const;

    // The fields that `slot` is derived from when it is not recorded, for explanations.
    std::vector<uint32_t> inputs(uint32_t slot) const;

  private:
    struct Step {
        size_t rank;
        uint32_t target;
        std::vector<uint32_t> inputs;
        std::shared_ptr<const Derivation> derivation;
        FieldRef ref;  // of the target
    };
    const Schema& schema_;
    std::vector<Step> steps_;
};

// The tables, for docs/derived.md.
struct DerivedField {
    std::string field, from, says;
};
std::vector<DerivedField> derived_fields();

}  // namespace stoop
