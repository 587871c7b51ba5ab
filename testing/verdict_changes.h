// SPDX-License-Identifier: Apache-2.0
// How the verdicts of two rule sets differ on the same events: for each rule how many events it gained or
// lost, and one of them. Nothing is proved here: it is what these events show.
//
// Costs a match by the reference engine for each distinct event and rule set. One thread.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "runtime/engine/engine.h"
#include "runtime/engine/prepared_program.h"
#include "runtime/event/schema.h"
#include "testing/suite.h"

namespace stoop {

// The texts of events, each once, up to Limit::TestEvents bytes.
class EventTexts {
  public:
    explicit EventTexts(const Limits& limits) : left_(limits[Limit::TestEvents]) {}

    void add(std::string_view text);
    void add(const Suite& suite);  // of all tests that are not skipped
    // Of a file of events, opened. Returns why it cannot be read, or an empty text.
    std::string add(Descriptor file);

    const std::deque<std::string>& all() const { return texts_; }
    bool is_full() const { return full_; }  // some were left out

  private:
    std::deque<std::string> texts_;
    std::unordered_set<std::string_view> known_;
    uint64_t left_;
    bool full_ = false;
};

struct RuleSetToMatch {
    const PreparedProgram& program;
    const Schema& schema;
    Matching matching;
};

struct RuleChange {
    std::string rule;
    uint64_t gained = 0, lost = 0;
    std::string example;  // the first of these events
};

// By name of the rule. Events that either set cannot read, or that are of another source, show nothing.
std::vector<RuleChange> verdict_changes(const EventTexts& events, const RuleSetToMatch& before,
                                        const RuleSetToMatch& after, const Limits& limits);

}  // namespace stoop
