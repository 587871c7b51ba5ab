// SPDX-License-Identifier: Apache-2.0
// The events on which a rule does not fire, those that miss it by least first: by how few comparisons would
// have to turn out otherwise, then by how few of these read what was not recorded, then in input order.
//
// Keeps the best `limit` only, and fewer if their texts are longer together than `most_bytes`, so any number
// of events may come. Costs what explain() costs for each, and less once there are enough near ones.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/event/event.h"
#include "testing/explainer.h"

namespace stoop {

class NearMisses {
  public:
    struct Miss {
        // How many comparisons; 0 if the condition holds and something else keeps the rule from firing, none
        // if there are too many to be looked for.
        std::optional<size_t> distance;
        size_t unrecorded = 0;
        std::string text;
    };

    NearMisses(const PreparedProgram& program, const ProgramRule& rule, Matching matching, size_t limit,
               size_t most_bytes)
        : program_(program), rule_(rule), matching_(matching), limit_(limit), most_bytes_(most_bytes) {}

    // `describe` makes the text of a miss that is kept.
    using Describe = std::function<std::string(const Miss& miss)>;
    void add(const Event& event, const Describe& describe);

    const std::vector<Miss>& nearest() const { return misses_; }
    size_t events() const { return events_; }
    size_t fired() const { return fired_; }
    bool too_long() const { return too_long_; }  // there were more within `limit`

  private:
    std::optional<Miss> miss(const Event& event) const;
    void drop_farthest();

    const PreparedProgram& program_;
    const ProgramRule& rule_;
    Matching matching_;
    size_t limit_, most_bytes_;
    size_t events_ = 0;
    size_t fired_ = 0;
    size_t bytes_ = 0;  // of texts
    bool too_long_ = false;
    std::vector<Miss> misses_;  // sorted
};

}  // namespace stoop
